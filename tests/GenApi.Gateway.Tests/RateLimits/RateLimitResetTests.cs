using GenApi.Gateway.RateLimits;
using GenApi.Gateway.Storage;
using GenApi.Gateway.Tests.Storage;
using GenApi.Testing.Redis;
using Microsoft.Extensions.DependencyInjection;
using static GenApi.Gateway.Tests.RateLimits.LimitsOfGateways;

namespace GenApi.Gateway.Tests.RateLimits;

/// <summary>What was counted is forgotten, by every gateway, on every kind of store.</summary>
public sealed class RateLimitResetTests
{
    /// <summary>By notice: nobody would look by himself in the time that the test has.</summary>
    [RedisTheory]
    [InlineData("alice")]
    [InlineData("a b  c ")]
    [InlineData("2001:db8::1%eth0")]
    [InlineData("{}\"\\:\r\n\0ä𝄞")]
    [InlineData("limits limit_reset {}")]
    public async Task A_reset_of_any_value_is_heard_whatever_else_is_said(string user)
    {
        await using var redis = await RedisServer.StartAsync();
        await using var services = StoreServices.On(redis.ConnectionString);
        var (here, there) = (await StartAsync(services, "00:05:00"), await StartAsync(services, "00:05:00"));
        await here.UpdateAsync(new() { GlobalLimits = [PerUser with { MaxRequests = 1 }], ApiLimits = [PerUserOfFunction] }, Wait.Ended);
        await Wait.UntilAsync(() => there.GlobalLimits.Count == 1);
        foreach (var (value, scope) in new[] { (user, "global"), (user, null), (user + new string('x', 200), null) })
        {
            await Wait.UntilAsync(async () => !await TryAsync(there, value));
            foreach (var nonsense in new[]
            {
                "", " ", "limits", "limit_reset", "limit_reset ", "limit_reset {", "limit_reset null", "limit_reset []", "limit_reset {}", """limit_reset {"key":"user_id"}""",
                """limit_reset {"key":1,"key_value":2}""", """limit_reset {"key":null,"key_value":null}""", "none_such {}", "configs ", "nodes nowhere",
            })
            {
                await services.Gateway().GetRequiredService<RedisConnection>().PublishAsync("genapi:changed", nonsense, Wait.Ended);
            }

            await here.ResetAsync(value, scope, "user_id", Wait.Ended);
            await Wait.UntilAsync(() => TryAsync(there, value));
        }
    }

