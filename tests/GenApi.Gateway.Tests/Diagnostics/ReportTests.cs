using GenApi.Gateway.Diagnostics;
using GenApi.Gateway.Tests.Clients;
using GenApi.Gateway.Tests.Cluster;
using GenApi.Gateway.Tests.Storage;
using GenApi.Testing.Redis;
using Microsoft.Extensions.DependencyInjection;

namespace GenApi.Gateway.Tests.Diagnostics;

/// <summary><c>statistics</c>, <c>debug_report</c>, <c>cluster_view</c>, <c>cache_status</c>, <c>pool_status</c>, reconcile, and who may ask.</summary>
public sealed class ReportTests
{
    [Fact]
    public async Task Statistics_count_calls_by_outcome_and_function()
    {
        await using var cluster = await TestCluster.StartAsync("a");
        var before = await Diagnostics(cluster).StatisticsAsync(Wait.Ended);
        await cluster.Api.CallAsync("echo", """{"message":"x"}""");
        await cluster.Api.CallAsync("echo", """{"message":"x"}""");
        await cluster.Api.CallAsync("echo", "{}");
        await cluster.Api.CallAsync("no_such");

        var after = await Diagnostics(cluster).StatisticsAsync(Wait.Ended);

        Assert.Equal((4, 2), (after.GenApi.Calls.All.Calls - before.GenApi.Calls.All.Calls, after.GenApi.Calls.All.Failures - before.GenApi.Calls.All.Failures));

        // The fixture calls before its node has pushed, and may have been told so.
        Assert.Equal((1, 1), (after.GenApi.Calls.ErrorsByCode["invalid_arguments"], after.GenApi.Calls.ErrorsByCode["not_found"] - before.GenApi.Calls.ErrorsByCode.GetValueOrDefault("not_found")));
        var echo = Assert.Single(after.GenApi.Calls.Functions, function => function.Function == "test/echo");
        Assert.Equal((3, 1), (echo.Calls.Calls, echo.Calls.Failures));
        Assert.Contains("test", after.GenApi.Configs.Services);
        Assert.Equal(before.Runtime.WorkItems.Total + after.Runtime.WorkItems.SinceLastCall, after.Runtime.WorkItems.Total);
        Assert.True(after.Runtime.Threads > 0);
    }

    [Fact]
    public async Task Statistics_by_http_have_the_counterparts_of_the_seed()
    {
        await using var cluster = await TestCluster.StartAsync("a");

        var statistics = (await cluster.Api.GetAsync("/admin/statistics", TestCluster.AdminToken)).Body;

        var runtime = statistics.GetProperty("runtime");
        foreach (var member in new[] { "figures", "threads", "work_items", "cpu_time_ms", "scheduler_wall_time" })
        {
            Assert.True(runtime.TryGetProperty(member, out _), member);
        }

        var genApi = statistics.GetProperty("genapi");
        Assert.True(genApi.GetProperty("configs").GetProperty("count").GetInt32() > 10);
        Assert.Equal(0, genApi.GetProperty("rate_limiter").GetProperty("instances").GetArrayLength());
        Assert.Equal(1000, genApi.GetProperty("pools").GetProperty("async_pool").GetProperty("idle_workers").GetInt32());
        Assert.Equal(0, genApi.GetProperty("relay").GetProperty("group_count").GetInt32());
        Assert.Equal(1, genApi.GetProperty("links").GetProperty("reachable").GetInt32());
        Assert.Equal(0, genApi.GetProperty("failed_configs").GetInt64());
    }

    [Fact]
    public async Task Without_Redis_the_limiter_counts_alone_and_every_report_has_the_same_figures()
    {
        await using var cluster = await TestCluster.StartAsync(new TestClusterOptions { GatewaySettings = FiveCalls });
        await SevenCallsAsync(cluster);

        var limiter = (await Diagnostics(cluster).StatisticsAsync(Wait.Ended)).GenApi.RateLimiter;
        Assert.Equal((false, 7, 2, 0), (limiter.Shared, limiter.Checks, limiter.Denied, limiter.Unavailable));
        var limit = Assert.Single(limiter.Instances);
        Assert.Equal((2, 1, 0), (limit.Denied, limit.LocalCounters, limit.LocalDenials));
        var health = Diagnostics(cluster).HealthCheck().Checks.GenApi.Checks["rate_limiter"].Figures;
        Assert.Equal((0, 7, 2, 1, 0), (health["shared"], health["checks"], health["denied"], health["local_counters"], health["local_denials"]));
        var table = (await Diagnostics(cluster).DebugReportAsync(cancellationToken: Wait.Ended)).Tables["rate_limiter_global"];
        Assert.Equal((true, 1, 600, null), (table.Exists, table.Size, table.MemoryBytes, table.Note));
    }

