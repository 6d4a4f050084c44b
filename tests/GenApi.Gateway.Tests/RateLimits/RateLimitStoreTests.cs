using System.Diagnostics;
using GenApi.Gateway.RateLimits;
using GenApi.Gateway.Tests.Storage;
using GenApi.Testing.Redis;
using Microsoft.Extensions.DependencyInjection;
using static GenApi.Gateway.Tests.RateLimits.LimitsOfGateways;

namespace GenApi.Gateway.Tests.RateLimits;

/// <summary>Limits and counters as several gateways share them, on every kind of store.</summary>
public sealed class RateLimitStoreTests
{
    [RedisTheory]
    [OnEveryStore]
    public async Task Gateways_count_together(StoreKind kind)
    {
        await using var services = await StoreServices.StartAsync(kind);
        var (here, there) = (await StartAsync(services), await StartAsync(services));
        await here.SetGlobalLimitsAsync([PerUser], Wait.Ended);
        await Wait.UntilAsync(() => there.GlobalLimits.SequenceEqual([PerUser]));

        Assert.True(await TryAsync(here, "u"));
        Assert.True(await TryAsync(there, "u"));
        Assert.True(await TryAsync(here, "u"));
        Assert.False(await TryAsync(there, "u"));
        Assert.False(await TryAsync(here, "u"));
        Assert.True(await TryAsync(here, "other"));
        var status = Assert.Single(await there.StatusAsync("u", null, "user_id", Wait.Ended));
        Assert.Equal((3, 0), (status.Current, status.Remaining));
        Assert.InRange(status.RetryAfterMs!.Value, 500_000, 600_000 + (600_000 / 100) + 2);

        // A reset at one gateway also clears what the other remembers of the denial.
        await here.ResetAsync("u", "global", "user_id", Wait.Ended);
        await Wait.UntilAsync(async () => await TryAsync(there, "u"));
    }

    [RedisTheory]
    [OnEveryStore]
    public async Task A_denied_call_counts_under_no_limit(StoreKind kind)
    {
        await using var services = await StoreServices.StartAsync(kind);
        var limits = await StartAsync(services);
        await limits.UpdateAsync(new() { GlobalLimits = [PerUser with { MaxRequests = 10 }, PerAddress], ApiLimits = [PerUserOfFunction] }, Wait.Ended);
        Assert.True(await TryAsync(limits, "a", "1"));
        Assert.True(await TryAsync(limits, "a", "2"));

        // Denied by the limit of the function, which shares a slot with the global one of the user, and not with that of the address.
        Assert.False(await TryAsync(limits, "a", "3"));
        await CountsAsync("a", "user_id", 2, 2);
        await CountsAsync("3", "ip_address", 0);

        // Denied by the address.
        Assert.True(await TryAsync(limits, "b", "1"));
        Assert.False(await TryAsync(limits, "c", "1"));
        Assert.False(await TryAsync(limits, "c", "1"));
        await CountsAsync("c", "user_id", 0, 0);
        await CountsAsync("1", "ip_address", 2);

        async Task CountsAsync(string value, string key, params long[] counts) => await Wait.UntilAsync(async () =>
            (await limits.StatusAsync(value, null, key, Wait.Ended)).Select(status => status.Current).SequenceEqual(counts));
    }

    [RedisTheory]
    [OnEveryStore]
    public async Task Values_that_look_like_parts_of_keys_are_counted_apart(StoreKind kind)
    {
        await using var services = await StoreServices.StartAsync(kind);
        var limits = await StartAsync(services);
        await limits.SetGlobalLimitsAsync([PerUser with { MaxRequests = 1 }], Wait.Ended);
        foreach (var user in new[] { "a", "a}", "{a}", "a}:global", "a:b", "ä", " ", "\r\n*1", new string('x', 128), new string('x', 129), new string('x', 130) })
        {
            Assert.True(await TryAsync(limits, user), user);
            Assert.False(await TryAsync(limits, user), user);
            Assert.Equal(1, Assert.Single(await limits.StatusAsync(user, "global", "user_id", Wait.Ended)).Current);
        }
    }

    [RedisTheory]
    [OnEveryStore]
    public async Task Changes_made_at_the_same_time_are_all_kept(StoreKind kind)
    {
        await using var services = await StoreServices.StartAsync(kind);
        var gateways = new[] { await StartAsync(services), await StartAsync(services) };
        await Task.WhenAll(Enumerable.Range(0, 8).Select(number =>
            gateways[number % 2].AddGlobalLimitAsync(PerUser with { Key = $"key-{number}" }, Wait.Ended)));
        await Wait.UntilAsync(() => gateways.All(gateway => gateway.GlobalLimits.Count == 8));
        await Task.WhenAll(Enumerable.Range(0, 8).Select(number => gateways[(number + 1) % 2].RemoveGlobalLimitAsync($"key-{number}", Wait.Ended)));
        await Wait.UntilAsync(() => gateways.All(gateway => gateway.GlobalLimits.Count == 0));
    }

