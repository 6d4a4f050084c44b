using GenApi.Gateway.Configs;
using GenApi.Gateway.Configs.Failed;
using GenApi.Gateway.Tests.Storage;
using GenApi.Protocol.Json;
using Microsoft.Extensions.DependencyInjection;

namespace GenApi.Gateway.Tests.Configs;

/// <summary>Both stores of failed configs, the one in Redis on a Redis Cluster too.</summary>
public sealed class FailedConfigStoreTests : IAsyncDisposable
{
    private readonly ManualTime _time = ManualTime.FromNow();
    private readonly List<StoreServices> _services = [];

    public async ValueTask DisposeAsync()
    {
        foreach (var services in _services)
        {
            await services.DisposeAsync();
        }
    }

    [RedisTheory]
    [OnEveryStore]
    public async Task An_entry_keeps_all_ten_fields(StoreKind kind)
    {
        var store = await NewAsync(kind);
        var now = _time.GetUtcNow();
        await store.AddAsync(
            [
                Entry("users", ConfigSource.Pull) with { RequestType = "get", Version = "1.0.0", Node = "http://10.0.0.5:5090", Reason = ["one", "zwei ü"], Config = RawJson.FromString("""{"a":[1,null,"ü"]}""") },
                Entry("orders", ConfigSource.Push),
            ],
            Wait.Ended);

        var entries = await store.ListAsync(new FailedConfigQuery(OldestFirst: true), Wait.Ended);
        Assert.Equal(2, entries.Count);
        Assert.Equal((1, "users", "get", "1.0.0", "pull", "http://10.0.0.5:5090"), (entries[0].Id, entries[0].Service, entries[0].RequestType, entries[0].Version, entries[0].Source, entries[0].Node));
        Assert.Equal(["one", "zwei ü"], entries[0].Reason);
        Assert.Equal("""{"a":[1,null,"ü"]}""", entries[0].Config.ToString());
        Assert.Equal(now.ToUnixTimeMilliseconds(), entries[0].InsertedAtMs);
        Assert.Equal(now.AddHours(24).ToUnixTimeMilliseconds(), entries[0].ExpiresAtMs);
        Assert.Equal((2, null, null, null), (entries[1].Id, entries[1].RequestType, entries[1].Version, entries[1].Node));
    }

    [RedisTheory]
    [OnEveryStore]
    public async Task Lists_filter_by_source_and_service_and_obey_limit_and_order(StoreKind kind)
    {
        var store = await NewAsync(kind);

        // 250 entries are more than travel at once.
        await store.AddAsync([.. Enumerable.Range(1, 250).Select(i => Entry(i % 2 == 0 ? "even" : "odd", i % 5 == 0 ? ConfigSource.Pull : ConfigSource.Push))], Wait.Ended);

        Assert.Equal(Numbers(151, 250).Reverse(), await IdsAsync(new FailedConfigQuery()));
        Assert.Equal(Numbers(1, 100), await IdsAsync(new FailedConfigQuery(OldestFirst: true)));
        Assert.Equal(Numbers(1, 250), await IdsAsync(new FailedConfigQuery(Limit: 1000, OldestFirst: true)));
        Assert.Equal([250, 249, 248], await IdsAsync(new FailedConfigQuery(Limit: 3)));
        Assert.Equal([250, 245, 240], await IdsAsync(new FailedConfigQuery(Source: "pull", Limit: 3)));
        Assert.Equal([249, 247], await IdsAsync(new FailedConfigQuery(Service: "odd", Limit: 2)));
        Assert.Equal([5, 15], await IdsAsync(new FailedConfigQuery("pull", "odd", 2, OldestFirst: true)));
        Assert.Empty(await IdsAsync(new FailedConfigQuery(Source: "local")));
        Assert.Empty(await IdsAsync(new FailedConfigQuery(Service: "od")));

        async Task<IEnumerable<long>> IdsAsync(FailedConfigQuery query) => (await store.ListAsync(query, Wait.Ended)).Select(entry => entry.Id);
        static IEnumerable<long> Numbers(int from, int to) => Enumerable.Range(from, to - from + 1).Select(i => (long)i);
    }

    [RedisTheory]
    [OnEveryStore]
    public async Task Entries_are_counted_by_source_and_service(StoreKind kind)
    {
        var store = await NewAsync(kind);
        Assert.Equal(0, await store.CountAsync(Wait.Ended));
        Assert.Equal(0, (await store.SummaryAsync(Wait.Ended)).Total);

        await store.AddAsync([Entry("a", ConfigSource.Push), Entry("a", ConfigSource.Pull), Entry("b", ConfigSource.Push)], Wait.Ended);

        Assert.Equal(3, await store.CountAsync(Wait.Ended));
        var summary = await store.SummaryAsync(Wait.Ended);
        Assert.Equal(3, summary.Total);
        Assert.Equal([new("pull", 1), new("push", 2)], summary.BySource);
        Assert.Equal([new("a", 2), new("b", 1)], summary.ByService);
    }