    [RedisFact]
    public async Task With_Redis_all_gateways_count_together_and_every_report_has_the_same_figures()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var cluster = await TestCluster.StartAsync(new TestClusterOptions
        {
            GatewaySettings = new Dictionary<string, string?>(FiveCalls) { ["ConnectionStrings:redis"] = redis.ConnectionString },
        });
        await SevenCallsAsync(cluster);

        var limiter = (await Diagnostics(cluster).StatisticsAsync(Wait.Ended)).GenApi.RateLimiter;
        Assert.Equal((true, 7, 2, 0), (limiter.Shared, limiter.Checks, limiter.Denied, limiter.Unavailable));
        var limit = Assert.Single(limiter.Instances);
        Assert.Equal((2, 0, 1), (limit.Denied, limit.LocalCounters, limit.LocalDenials));
        var health = Diagnostics(cluster).HealthCheck().Checks.GenApi.Checks["rate_limiter"].Figures;
        Assert.Equal((1, 7, 2, 0, 1), (health["shared"], health["checks"], health["denied"], health["local_counters"], health["local_denials"]));
        var tables = (await Diagnostics(cluster).DebugReportAsync(cancellationToken: Wait.Ended)).Tables;
        Assert.Equal((0, 1), (tables["rate_limiter_global"].Size, tables["rate_limiter_denials"].Size));
        Assert.StartsWith("Redis counts", tables["rate_limiter_global"].Note, StringComparison.Ordinal);