    [RedisFact]
    public async Task Changes_are_kept_over_a_restart_and_over_a_Redis_that_lost_them()
    {
        await using var redis = await RedisServer.StartAsync();
        await using (var before = StoreServices.On(redis.ConnectionString))
        {
            var limits = await StartAsync(before);
            await limits.UpdateAsync(new() { GlobalLimits = [PerUser], ApiLimits = [PerUserOfFunction], FailOpen = false }, Wait.Ended);
        }

        await using var after = StoreServices.On(redis.ConnectionString);
        var restarted = await StartAsync(after);
        Assert.Equal([PerUser], restarted.Config.Global);
        Assert.Equal([PerUserOfFunction], restarted.Config.Api);
        Assert.Equal((true, false), (restarted.Config.Enabled, restarted.Config.FailOpen));

        await redis.KillAsync();
        await Wait.UntilAsync(async () => await FailsAsync(() => restarted.SetGlobalLimitsAsync([], Wait.Ended)));
        Assert.Equal([PerUser], restarted.Config.Global);
        await redis.StartAgainAsync(empty: true);
        await Wait.UntilAsync(async () => await redis.SendAsync("HEXISTS genapi:limits global") == ":1");

        await using var later = StoreServices.On(redis.ConnectionString);
        Assert.Equal([PerUser], (await StartAsync(later)).Config.Global);
    }

    [RedisFact]
    public async Task Whoever_is_denied_does_not_load_Redis()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var services = StoreServices.On(redis.ConnectionString);
        var limits = await StartAsync(services, "00:05:00");
        await limits.SetGlobalLimitsAsync([PerUser], Wait.Ended);
        while (await TryAsync(limits, "u"))
        {
            // Until it is used up.
        }

        await redis.SendAsync("CONFIG RESETSTAT");
        for (var call = 0; call < 1000; call++)
        {
            Assert.False(await TryAsync(limits, "u"));
        }

