using GenApi.Gateway.Calls.Modes;
using GenApi.Gateway.Diagnostics;
using GenApi.Gateway.Diagnostics.Health;
using GenApi.Gateway.Nodes;
using GenApi.Gateway.Tests.Clients;
using GenApi.Gateway.Tests.Cluster;
using GenApi.Gateway.Tests.Storage;
using GenApi.Testing.Redis;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace GenApi.Gateway.Tests.Diagnostics;

/// <summary><c>health_check</c>.</summary>
public sealed class HealthTests
{
    [Fact]
    public async Task A_gateway_with_its_node_is_ok()
    {
        await using var cluster = await TestCluster.StartAsync("a");

        var health = (await cluster.Api.GetAsync("/admin/health", TestCluster.AdminToken)).Body;

        Assert.Equal("ok", health.GetProperty("status").GetString());
        var checks = health.GetProperty("checks");
        Assert.Equal("ok", checks.GetProperty("runtime").GetProperty("status").GetString());
        Assert.True(checks.GetProperty("runtime").GetProperty("figures").GetProperty("memory").GetProperty("total_bytes").GetInt64() > 1_000_000);
        var node = checks.GetProperty("node");
        Assert.True(node.GetProperty("alive").GetBoolean());
        Assert.Equal(health.GetProperty("gateway").GetString(), node.GetProperty("gateway").GetString());
        Assert.Equal(cluster.Nodes["a"].Address.ToString().TrimEnd('/'), Assert.Single(node.GetProperty("connected_nodes").EnumerateArray()).GetString());
        var parts = checks.GetProperty("genapi").GetProperty("checks");
        Assert.Equal(
            ["config_cache", "services", "config_puller", "rate_limiter", "async_pool", "stream_pool", "breakers", "relay", "redis", "background"],
            parts.EnumerateObject().Select(part => part.Name));
        Assert.All(parts.EnumerateObject(), part => Assert.Equal("ok", part.Value.GetProperty("status").GetString()));
        Assert.Equal(1, parts.GetProperty("config_cache").GetProperty("figures").GetProperty("services").GetInt64() - LocalServices(cluster));
    }

    [Fact]
    public async Task Memory_above_the_limit_that_is_asked_about_is_degraded()
    {
        await using var cluster = await TestCluster.StartAsync();
        var diagnostics = Diagnostics(cluster);

        Assert.Equal(HealthState.Degraded, diagnostics.HealthCheck(maxMemoryBytes: 1).Checks.Runtime.Status);
        Assert.Equal(HealthState.Degraded, diagnostics.HealthCheck(maxMemoryBytes: 1).Status);
        Assert.Equal(HealthState.Ok, diagnostics.HealthCheck(maxMemoryBytes: long.MaxValue).Status);
        var asked = (await cluster.Api.GetAsync("/admin/health?max_memory_bytes=1", TestCluster.AdminToken)).Body;
        Assert.Equal("degraded", asked.GetProperty("status").GetString());
        Assert.Equal(1, asked.GetProperty("checks").GetProperty("runtime").GetProperty("max_memory_bytes").GetInt64());
    }

    [Fact]
    public async Task Memory_above_the_limit_of_the_settings_is_degraded_unless_the_question_has_its_own()
    {
        await using var cluster = await TestCluster.StartAsync(new TestClusterOptions
        {
            GatewaySettings = new Dictionary<string, string?> { ["GenApi:Health:MaxMemoryBytes"] = "1" },
        });

        var health = Diagnostics(cluster).HealthCheck();
        Assert.Equal((HealthState.Degraded, 1), (health.Status, health.Checks.Runtime.MaxMemoryBytes));
        Assert.Equal(HealthState.Ok, Diagnostics(cluster).HealthCheck(long.MaxValue).Status);
        Assert.Equal(HealthState.Degraded, (await Diagnostics(cluster).ClusterViewAsync(Wait.Ended)).Gateways.Single().Figures!.Status);
        Assert.Equal("Not well: runtime. GET /admin/health says more.", (await ProbeAsync(cluster)).Description);
    }