    [RedisFact]
    public async Task A_reset_that_is_not_heard_is_found_by_asking_again()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var services = StoreServices.On(redis.ConnectionString);
        var limits = await StartAsync(services);
        await limits.SetGlobalLimitsAsync([PerUser with { MaxRequests = 1 }], Wait.Ended);
        Assert.True(await TryAsync(limits, "u"));
        Assert.False(await TryAsync(limits, "u"));
        await redis.SendAsync("FLUSHALL");
        await Wait.UntilAsync(() => TryAsync(limits, "u"));
    }

    /// <summary>By notice, as above.</summary>
    [RedisTheory]
    [OnEveryStore]
    public async Task A_reset_of_all_forgets_every_counter_on_every_gateway(StoreKind kind)
    {
        const int users = 1200;
        await using var services = await StoreServices.StartAsync(kind);
        var (here, there) = (await StartAsync(services, "00:05:00"), await StartAsync(services, "00:05:00"));
        var limits = new RateLimitChanges { GlobalLimits = [PerUser, PerAddress], ApiLimits = [PerUserOfFunction] };
        await here.UpdateAsync(limits, Wait.Ended);
        await Wait.UntilAsync(() => there.Config.Api.Count == 1);
        Assert.Equal(0, await here.ResetAllAsync(Wait.Ended));

        // Two counters for each user, one of whom looks like the end of a key, and one for the address. Whoever is denied has counters too.
        await Task.WhenAll(Enumerable.Range(0, users).Select(user => TryAsync(there, $"user-{user}")));
        Assert.True(await TryAsync(there, "a}:global:600000/3", "1.2.3.4"));
        Assert.True(await TryAsync(here, "u", "1.2.3.4"));
        Assert.True(await TryAsync(here, "u"));
        Assert.False(await TryAsync(here, "u"));
        Assert.False(await TryAsync(there, "u"));
        Assert.False(await TryAsync(there, "v", "1.2.3.4"));

        Assert.Equal((2 * (users + 3)) + 1, await there.ResetAllAsync(Wait.Ended));
        Assert.All(await services.SendAsync("KEYS genapi:rl:*"), answer => Assert.Equal("*0", answer));
        Assert.True(await TryAsync(there, "u", "1.2.3.4"));
        await Wait.UntilAsync(() => TryAsync(here, "u", "1.2.3.4"));
        Assert.False(await TryAsync(here, "u"));
        Assert.False(await TryAsync(there, "v", "1.2.3.4"));
        Assert.All(await there.StatusAsync("user-7", null, "user_id", Wait.Ended), status => Assert.Equal(0, status.Current));
        Assert.Equal(limits.GlobalLimits, here.GlobalLimits);
    }

    [RedisTheory]
    [InlineData(StoreKind.Redis)]
    [InlineData(StoreKind.RedisCluster)]
    public async Task A_reset_of_all_leaves_no_counter_of_a_limit_that_is_no_more(StoreKind kind)
    {
        await using var services = await StoreServices.StartAsync(kind);
        var limits = await StartAsync(services);
        await limits.SetGlobalLimitsAsync([PerUser], Wait.Ended);
        Assert.True(await TryAsync(limits, "u"));
        Assert.True(await TryAsync(limits, "v"));
        await limits.SetGlobalLimitsAsync([PerUser with { MaxRequests = 7 }], Wait.Ended);
        Assert.True(await TryAsync(limits, "u"));
        await limits.SetGlobalLimitsAsync([], Wait.Ended);

        Assert.Equal(2, await limits.ResetAllAsync(Wait.Ended));
        Assert.All(await services.SendAsync("KEYS genapi:rl:*"), answer => Assert.Equal("*0", answer));
    }

    [RedisFact]
    public async Task A_reset_of_all_while_Redis_is_away_says_so_and_forgets_nothing()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var services = StoreServices.On(redis.ConnectionString);
        var (here, there) = (await StartAsync(services), await StartAsync(services));
        await here.SetGlobalLimitsAsync([PerUser with { MaxRequests = 1 }], Wait.Ended);
        await Wait.UntilAsync(() => there.GlobalLimits.Count == 1);
        await redis.KillAsync();
        foreach (var gateway in new[] { here, there })
        {
            Assert.True(await TryAsync(gateway, "u"));
            Assert.False(await TryAsync(gateway, "u"));
        }

        var error = await Assert.ThrowsAsync<StorageUnavailableException>(() => here.ResetAllAsync(Wait.Ended));
        Assert.Contains("Redis", error.Message, StringComparison.Ordinal);
        Assert.False(await TryAsync(here, "u"));

        // When it is back, what the gateways counted alone is forgotten too.
        await redis.StartAgainAsync();
        await Wait.UntilAsync(async () => !await FailsAsync(() => here.ResetAllAsync(Wait.Ended)));
        await Wait.UntilAsync(async () =>
        {
            // The other gateway may not have heard: it has lost Redis as well.
            await here.ResetAllAsync(Wait.Ended);
            return services.Gateways.All(gateway => gateway.GetRequiredService<RateLimitBook>().Current.Limits.All(limit => limit.State.Windows.Count == 0));
        });
    }

    [RedisFact]
    public async Task A_reset_of_all_says_which_master_of_a_cluster_is_away()
    {
        await using var services = await StoreServices.StartAsync(StoreKind.RedisCluster);
        var limits = await StartAsync(services);
        await limits.SetGlobalLimitsAsync([PerUser], Wait.Ended);
        await Task.WhenAll(Enumerable.Range(0, 50).Select(user => TryAsync(limits, $"user-{user}")));
        await services.Servers[1].KillAsync();
        await Wait.UntilAsync(async () => await ErrorAsync() is { } error && error.Contains($":{services.Servers[1].Port}", StringComparison.Ordinal));

        await services.Servers[1].StartAgainAsync();
        await Wait.UntilAsync(async () => await ErrorAsync() is null);
        Assert.All(await services.SendAsync("KEYS genapi:rl:*"), answer => Assert.Equal("*0", answer));

        async Task<string?> ErrorAsync()
        {
            try
            {
                await limits.ResetAllAsync(Wait.Ended);
                return null;
            }
            catch (StorageUnavailableException error)
            {
                return error.Message;
            }
        }
    }

    [Fact]
    public void Whoever_holds_a_window_that_is_forgotten_is_told()
    {
        var windows = new WindowTable(10);
        SlidingWindow[] held = [windows.FindOrAdd("a", 1, 0)!, windows.FindOrAdd("b", 1, 0)!];

        Assert.Equal(2, windows.RemoveAll());

        Assert.All(held, window => Assert.True(window.IsClosed));
        Assert.Equal((0, null), (windows.Count, windows.Find("a")));
        Assert.False(windows.FindOrAdd("a", 1, 0)!.IsClosed);
    }
}
