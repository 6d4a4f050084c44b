using GenApi.Gateway.Configs;
using GenApi.Protocol.Configs;
using Microsoft.Extensions.DependencyInjection;

namespace GenApi.Gateway.Tests.Storage;

/// <summary>The store of configs, wherever it keeps them.</summary>
public sealed class ConfigStoreTests
{
    [RedisTheory]
    [OnEveryStore]
    public async Task What_one_gateway_stores_another_reads_whole(StoreKind kind)
    {
        await using var services = await StoreServices.StartAsync(kind);
        var (here, there) = (Store(services), Store(services));
        var function = new FunConfig
        {
            Service = "shop",
            RequestType = "get:it@home",
            Version = "1.2.3",
            Timeout = CallTimeout.Infinity,
            ArgTypes = new Dictionary<string, ArgType> { ["id"] = new(ArgKind.Uuid) },
            CheckPermission = new PermissionRule.Role(["admin"]),
            Description = "ünïcode \"quoted\"",
        };
        var off = new FunctionKey("shop", "b", null);

        Assert.Null(await there.FindAsync("shop", Wait.Ended));
        await here.UpdateAsync(
            "shop",
            stored => (stored ?? new StoredService("shop"))
                .WithPush("7", [function, Config("a", "2"), Config("b")], [new HttpRoute { Path = "/files/{name}", Methods = ["GET"] }], DateTimeOffset.UnixEpoch)
                .WithSwitch(off, disabled: true),
            Wait.Ended);
        var read = (await there.FindAsync("shop", Wait.Ended))!;

        Assert.Equal("7", read.ConfigVersion);
        Assert.Equal(DateTimeOffset.UnixEpoch, read.StoredAt);
        Assert.Equal([("a", "2", false), ("b", null, true), ("get:it@home", "1.2.3", false)], read.Functions.Select(config => (config.RequestType, config.Version, config.Disabled)).Order());
        var same = read.Functions.Single(config => config.Key == function.Key);
        Assert.Equal((function.Timeout, function.Description, "Uuid"), (same.Timeout, same.Description, same.ArgTypes!["id"].Kind.ToString()));
        Assert.Equal(["admin"], Assert.IsType<PermissionRule.Role>(same.CheckPermission).Roles);
        Assert.Equal("/files/{name}", Assert.Single(read.HttpRoutes).Path);
        Assert.Equal([off], read.SwitchedOff);
        Assert.Equal(read.Revision, (await there.RevisionsAsync(Wait.Ended)).Services["shop"]);

        await there.UpdateAsync("shop", stored => stored!.Without(off).WithSwitch(function.Key, disabled: true), Wait.Ended);
        read = (await here.FindAsync("shop", Wait.Ended))!;
        Assert.Equal([("a", false), ("get:it@home", true)], read.Functions.Select(config => (config.RequestType, config.Disabled)).Order());
        Assert.Equal([function.Key], read.SwitchedOff);
    }

    [RedisTheory]
    [OnEveryStore]
    public async Task Changes_at_the_same_time_are_all_kept(StoreKind kind)
    {
        await using var services = await StoreServices.StartAsync(kind);
        IConfigStore[] gateways = [Store(services), Store(services), Store(services), Store(services)];

        await Task.WhenAll(Enumerable.Range(0, 24).Select(number => gateways[number % gateways.Length].UpdateAsync(
            "shop",
            stored => (stored ?? new StoredService("shop")).WithPush($"{number}", [Config($"f{number}")], [], default),
            Wait.Ended)));

        Assert.Equal(24, (await gateways[0].FindAsync("shop", Wait.Ended))!.Functions.Count);
    }

    [RedisTheory]
    [InlineData(StoreKind.Memory)]
    [InlineData(StoreKind.Redis)]
    public async Task A_change_that_is_declined_leaves_the_revision(StoreKind kind)
    {
        await using var services = await StoreServices.StartAsync(kind);
        var store = Store(services);
        var before = await store.UpdateAsync("shop", _ => new StoredService("shop").WithPush("1", [Config("a")], [], default), Wait.Ended);
        var after = await store.UpdateAsync("shop", _ => null, Wait.Ended);

        Assert.Equal(before!.Revision, after!.Revision);
        Assert.Null(await store.UpdateAsync("bank", _ => null, Wait.Ended));
        Assert.Equal(["shop"], (await store.RevisionsAsync(Wait.Ended)).Services.Keys);
    }

    private static IConfigStore Store(StoreServices services) => services.Gateway().GetRequiredService<IConfigStore>();

    private static FunConfig Config(string requestType, string? version = null) => new() { Service = "shop", RequestType = requestType, Version = version };
}