        Assert.True(await TryAsync(limits, "other"));
        using var client = new System.Net.Sockets.TcpClient("127.0.0.1", redis.Port);
        await client.GetStream().WriteAsync("INFO commandstats\r\n"u8.ToArray(), Wait.Ended);
        using var reader = new StreamReader(client.GetStream());
        var size = int.Parse((await reader.ReadLineAsync(Wait.Ended))![1..], System.Globalization.CultureInfo.InvariantCulture);
        var text = new char[size];
        await reader.ReadBlockAsync(text, Wait.Ended);
        Assert.Contains("cmdstat_evalsha:calls=1,", new string(text), StringComparison.Ordinal);
    }

    /// <summary>With the scripts as they are in use: by the server's clock, with keys that expire.</summary>
    [RedisTheory]
    [OnEveryRedis]
    public async Task By_the_servers_clock_no_window_holds_more_than_is_allowed(StoreKind kind)
    {
        const int window = 150;
        const int max = 5;
        await using var services = await StoreServices.StartAsync(kind);
        var limits = await StartAsync(services);
        await limits.UpdateAsync(new() { GlobalLimits = [PerUser with { MaxRequests = max, WindowMs = window }], ApiLimits = [PerUserOfFunction with { MaxRequests = max, WindowMs = window }] }, Wait.Ended);
        var started = Stopwatch.GetTimestamp();
        var users = await Task.WhenAll(Enumerable.Range(0, 40).Select(user => CallAsync($"user-{user}", new Random(user))));

        foreach (var admitted in users)
        {
            // Each call was admitted at some moment between its two times.
            Assert.InRange(admitted.Count, max, int.MaxValue);
            Assert.All(admitted, first => Assert.InRange(
                admitted.Count(call => call.Asked >= first.Asked && (call.Answered - first.Asked).TotalMilliseconds <= window), 0, max));
        }

        async Task<List<(TimeSpan Asked, TimeSpan Answered)>> CallAsync(string user, Random random)
        {
            var admitted = new List<(TimeSpan, TimeSpan)>();
            for (var call = 0; call < 150; call++)
            {
                var asked = Stopwatch.GetElapsedTime(started);
                if (await TryAsync(limits, user))
                {
                    admitted.Add((asked, Stopwatch.GetElapsedTime(started)));
                }

                if (random.Next(3) == 0)
                {
                    await Task.Delay(random.Next(25), Wait.Ended);
                }
            }

            return admitted;
        }
    }

    [RedisFact]
    public async Task Counters_leave_Redis_when_they_have_run_out()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var services = StoreServices.On(redis.ConnectionString);
        var limits = await StartAsync(services);
        await limits.SetGlobalLimitsAsync([PerUser with { WindowMs = 100 }], Wait.Ended);
        Assert.True(await TryAsync(limits, "u"));
        await Wait.UntilAsync(async () => await redis.SendAsync("EXISTS genapi:rl:{user_id:u}:global") == ":0");
    }

    [RedisTheory]
    [InlineData("kill")]
    [InlineData("hang")]
    public async Task With_fail_open_each_gateway_enforces_limits_while_Redis_is_away_and_all_together_when_it_is_back(string how)
    {
        await using var redis = await RedisServer.StartAsync();
        await using var services = StoreServices.On(redis.ConnectionString);
        var gateways = new[] { await StartAsync(services), await StartAsync(services) };
        await gateways[0].SetGlobalLimitsAsync([PerUser], Wait.Ended);
        await Wait.UntilAsync(() => gateways[1].GlobalLimits.Count == 1);
        await (how == "kill" ? redis.KillAsync() : redis.SignalAsync("STOP"));

        foreach (var gateway in gateways)
        {
            var admitted = 0;
            for (var call = 0; call < 10; call++)
            {
                admitted += await TryAsync(gateway, "u") ? 1 : 0;
            }

            Assert.Equal(3, admitted);
        }

        await (how == "kill" ? redis.StartAgainAsync() : redis.SignalAsync("CONT"));
        var number = 0;
        await Wait.UntilAsync(async () =>
        {
            // A new user each time: three calls at one gateway, and none is left at the other.
            var user = $"user-{number++}";
            var first = new[] { await TryAsync(gateways[0], user), await TryAsync(gateways[0], user), await TryAsync(gateways[0], user) };
            return first.All(admitted => admitted) && !await TryAsync(gateways[1], user);
        });
    }

    [RedisTheory]
    [InlineData("kill")]
    [InlineData("hang")]
    public async Task Without_fail_open_limited_calls_are_refused_while_Redis_is_away(string how)
    {
        await using var redis = await RedisServer.StartAsync();
        await using var services = StoreServices.On(redis.ConnectionString);
        var limits = await StartAsync(services);
        await limits.UpdateAsync(new() { GlobalLimits = [PerUser], FailOpen = false }, Wait.Ended);
        Assert.True(await TryAsync(limits, "u"));
        await (how == "kill" ? redis.KillAsync() : redis.SignalAsync("STOP"));
        for (var call = 0; call < 5; call++)
        {
            await Assert.ThrowsAsync<InvalidOperationException>(() => TryAsync(limits, "u"));
        }

        // What no limit applies to goes on.
        Assert.True((await limits.CheckAsync(new RateLimitRequest { Service = "s", DeviceId = "d" }, Wait.Ended)).Allowed);
        await (how == "kill" ? redis.StartAgainAsync() : redis.SignalAsync("CONT"));
        await Wait.UntilAsync(async () => !await FailsAsync(() => TryAsync(limits, "v")));
    }

    [Fact]
    public void When_there_is_no_room_for_another_key_fail_open_decides()
    {
        var clock = new HandClock(1_000_000);
        var counters = new MemoryRateLimitCounters(clock);
        foreach (var failOpen in new[] { true, false })
        {
            var rules = new RateLimitRules(new RateLimitConfig(true, failOpen, [PerUser], []), null, 100, clock.TimestampFrequency);
            var plan = rules.PlanFor("s", "t");
            var windows = Assert.Single(plan.Limits).State.Windows;
            Assert.All(Enumerable.Range(0, 100), user => Assert.Null(counters.Take(plan, new($"{user}", null, null, null, default))));
            Assert.Equal(100, windows.Count);
            for (var call = 0; call < 5; call++)
            {
                Assert.Equal(failOpen ? null : RateLimitDenial.Unavailable, counters.Take(plan, new("one more", null, null, null, default)));
            }

            // Those that are counted still are, and what has run out makes room.
            Assert.Null(counters.Take(plan, new("7", null, null, null, default)));
            Assert.Null(counters.Take(plan, new("7", null, null, null, default)));
            Assert.NotNull(counters.Take(plan, new("7", null, null, null, default)));
            Assert.Equal(0, windows.RemoveIdle(clock.Ticks));
            clock.Ticks += 610_000_000;
            Assert.Equal(100, windows.RemoveIdle(clock.Ticks));
            Assert.Equal(0, windows.Count);
            Assert.Null(counters.Take(plan, new("one more", null, null, null, default)));
        }
    }

    [Fact]
    public async Task Many_threads_and_a_cleanup_never_admit_more_than_is_allowed()
    {
        var counters = new MemoryRateLimitCounters(TimeProvider.System);
        var rules = new RateLimitRules(
            new RateLimitConfig(true, true, [PerUser with { MaxRequests = 1000 }, PerAddress with { MaxRequests = 700 }], [PerUserOfFunction with { MaxRequests = 900 }]),
            null,
            1000,
            TimeProvider.System.TimestampFrequency);
        var plan = rules.PlanFor("s", "t");
        using var end = new CancellationTokenSource();
        var cleanup = Task.Run(
            () =>
            {
                while (!end.IsCancellationRequested)
                {
                    foreach (var limit in rules.Limits)
                    {
                        limit.State.Windows.RemoveIdle(TimeProvider.System.GetTimestamp());
                    }
                }
            },
            Wait.Ended);
        var admitted = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() =>
            Enumerable.Range(0, 2000).Count(_ => counters.Take(plan, new("u", null, "1.2.3.4", null, default)) is null), Wait.Ended)));
        await end.CancelAsync();
        await cleanup;
        Assert.Equal(700, admitted.Sum());
        foreach (var limit in rules.Limits)
        {
            Assert.Equal(700, (await counters.StatusAsync(limit.Rule.Key == "user_id" ? "u" : "1.2.3.4", [limit], Wait.Ended))[0].Current);
        }
    }
}
