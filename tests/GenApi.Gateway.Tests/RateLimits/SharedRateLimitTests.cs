using System.Diagnostics;
using System.Globalization;
using GenApi.Gateway.Tests.Clients;
using GenApi.Gateway.Tests.Cluster;
using GenApi.Gateway.Tests.Storage;
using GenApi.Testing.Redis;

namespace GenApi.Gateway.Tests.RateLimits;

/// <summary>One limit over four gateways, under load.</summary>
public sealed class SharedRateLimitTests
{
    private const int Callers = 64;

    [RedisFact]
    public Task Four_gateways_admit_what_one_limit_allows() => RunAsync(100, TimeSpan.FromSeconds(1), 6);

    /// <summary>The same at full size, which takes a minute. Run it by <c>-explicit only</c>.</summary>
    [RedisFact(Explicit = true)]
    public Task Four_gateways_admit_what_one_limit_allows_for_a_minute() => RunAsync(1000, TimeSpan.FromSeconds(10), 6);

    [RedisFact]
    public async Task Calls_go_on_under_local_limits_while_Redis_is_dead_and_under_shared_ones_afterwards()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var cluster = await StartAsync(redis, 1_000_000, TimeSpan.FromSeconds(10), true);
        var token = await cluster.Api.TokenAsync("alice");
        await using var hub = await HubClient.ConnectAsync(cluster, token);
        await CallAsync(50);
        await redis.KillAsync();
        await CallAsync(50);
        await redis.StartAgainAsync(empty: true);
        await Wait.UntilAsync(async () =>
        {
            await CallAsync(1);
            return await redis.SendAsync("EXISTS genapi:rl:{user_id:alice}:global") == ":1";
        });
        await CallAsync(50);

        async Task CallAsync(int calls)
        {
            for (var call = 0; call < calls; call++)
            {
                Assert.Equal(200, (await cluster.Api.CallAsync("limited", "any", "{}", token)).Status);
                Assert.True((await hub.CallAsync("any", service: "limited")).Success);
            }
        }
    }

    [RedisFact]
    public async Task Without_fail_open_calls_are_unavailable_while_Redis_is_dead()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var cluster = await StartAsync(redis, 1000, TimeSpan.FromSeconds(10), false);
        var token = await cluster.Api.TokenAsync("alice");
        await using var hub = await HubClient.ConnectAsync(cluster, token);
        Assert.Equal(200, (await cluster.Api.CallAsync("limited", "any", "{}", token)).Status);
        await redis.KillAsync();
        (await cluster.Api.CallAsync("limited", "any", "{}", token)).AssertFailed("unavailable", 503, true);
        (await hub.CallAsync("any", service: "limited")).AssertFailed("unavailable", 503, true);
        await redis.StartAgainAsync();
        await Wait.UntilAsync(async () => (await hub.CallAsync("any", service: "limited")).Success);
    }

    [RedisFact]
    public async Task Whoever_is_denied_at_one_gateway_is_admitted_at_once_when_another_resets_all()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var cluster = await StartAsync(redis, 1, TimeSpan.FromHours(1), true);
        var token = await cluster.Api.TokenAsync("alice");
        var other = cluster.ApiOf(await cluster.StartAnotherGatewayAsync(new Dictionary<string, string?> { ["GenApi:Storage:ReconcileInterval"] = "00:05:00" }));
        await Wait.UntilAsync(async () => (await other.CallAsync("limited", "any", "{}", token)).Status == 429);

        Assert.Equal("""{"reset":1}""", (await cluster.Api.PostAsync("/admin/rate-limits/reset-all", "", TestCluster.AdminToken)).Body.GetRawText());

        await Wait.UntilAsync(async () => (await other.CallAsync("limited", "any", "{}", token)).Status == 200);
        Assert.Equal(429, (await cluster.Api.CallAsync("limited", "any", "{}", token)).Status);

        await redis.KillAsync();
        var away = await cluster.Api.PostAsync("/admin/rate-limits/reset-all", "", TestCluster.AdminToken);
        Assert.Equal((503, "unavailable"), (away.Status, away.Code));
        Assert.Contains("Redis", away.Error!, StringComparison.Ordinal);
    }

    private static async Task RunAsync(int maxRequests, TimeSpan window, int windows)
    {
        await using var redis = await RedisServer.StartAsync();
        await using var cluster = await StartAsync(redis, maxRequests, window, true);
        var token = await cluster.Api.TokenAsync("alice");
        var gateways = new List<ApiClient> { cluster.Api };
        while (gateways.Count < 4)
        {
            gateways.Add(cluster.ApiOf(await cluster.StartAnotherGatewayAsync()));
        }

        foreach (var gateway in gateways)
        {
            // Not counted: arguments come after the limits, and permissions before them.
            await Wait.UntilAsync(async () => (await gateway.CallAsync("limited", "admin", "{}", token)).Status == 403);
        }

        var started = Stopwatch.GetTimestamp();
        var end = window * windows;
        var admitted = (await Task.WhenAll(Enumerable.Range(0, Callers).Select(caller => CallAsync(gateways[caller % gateways.Count])))).SelectMany(calls => calls).ToList();

        // Each was admitted at some moment between its two times; so these are surely in one window only if both times are.
        var first = admitted.Min(call => call.Answered);
        foreach (var (asked, _) in admitted)
        {
            Assert.InRange(admitted.Count(other => other.Asked >= asked && other.Answered <= asked + window), 0, maxRequests);
        }

        var total = admitted.Count(call => call.Answered < first + end);
        TestContext.Current.SendDiagnosticMessage("Admitted {0} in {1}, of {2} allowed.", total, end, maxRequests * windows);
        Assert.InRange(total, maxRequests * windows * 0.98, maxRequests * windows * 1.02);

        async Task<List<(TimeSpan Asked, TimeSpan Answered)>> CallAsync(ApiClient gateway)
        {
            var calls = new List<(TimeSpan, TimeSpan)>();
            while (Stopwatch.GetElapsedTime(started) is var asked && asked < end)
            {
                var answer = await gateway.CallAsync("limited", "any", "{}", token);
                if (answer.Success)
                {
                    calls.Add((asked, Stopwatch.GetElapsedTime(started)));
                }
                else
                {
                    answer.AssertFailed("rate_limited", 429, true);

                    // As a client should, but not all at the same moment.
                    await Task.Delay(Math.Min(20, (int)answer.Body.GetProperty("retry_after_ms").GetInt64()), Wait.Ended);
                }
            }

            return calls;
        }
    }

    private static Task<TestCluster> StartAsync(RedisServer redis, int maxRequests, TimeSpan window, bool failOpen) => TestCluster.StartAsync(new TestClusterOptions
    {
        GatewaySettings = new Dictionary<string, string?>
        {
            ["ConnectionStrings:redis"] = redis.ConnectionString,
            ["GenApi:Storage:ReconcileInterval"] = "00:00:00.5",
            ["GenApi:RateLimits:FailOpen"] = failOpen.ToString(),
            ["GenApi:RateLimits:GlobalLimits:0:Key"] = "user_id",
            ["GenApi:RateLimits:GlobalLimits:0:MaxRequests"] = maxRequests.ToString(CultureInfo.InvariantCulture),
            ["GenApi:RateLimits:GlobalLimits:0:WindowMs"] = ((long)window.TotalMilliseconds).ToString(CultureInfo.InvariantCulture),
        },
        ConfigureGateway = LimitedFunctions.Add,
    });
}