    [RedisTheory]
    [OnEveryStore]
    public async Task After_a_day_an_entry_is_gone_and_cleanup_counts_it(StoreKind kind)
    {
        var store = await NewAsync(kind);
        await store.AddAsync([Entry("a"), Entry("b")], Wait.Ended);
        _time.Advance(TimeSpan.FromHours(23));
        await store.AddAsync([Entry("c")], Wait.Ended);
        Assert.Equal(0, await store.CleanupAsync(Wait.Ended));
        Assert.Equal(3, await store.CountAsync(Wait.Ended));

        _time.Advance(TimeSpan.FromHours(1));
        Assert.Equal(["c"], (await store.ListAsync(new FailedConfigQuery(), Wait.Ended)).Select(entry => entry.Service));
        Assert.Equal((1, 1), (await store.CountAsync(Wait.Ended), (await store.SummaryAsync(Wait.Ended)).Total));

        Assert.Equal(2, await store.CleanupAsync(Wait.Ended));
        Assert.Equal(0, await store.CleanupAsync(Wait.Ended));
        Assert.Equal(1, await store.CountAsync(Wait.Ended));
    }

    [RedisTheory]
    [OnEveryStore]
    public async Task Clear_removes_all_and_ids_go_on(StoreKind kind)
    {
        var store = await NewAsync(kind);
        await store.AddAsync([.. Enumerable.Range(0, 120).Select(_ => Entry("a"))], Wait.Ended);

        Assert.Equal(120, await store.ClearAsync(Wait.Ended));
        Assert.Equal(0, await store.CountAsync(Wait.Ended));
        Assert.Empty(await store.ListAsync(new FailedConfigQuery(), Wait.Ended));

        await store.AddAsync([Entry("b")], Wait.Ended);
        Assert.Equal(121, Assert.Single(await store.ListAsync(new FailedConfigQuery(), Wait.Ended)).Id);
    }

    [RedisTheory]
    [OnEveryStore]
    public async Task When_there_are_too_many_the_oldest_give_way(StoreKind kind)
    {
        var store = await NewAsync(kind, ("GenApi:FailedConfigs:MaxEntries", "100"));
        for (var i = 0; i < 3; i++)
        {
            await store.AddAsync([.. Enumerable.Range(0, 50).Select(_ => Entry("a"))], Wait.Ended);
        }

        var left = await store.ListAsync(new FailedConfigQuery(Limit: 1000), Wait.Ended);
        Assert.Equal((100, 150, 51), (left.Count, left[0].Id, left[^1].Id));
    }

    [RedisTheory]
    [OnEveryRedis]
    public async Task Gateways_see_the_same_and_never_give_an_id_twice(StoreKind kind)
    {
        var here = await NewAsync(kind);
        var there = _services[0].Gateway(_time).GetRequiredService<IFailedConfigStore>();
        await Task.WhenAll(Enumerable.Range(0, 20).Select(i => (i % 2 == 0 ? here : there).AddAsync([Entry("a"), Entry("b")], Wait.Ended)));

        var seen = (await here.ListAsync(new FailedConfigQuery(), Wait.Ended)).Select(entry => entry.Id).ToList();
        Assert.Equal(Enumerable.Range(1, 40).Reverse().Select(i => (long)i), seen);
        Assert.Equal(seen, (await there.ListAsync(new FailedConfigQuery(), Wait.Ended)).Select(entry => entry.Id));

        // Ids grow over gateways: whoever records later has the higher one.
        await there.AddAsync([Entry("c")], Wait.Ended);
        Assert.Equal((41, "c"), (await here.ListAsync(new FailedConfigQuery(Limit: 1), Wait.Ended)).Select(entry => (entry.Id, entry.Service)).Single());
        Assert.Equal(41, await here.ClearAsync(Wait.Ended));
        Assert.Equal(0, await there.CountAsync(Wait.Ended));
    }

    [RedisTheory]
    [OnEveryRedis]
    public async Task Redis_itself_forgets_entries_after_a_day(StoreKind kind)
    {
        var store = await NewAsync(kind);
        await store.AddAsync([Entry("a"), Entry("b")], Wait.Ended);

        var left = long.Parse(Assert.Single(await _services[0].SendAsync("PTTL genapi:failed:1"))[1..], null);
        Assert.InRange(left, TimeSpan.FromHours(23).TotalMilliseconds, TimeSpan.FromHours(24).TotalMilliseconds);

        // As when its time is over.
        Assert.Equal([":1"], await _services[0].SendAsync("DEL genapi:failed:1"));
        Assert.Equal([2], (await store.ListAsync(new FailedConfigQuery(), Wait.Ended)).Select(entry => entry.Id));

        // What is cleared leaves nothing behind.
        await store.ClearAsync(Wait.Ended);
        Assert.Equal([":0"], await _services[0].SendAsync("EXISTS genapi:failed:2"));
    }

    private async Task<IFailedConfigStore> NewAsync(StoreKind kind, params (string, string)[] settings)
    {
        var services = await StoreServices.StartAsync(kind);
        _services.Add(services);
        return services.Gateway(_time, settings).GetRequiredService<IFailedConfigStore>();
    }

    private FailedConfig Entry(string service, string source = ConfigSource.Push)
    {
        var now = _time.GetUtcNow();
        return new FailedConfig
        {
            Service = service,
            Source = source,
            Reason = ["it is wrong"],
            Config = RawJson.EmptyObject,
            InsertedAtMs = now.ToUnixTimeMilliseconds(),
            ExpiresAtMs = (now + FailedConfig.Lifetime).ToUnixTimeMilliseconds(),
        };
    }
}