        await redis.KillAsync();
        await Wait.UntilAsync(async () => !(await Diagnostics(cluster).StatisticsAsync(Wait.Ended)).GenApi.RateLimiter.Shared);
    }

    [Fact]
    public async Task The_cluster_view_has_the_addresses_of_a_gateway_its_name_in_telemetry_and_why_it_is_not_well()
    {
        await using var cluster = await TestCluster.StartAsync(new TestClusterOptions
        {
            GatewaySettings = new Dictionary<string, string?> { ["OTEL_RESOURCE_ATTRIBUTES"] = "a=b, service.instance.id=gateway-1%20x,c" },
        });
        await cluster.Api.PushAsync(ApiClient.Push("lost", "1", ApiClient.Function("f")));

        var figures = Assert.Single((await Diagnostics(cluster).ClusterViewAsync(Wait.Ended)).Gateways).Figures!;

        Assert.Equal("gateway-1 x", figures.InstanceId);
        Assert.Equal([cluster.Gateway.Address.ToString().TrimEnd('/')], figures.Addresses);
        Assert.StartsWith("No node of lost can be reached", Assert.Single(figures.Reasons), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_debug_report_has_the_most_of_each_and_keeps_to_its_limit()
    {
        await using var cluster = await TestCluster.StartAsync("a", "b");
        await cluster.Api.CallAsync("echo", """{"message":"x"}""");

        var report = (await cluster.Api.GetAsync("/admin/debug?process_limit=1&include_current_stacktrace=true", TestCluster.AdminToken)).Body;

        Assert.Equal(1, report.GetProperty("links").GetArrayLength());
        Assert.Equal(1, report.GetProperty("functions").GetArrayLength());
        Assert.True(report.GetProperty("tables").GetProperty("config_cache").GetProperty("size").GetInt64() > 10);
        Assert.True(report.GetProperty("tables").GetProperty("config_cache").GetProperty("exists").GetBoolean());
        Assert.True(report.GetProperty("tables").GetProperty("config_cache").GetProperty("memory_bytes").GetInt64() > 1000);
        Assert.Equal(0, report.GetProperty("tables").GetProperty("streams").GetProperty("memory_bytes").GetInt64());
        Assert.False(report.GetProperty("tables").GetProperty("relay_groups").TryGetProperty("memory_bytes", out _));
        Assert.False(report.GetProperty("tables").GetProperty("rate_limiter_global").GetProperty("exists").GetBoolean());
        Assert.Equal(1, report.GetProperty("stacks").GetProperty("threads").GetArrayLength());
        Assert.Equal(1, report.GetProperty("stacks").GetProperty("managed").GetArrayLength());
        Assert.False(report.GetProperty("stacks").TryGetProperty("current_stacktrace", out _));
        var plain = (await cluster.Api.GetAsync("/admin/debug", TestCluster.AdminToken)).Body;
        Assert.False(plain.TryGetProperty("stacks", out _));
        Assert.Equal(2, plain.GetProperty("links").GetArrayLength());
    }

    [Fact]
    public async Task The_debug_report_shows_hub_connections_with_their_calls()
    {
        await using var cluster = await TestCluster.StartAsync("a");
        var (key, gate) = cluster.Gates.New();
        await using var hub = await HubClient.ConnectAsync(cluster, await cluster.Api.TokenAsync("alice"));
        await hub.CallAsync("echo", """{"message":"x"}""");
        var held = hub.CallAsync("hold", $$"""{"key":"{{key}}"}""");
        await Wait.For(gate.Started);

        var connection = Assert.Single((await Diagnostics(cluster).DebugReportAsync(cancellationToken: Wait.Ended)).Connections);
        Assert.Equal(("alice", 2, 1), (connection.UserId, connection.Calls, connection.InFlight));
        Assert.Equal(1, (await Diagnostics(cluster).StatisticsAsync(Wait.Ended)).GenApi.Connections);
        Assert.Equal(1, (await Diagnostics(cluster).StatisticsAsync(Wait.Ended)).GenApi.Calls.InFlight);

        gate.Release();
        await Wait.For(held);
        await hub.DisposeAsync();
        await Wait.UntilAsync(async () => (await Diagnostics(cluster).DebugReportAsync(cancellationToken: Wait.Ended)).Connections.Count == 0);
    }

    [Fact]
    public async Task The_debug_report_shows_the_traces()
    {
        await using var cluster = await TestCluster.StartAsync();
        Assert.Equal(0, (await Diagnostics(cluster).DebugReportAsync(cancellationToken: Wait.Ended)).Trace.Active);

        Diagnostics(cluster).StartTrace(new() { Target = "functions", Service = "test" });

        Assert.Equal(1, (await Diagnostics(cluster).DebugReportAsync(cancellationToken: Wait.Ended)).Trace.Active);
        Assert.Single(Diagnostics(cluster).StopAllTraces());
    }

    [Theory]
    [InlineData("process_limit=0")]
    [InlineData("process_limit=1001")]
    [InlineData("process_limit=x")]
    [InlineData("include_current_stacktrace=1")]
    public async Task Wrong_options_of_the_debug_report_are_400(string query)
    {
        await using var cluster = await TestCluster.StartAsync();

        var answer = await cluster.Api.GetAsync($"/admin/debug?{query}", TestCluster.AdminToken);

        Assert.Equal(400, answer.Status);
        Assert.Contains(query.Split('=')[0], answer.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_cluster_view_has_nodes_services_and_leases()
    {
        await using var cluster = await TestCluster.StartAsync("a", "b");
        await cluster.Api.PushAsync(ApiClient.Push("dead", "7", ApiClient.Function("f"), "http://127.0.0.1:9"));

        var view = await Diagnostics(cluster).ClusterViewAsync(Wait.Ended);

        Assert.Equal(2, view.ConnectedCount);
        Assert.DoesNotContain("http://127.0.0.1:9", view.Connected);
        Assert.Equal(["dead"], view.Services["http://127.0.0.1:9"]);
        Assert.Equal(["dead/f"], view.RegisteredProcesses["http://127.0.0.1:9"]);
        Assert.Contains("NodeDirectory", view.RegisteredProcesses[view.Self]);
        var node = Assert.Single(view.Nodes, node => node.State.Address == "http://127.0.0.1:9");
        Assert.False(node.State.Reachable);
        var lease = Assert.Single(node.Leases);
        Assert.Equal(("dead", "7", 1, false), (lease.Service, lease.ConfigVersion, lease.Functions, lease.Answers));
        var self = Assert.Single(view.Gateways);
        Assert.True(self.Self);
        await Wait.UntilAsync(async () => (await Diagnostics(cluster).ClusterViewAsync(Wait.Ended)).Gateways.Single().Figures is not null);
    }

    [RedisFact]
    public async Task The_cluster_view_has_the_figures_of_the_other_gateways_and_survives_the_loss_of_Redis()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var cluster = await TestCluster.StartAsync(new TestClusterOptions
        {
            Nodes = ["a"],
            GatewaySettings = new Dictionary<string, string?> { ["ConnectionStrings:redis"] = redis.ConnectionString, ["GenApi:GatewayId"] = "one" },
        });
        await cluster.StartAnotherGatewayAsync(new Dictionary<string, string?> { ["GenApi:GatewayId"] = "two" });

        await Wait.UntilAsync(async () => (await Diagnostics(cluster).ClusterViewAsync(Wait.Ended)).Gateways is [{ Id: "one", Self: true, Figures: not null }, { Id: "two", Self: false, Figures: not null }]);
        var view = await Diagnostics(cluster).ClusterViewAsync(Wait.Ended);
        Assert.True(view.KnowsAllGateways);
        Assert.Equal("two", view.Gateways[1].Figures!.Gateway);
        Assert.Equal(view.RegisteredProcesses["one"], view.RegisteredProcesses["two"]);
        Assert.Contains("RelayService", view.RegisteredProcesses["two"]);
        Assert.All(view.Gateways, gateway => Assert.Null(gateway.Figures!.Background));

        await redis.KillAsync();
        await Wait.UntilAsync(async () => await Diagnostics(cluster).ClusterViewAsync(Wait.Ended) is { Gateways: [{ Id: "one" }], KnowsAllGateways: false });
        Assert.Single((await Diagnostics(cluster).ClusterViewAsync(Wait.Ended)).Nodes);
    }

    [Fact]
    public async Task The_cache_shows_services_with_their_versions_and_the_pools_their_workers()
    {
        await using var cluster = await TestCluster.StartAsync("a");
        await cluster.Api.PushAsync(ApiClient.Push("shop", "1.2", ApiClient.Function("f") + "," + ApiClient.Function("g", ""","disabled":true""")));

        var cache = Diagnostics(cluster).CacheStatus();
        var shop = Assert.Single(cache.Services, service => service.Service == "shop");
        Assert.Equal(("1.2", 2, 1, 0), (shop.ConfigVersion, shop.Functions, shop.Disabled, shop.Nodes));
        Assert.True(cache.Loaded);
        Assert.Equal(cache.Services.Sum(service => service.Functions), cache.Count);
        Assert.Equal("""{"size":1000,"idle_workers":1000,"busy_workers":0,"queued":0,"queue_limit":10000,"breaker":"closed"}""",
            (await cluster.Api.GetAsync("/admin/pools", TestCluster.AdminToken)).Body.GetProperty("async_pool").GetRawText());
        Assert.Equal(200, (await cluster.Api.GetAsync("/admin/cache", TestCluster.AdminToken)).Status);
    }

    [RedisFact]
    public async Task Reconciling_finds_what_no_notice_told()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var cluster = await TestCluster.StartAsync(new TestClusterOptions
        {
            GatewaySettings = new Dictionary<string, string?> { ["ConnectionStrings:redis"] = redis.ConnectionString, ["GenApi:Storage:ReconcileInterval"] = "00:05:00" },
        });
        var other = await cluster.StartAnotherGatewayAsync();
        await cluster.Api.PushAsync(ApiClient.Push("shop", "1", ApiClient.Function("f")));

        var done = (await cluster.ApiOf(other).PostAsync("/admin/reconcile", "", TestCluster.AdminToken)).Body;

        Assert.True(done.GetProperty("services").GetInt32() >= 1);
        Assert.True(done.GetProperty("others_told").GetBoolean());
        Assert.NotNull((await other.Services.GetRequiredService<IGatewayDiagnostics>().CallFlowAsync("shop", "f", cancellationToken: Wait.Ended)).Config);
    }

    [Theory]
    [InlineData("GET", "/admin/health")]
    [InlineData("GET", "/admin/statistics")]
    [InlineData("GET", "/admin/debug")]
    [InlineData("GET", "/admin/flows")]
    [InlineData("GET", "/admin/flows/test/echo")]
    [InlineData("POST", "/admin/inspect")]
    [InlineData("GET", "/admin/cluster")]
    [InlineData("GET", "/admin/cache")]
    [InlineData("GET", "/admin/pools")]
    [InlineData("POST", "/admin/reconcile")]
    public async Task Without_the_admin_token_it_is_401_and_for_a_user_403(string method, string path)
    {
        await using var cluster = await TestCluster.StartAsync();
        var verb = new HttpMethod(method);

        Assert.Equal(401, (await cluster.Api.SendAsync(verb, path, null, null)).Status);
        Assert.Equal(401, (await cluster.Api.SendAsync(verb, path, null, "wrong")).Status);
        Assert.Equal(403, (await cluster.Api.SendAsync(verb, path, null, await cluster.Api.TokenAsync("alice"))).Status);
        Assert.Contains(cluster.Gateway.Log, line => line.Contains($"Refused {path}", StringComparison.Ordinal));
    }

    /// <summary>Five calls of each user in a time that no test takes.</summary>
    private static Dictionary<string, string?> FiveCalls => new()
    {
        ["GenApi:RateLimits:GlobalLimits:0:Key"] = "user_id",
        ["GenApi:RateLimits:GlobalLimits:0:MaxRequests"] = "5",
        ["GenApi:RateLimits:GlobalLimits:0:WindowMs"] = "3600000",
    };

    private static async Task SevenCallsAsync(TestCluster cluster)
    {
        // No node has the function, so a call that its limits let pass ends at the next step.
        await cluster.Api.PushAsync(ApiClient.Push("shop", "1", ApiClient.Function("f")));
        var token = await cluster.Api.TokenAsync("alice");
        for (var call = 1; call <= 7; call++)
        {
            Assert.Equal(call <= 5 ? 503 : 429, (await cluster.Api.CallAsync("shop", "f", "{}", token)).Status);
        }
    }

    private static IGatewayDiagnostics Diagnostics(TestCluster cluster) => cluster.Gateway.Services.GetRequiredService<IGatewayDiagnostics>();
}