    [Fact]
    public async Task A_limit_of_no_memory_at_all_is_refused()
    {
        var refused = await Assert.ThrowsAsync<OptionsValidationException>(() => TestCluster.StartAsync(new TestClusterOptions
        {
            GatewaySettings = new Dictionary<string, string?> { ["GenApi:Health:MaxMemoryBytes"] = "0" },
        }));

        Assert.Contains("GenApi:Health:MaxMemoryBytes is 0; it must be 1 or more", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("0")]
    [InlineData("-1")]
    [InlineData("much")]
    [InlineData("")]
    public async Task A_wrong_limit_is_400(string limit)
    {
        await using var cluster = await TestCluster.StartAsync();

        var answer = await cluster.Api.GetAsync($"/admin/health?max_memory_bytes={limit}", TestCluster.AdminToken);

        Assert.Equal((400, "invalid_request"), (answer.Status, answer.Code));
        Assert.Contains("max_memory_bytes", answer.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_node_that_cannot_be_reached_is_degraded_and_named()
    {
        await using var cluster = await TestCluster.StartAsync("a");
        await cluster.Api.PushAsync(ApiClient.Push("dead", "1", ApiClient.Function("f"), "http://127.0.0.1:9"));

        var health = Diagnostics(cluster).HealthCheck();

        Assert.Equal((HealthState.Degraded, HealthState.Degraded), (health.Status, health.Checks.Node.Status));
        Assert.Equal(["http://127.0.0.1:9"], health.Checks.Node.UnreachableNodes);
        Assert.Contains("http://127.0.0.1:9", Assert.Single(health.Reasons, reason => !reason.StartsWith("No node of dead", StringComparison.Ordinal)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_service_whose_nodes_have_all_left_is_degraded_until_its_functions_are_switched_off()
    {
        await using var cluster = await TestCluster.StartAsync("a");
        var before = Services(cluster);
        Assert.Equal((HealthState.Ok, 0, 0), (before.Status, before.Figures["unreachable_services"], before.Figures["unreachable_functions"]));

        await cluster.StopNodeAsync("a");

        var health = Diagnostics(cluster).HealthCheck();
        var part = health.Checks.GenApi.Checks["services"];
        Assert.Equal((HealthState.Degraded, HealthState.Degraded, HealthState.Ok), (health.Status, part.Status, health.Checks.Node.Status));
        Assert.Equal((before.Figures["services"], 1), (part.Figures["services"], part.Figures["unreachable_services"]));
        Assert.StartsWith($"No node of {TestFunctions.Service} can be reached, so all calls of this service are refused.", part.Reason, StringComparison.Ordinal);
        Assert.Contains("disable or delete", part.Reason, StringComparison.Ordinal);
        var probe = (await cluster.Gateway.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync(Wait.Ended)).Entries["genapi"];
        Assert.Equal(HealthStatus.Degraded, probe.Status);
        Assert.Contains("services", probe.Description, StringComparison.Ordinal);

        foreach (var function in Diagnostics(cluster).Functions().Where(function => function.Service == TestFunctions.Service))
        {
            await Diagnostics(cluster).DisableFunctionAsync(function.Key, Wait.Ended);
        }

        var after = Services(cluster);
        Assert.Equal((HealthState.Ok, before.Figures["services"] - 1), (after.Status, after.Figures["services"]));
    }

    [Fact]
    public async Task Functions_with_nodes_of_their_own_and_those_of_this_process_count_as_a_call_would_find_them()
    {
        await using var cluster = await TestCluster.StartAsync(new TestClusterOptions
        {
            Nodes = ["a"],
            GatewaySettings = new Dictionary<string, string?> { ["GenApi:NodeLists:none"] = "" },
        });
        var address = cluster.Nodes["a"].Address.ToString().TrimEnd('/');
        await cluster.Api.PushAsync(ApiClient.Push(
            "shop",
            "1",
            string.Join(
                ',',
                ApiClient.Function("listed", $$""","nodes":["{{address}}"]"""),
                ApiClient.Function("nowhere", ""","nodes":{"resolver":"config","args":["none"]}"""),
                ApiClient.Function("here", ""","nodes":"local" """),
                ApiClient.Function("off", ""","disabled":true"""))));

        await Wait.UntilAsync(async () => (await Diagnostics(cluster).CallFlowAsync("shop", "listed", cancellationToken: Wait.Ended)).Error is null);

        var part = Services(cluster);
        Assert.Equal((0, 2), (part.Figures["unreachable_services"], part.Figures["unreachable_functions"]));
        Assert.StartsWith("No node that has shop/here, shop/nowhere can be reached, so calls of these functions are refused.", part.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_old_version_that_no_node_has_any_more_is_no_fault_and_a_newest_one_is()
    {
        await using var cluster = await TestCluster.StartAsync("a");
        await cluster.Api.PushAsync(ApiClient.Push(TestFunctions.Service, "0", ApiClient.Function("versioned", ""","version":"1.0.0" """)));
        Assert.Equal(HealthState.Ok, Services(cluster).Status);

        await cluster.Api.PushAsync(ApiClient.Push(TestFunctions.Service, "3", ApiClient.Function("versioned", ""","version":"9.0.0" """)));

        Assert.Contains("test/versioned@9.0.0", Services(cluster).Reason, StringComparison.Ordinal);
        Assert.Equal("unavailable", (await cluster.Api.CallAsync("versioned")).Code);
    }

    [Fact]
    public async Task The_names_of_many_services_without_nodes_are_cut_short()
    {
        await using var cluster = await TestCluster.StartAsync();
        for (var i = 0; i < 12; i++)
        {
            await cluster.Api.PushAsync(ApiClient.Push($"shop{i:00}", "1", ApiClient.Function("f")));
        }

        Assert.Contains("shop08, shop09 and 2 more can be reached", Services(cluster).Reason, StringComparison.Ordinal);
        Assert.DoesNotContain("shop10", Services(cluster).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_open_breaker_of_a_node_is_degraded_until_it_closes()
    {
        await using var cluster = await TestCluster.StartAsync("a");
        var breaker = cluster.Gateway.Services.GetRequiredService<NodeDirectory>().Current.Endpoints.Values.Single().Breaker;
        for (var i = 0; i < 5; i++)
        {
            breaker.Failed();
        }

        var part = Diagnostics(cluster).HealthCheck().Checks.GenApi.Checks["breakers"];
        Assert.Equal((HealthState.Degraded, 1), (part.Status, part.Figures["not_closed"]));

        breaker.Succeeded();
        Assert.Equal(HealthState.Ok, Diagnostics(cluster).HealthCheck().Status);
    }

    [Fact]
    public async Task An_open_breaker_of_a_pool_is_degraded()
    {
        await using var cluster = await TestCluster.StartAsync();
        var breaker = cluster.Gateway.Services.GetRequiredService<WorkerPools>().Stream.Breaker;
        for (var i = 0; i < 100; i++)
        {
            breaker.Failed();
        }

        var checks = Diagnostics(cluster).HealthCheck().Checks.GenApi.Checks;

        Assert.Equal((HealthState.Ok, HealthState.Degraded), (checks["async_pool"].Status, checks["stream_pool"].Status));
        Assert.Equal((HealthState.Degraded, 3, 1), (checks["breakers"].Status, checks["breakers"].Figures["breakers"], checks["breakers"].Figures["not_closed"]));
        Assert.Contains("stream pool", checks["breakers"].Reason, StringComparison.Ordinal);
        Assert.Equal("open", Diagnostics(cluster).PoolStatus().StreamPool.Breaker);
    }

    [Fact]
    public async Task A_part_that_has_died_is_an_error()
    {
        await using var cluster = await TestCluster.StartAsync(new TestClusterOptions
        {
            ConfigureGateway = builder =>
            {
                builder.Services.Configure<HostOptions>(host =>
                    host.BackgroundServiceExceptionBehavior = BackgroundServiceExceptionBehavior.Ignore);
                builder.Services.AddHostedService<DoomedService>();
            },
        });

        await Wait.UntilAsync(() => Diagnostics(cluster).HealthCheck().Status == HealthState.Error);

        var health = Diagnostics(cluster).HealthCheck();
        Assert.Contains(nameof(DoomedService), health.Checks.GenApi.Checks["background"].Reason, StringComparison.Ordinal);
        var probe = await cluster.Gateway.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync(Wait.Ended);
        Assert.Equal(HealthStatus.Unhealthy, probe.Status);
    }

    [Fact]
    public async Task The_probe_is_fed_by_the_same_checks_and_tells_no_addresses()
    {
        await using var cluster = await TestCluster.StartAsync();
        var probes = cluster.Gateway.Services.GetRequiredService<HealthCheckService>();
        Assert.Equal(HealthStatus.Healthy, (await probes.CheckHealthAsync(Wait.Ended)).Entries["genapi"].Status);

        await cluster.Api.PushAsync(ApiClient.Push("dead", "1", ApiClient.Function("f"), "http://127.0.0.1:9"));

        var probe = (await probes.CheckHealthAsync(Wait.Ended)).Entries["genapi"];
        Assert.Equal(HealthStatus.Degraded, probe.Status);
        Assert.Contains("node", probe.Description, StringComparison.Ordinal);
        Assert.DoesNotContain("127.0.0.1", probe.Description, StringComparison.Ordinal);
        Assert.Equal("Not well: node, services. GET /admin/health says more.", probe.Description);
    }

    [Fact]
    public async Task A_plain_question_is_answered_with_a_word_and_a_line_for_each_check_that_is_not_well()
    {
        var well = true;
        await using var app = await TestApp.StartAsync(
            [],
            builder => builder.AddServiceDefaults().Services.AddHealthChecks().AddCheck("part", () => well ? HealthCheckResult.Healthy("Fine.") : HealthCheckResult.Degraded("Not so well.")),
            app => app.MapDefaultEndpoints());
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = app.Address };
        Assert.Equal("Healthy", await http.GetStringAsync(new Uri("/health", UriKind.Relative), Wait.Ended));

        well = false;

        Assert.Equal("Degraded\npart: Not so well.", await http.GetStringAsync(new Uri("/health", UriKind.Relative), Wait.Ended));
        Assert.Equal("Healthy", await http.GetStringAsync(new Uri("/alive", UriKind.Relative), Wait.Ended));
    }

    [RedisFact]
    public async Task A_Redis_that_hangs_is_degraded_until_it_answers_again_and_the_cluster_view_goes_on()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var cluster = await TestCluster.StartAsync(new TestClusterOptions
        {
            Nodes = ["a"],
            GatewaySettings = new Dictionary<string, string?>
            {
                ["ConnectionStrings:redis"] = redis.ConnectionString,
                ["GenApi:Storage:CommandTimeout"] = "00:00:00.2",
                ["GenApi:GatewayId"] = "one",
            },
        });
        await Wait.UntilAsync(() => Diagnostics(cluster).HealthCheck().Status == HealthState.Ok);

        await redis.SignalAsync("STOP");
        await Wait.UntilAsync(() => Redis(cluster).Reason?.StartsWith("Redis is connected and does not do what it is asked", StringComparison.Ordinal) == true);

        var part = Redis(cluster);
        Assert.Equal((HealthState.Degraded, 1), (part.Status, part.Figures["connected"]));
        Assert.InRange(part.Figures["failures"], 1, long.MaxValue);
        Assert.Contains("redis", (await ProbeAsync(cluster)).Description, StringComparison.Ordinal);
        var self = Assert.Single((await Diagnostics(cluster).ClusterViewAsync(Wait.Ended)).Gateways);
        Assert.Equal(("one", true, HealthState.Degraded, 1), (self.Id, self.Self, self.Figures?.Status, self.Figures?.ReachableNodes));
        Assert.Contains(self.Figures!.Reasons, reason => reason.StartsWith("Redis", StringComparison.Ordinal));

        await redis.SignalAsync("CONT");
        await Wait.UntilAsync(() => Redis(cluster).Status == HealthState.Ok);
        Assert.InRange(Redis(cluster).Figures["failures"], 1, long.MaxValue);
    }

    [RedisFact]
    public async Task Redis_away_is_degraded_and_a_gateway_that_never_saw_it_is_an_error()
    {
        await using var redis = await RedisServer.StartAsync();
        var settings = new Dictionary<string, string?> { ["ConnectionStrings:redis"] = redis.ConnectionString };
        await using var cluster = await TestCluster.StartAsync(new TestClusterOptions { GatewaySettings = settings });
        Assert.Equal(1, Diagnostics(cluster).HealthCheck().Checks.GenApi.Checks["redis"].Figures["connected"]);

        await redis.KillAsync();
        await Wait.UntilAsync(() => Diagnostics(cluster).HealthCheck().Checks.GenApi.Checks["redis"].Status == HealthState.Degraded);
        Assert.Equal(HealthState.Degraded, Diagnostics(cluster).HealthCheck().Status);

        var late = await cluster.StartAnotherGatewayAsync();
        var health = late.Services.GetRequiredService<IGatewayDiagnostics>().HealthCheck();
        Assert.Equal((HealthState.Error, HealthState.Error), (health.Status, health.Checks.GenApi.Checks["config_cache"].Status));
    }

    private static IGatewayDiagnostics Diagnostics(TestCluster cluster) => cluster.Gateway.Services.GetRequiredService<IGatewayDiagnostics>();

    private static ComponentHealth Redis(TestCluster cluster) => Diagnostics(cluster).HealthCheck().Checks.GenApi.Checks["redis"];

    private static async Task<HealthReportEntry> ProbeAsync(TestCluster cluster) =>
        (await cluster.Gateway.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync(Wait.Ended)).Entries["genapi"];

    private static ComponentHealth Services(TestCluster cluster) => Diagnostics(cluster).HealthCheck().Checks.GenApi.Checks["services"];

    /// <summary>The services that the gateway hosts itself.</summary>
    private static int LocalServices(TestCluster cluster) => Diagnostics(cluster).ListCallFlows().Where(flow => flow.Local).Select(flow => flow.Service).Distinct().Count();

    private sealed class DoomedService : BackgroundService
    {
        protected override async Task ExecuteAsync(CancellationToken stoppingToken)
        {
            await Task.Yield();
            throw new InvalidOperationException("It was not to be.");
        }
    }
}
