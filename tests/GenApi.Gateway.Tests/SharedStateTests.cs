using GenApi.Gateway.Configs;
using GenApi.Gateway.Nodes;
using GenApi.Gateway.Storage;
using GenApi.Gateway.Tests.Clients;
using GenApi.Gateway.Tests.Cluster;
using GenApi.Gateway.Tests.Storage;
using GenApi.Testing.Redis;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.Extensions.DependencyInjection;

namespace GenApi.Gateway.Tests;

/// <summary>Several gateways that share what they know through Redis.</summary>
public sealed class SharedStateTests
{
    [RedisFact]
    public async Task A_node_that_pushed_to_one_gateway_is_called_through_the_other()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var cluster = await TestCluster.StartAsync(Options(redis, "a"));
        var other = cluster.ApiOf(await cluster.StartAnotherGatewayAsync());
        await CallableAsync(other, "\"a\"");

        // Also one that comes while both run, and its end is heard of too.
        await cluster.StartNodeAsync("b");
        await CallableAsync(other, "\"b\"");
        await cluster.StopNodeAsync("a");
        for (var call = 0; call < 20; call++)
        {
            Assert.Equal("b", (await other.CallAsync("node")).Result.GetString());
        }
    }

    [RedisFact]
    public async Task Everything_works_on_a_Redis_Cluster()
    {
        await using var redis = await RedisCluster.StartAsync();
        await using var cluster = await TestCluster.StartAsync(Options(redis.ConnectionString, "a"));
        var other = cluster.ApiOf(await cluster.StartAnotherGatewayAsync());
        await CallableAsync(other, "\"a\"");
        await SwitchAsync(cluster.Api, "node", "disable");
        await Wait.UntilAsync(async () => (await other.CallAsync("node")).Status == 404);
        await cluster.RestartGatewayAsync();
        Assert.Equal(404, (await cluster.Api.CallAsync("node")).Status);
        Assert.Equal(200, (await cluster.Api.CallAsync("echo", """{"message":"x"}""")).Status);
    }

    [RedisFact]
    public async Task Functions_switched_off_or_deleted_at_one_gateway_are_so_at_all()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var cluster = await TestCluster.StartAsync(Options(redis, "a"));
        var other = cluster.ApiOf(await cluster.StartAnotherGatewayAsync());
        await CallableAsync(other, "\"a\"");

        await SwitchAsync(other, "node", "disable");
        await Wait.UntilAsync(async () => await CodeAsync(cluster.Api, "node", "{}") == "disabled");
        await SwitchAsync(cluster.Api, "node", "enable");
        await CallableAsync(other, "\"a\"");
        var deleted = await other.DeleteAsync($"/admin/functions/{TestFunctions.Service}/node/-", TestCluster.AdminToken);
        Assert.Equal(204, deleted.Status);
        await Wait.UntilAsync(async () => await CodeAsync(cluster.Api, "node", "{}") == "not_found");
    }

    [RedisFact]
    public async Task Functions_cleared_at_one_gateway_are_gone_at_all_and_after_a_restart_until_they_are_pushed_again()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var cluster = await TestCluster.StartAsync(Options(redis, "a") with { NodeSettings = Renewing("00:05:00") });
        var other = cluster.ApiOf(await cluster.StartAnotherGatewayAsync());
        await CallableAsync(other, "\"a\"");
        string[] pushes = [ApiClient.Push("shop", "1", $"{ApiClient.Function("get")},{ApiClient.Function("put")}"), ApiClient.Push("shop", "2", ApiClient.Function("get"))];
        await other.PushAsync(pushes[0]);

        var cleared = await cluster.Api.DeleteAsync("/admin/functions/shop", TestCluster.AdminToken);
        Assert.Equal((200, 2), (cleared.Status, cleared.Body.GetProperty("removed").GetInt32()));
        await Wait.UntilAsync(async () => (await FunctionsAsync(other, "shop")).Count == 0);
        await CallableAsync(other, "\"a\"");

        // One gateway may not have heard yet of what came by the other, and clears it all the same.
        await other.PushAsync(ApiClient.Push("bank", "1", ApiClient.Function("get")));
        cleared = await cluster.Api.DeleteAsync("/admin/functions", TestCluster.AdminToken);
        Assert.True(cleared.Body.GetProperty("removed").GetInt32() > 1);
        await Wait.UntilAsync(async () => await CodeAsync(other, "node", "{}") == "not_found");
        await cluster.RestartGatewayAsync();
        Assert.Equal("not_found", await CodeAsync(cluster.Api, "node", "{}"));
        Assert.Empty(await FunctionsAsync(cluster.Api, "bank"));

        // The version that is stored is not stored again; a new one is.
        Assert.Equal("skipped", (await cluster.Api.PushAsync(pushes[0])).Body.GetProperty("status").GetString());
        Assert.Empty(await FunctionsAsync(cluster.Api, "shop"));
        Assert.Equal("accepted", (await cluster.Api.PushAsync(pushes[1])).Body.GetProperty("status").GetString());
        Assert.Equal(["get"], await FunctionsAsync(cluster.Api, "shop"));
        await Wait.UntilAsync(async () => (await FunctionsAsync(other, "shop")).Count == 1);
    }

    [RedisFact]
    public async Task Details_of_errors_are_shown_and_hidden_at_all_gateways_and_after_a_restart()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var cluster = await TestCluster.StartAsync(Options(redis, "a"));
        var other = cluster.ApiOf(await cluster.StartAnotherGatewayAsync());
        await CallableAsync(other, "\"a\"");
        Assert.Equal("The function failed.", await ErrorAsync(other));

        Assert.Equal(401, (await cluster.Api.SendAsync(HttpMethod.Put, "/admin/detail-error", """{"enabled":true}""", "a wrong token")).Status);
        Assert.Equal(400, (await cluster.Api.SendAsync(HttpMethod.Put, "/admin/detail-error", "{}", TestCluster.AdminToken)).Status);
        var changed = await cluster.Api.SendAsync(HttpMethod.Put, "/admin/detail-error", """{"enabled":true}""", TestCluster.AdminToken);
        Assert.Equal((200, true), (changed.Status, changed.Body.GetProperty("enabled").GetBoolean()));
        Assert.Equal("The secret reason.", await ErrorAsync(cluster.Api));
        await Wait.UntilAsync(async () => await ErrorAsync(other) == "The secret reason.");

        await cluster.RestartGatewayAsync();
        await Wait.UntilAsync(async () => await ErrorAsync(cluster.Api) == "The secret reason.");
        await redis.KillAsync();
        await redis.StartAgainAsync(empty: true);
        await Wait.UntilAsync(async () => await redis.SendAsync("HEXISTS genapi:settings detail_error") == ":1");
        await Wait.UntilAsync(async () => (await other.SendAsync(HttpMethod.Put, "/admin/detail-error", """{"enabled":false}""", TestCluster.AdminToken)).Status == 200);
        await Wait.UntilAsync(async () => await ErrorAsync(cluster.Api) == "The function failed.");
    }

    [RedisFact]
    public async Task A_token_of_one_gateway_is_good_at_the_other_and_after_a_restart()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var cluster = await TestCluster.StartAsync(Options(redis, "a"));
        var other = cluster.ApiOf(await cluster.StartAnotherGatewayAsync());
        var token = await cluster.Api.TokenAsync("alice");
        await Wait.UntilAsync(async () => (await other.CallAsync(TestFunctions.Service, "authenticated", "{}", token)).Status == 200);

        await cluster.RestartGatewayAsync();
        await Wait.UntilAsync(async () => (await cluster.Api.CallAsync(TestFunctions.Service, "authenticated", "{}", token)).Status == 200);
    }

    [RedisFact]
    public async Task After_a_restart_of_all_gateways_functions_are_callable_before_any_node_pushes_again()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var cluster = await TestCluster.StartAsync(Options(redis) with { NodeSettings = Renewing("00:05:00") });
        await cluster.StartNodeAsync("a");
        await cluster.ReachableAsync("a");
        var other = await cluster.StartAnotherGatewayAsync();
        await CallableAsync(cluster.ApiOf(other), "\"a\"");
        await other.StopAsync();

        await cluster.RestartGatewayAsync();

        // The node is not to renew its lease for minutes, so nobody but Redis can have told of it.
        await CallableAsync(cluster.Api, "\"a\"");
        Assert.Single(cluster.Nodes["a"].Log, line => line.Contains("Registered service", StringComparison.Ordinal));
    }

    [RedisFact]
    public async Task No_call_fails_while_Redis_is_away_and_everything_is_shared_again_afterwards()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var cluster = await TestCluster.StartAsync(Options(redis, "a", "b"));
        var other = cluster.ApiOf(await cluster.StartAnotherGatewayAsync());
        await CallableAsync(other, "\"a\"");
        await CallableAsync(other, "\"b\"");
        await using var hub = await HubClient.ConnectAsync(cluster, await cluster.Api.TokenAsync("alice"));
        var token = await other.TokenAsync("bob");
        using var end = new CancellationTokenSource();
        var byHub = LoadAsync(async () => await hub.CallAsync("node") is { Success: true });
        var byHttp = LoadAsync(async () => (await other.CallAsync(TestFunctions.Service, "node", "{}", token)).Status == 200);

        await redis.KillAsync();
        await Wait.UntilAsync(() => cluster.Gateway.Log.Any(line => line.Contains("could not be read", StringComparison.Ordinal)));
        await Task.WhenAll(byHub.MoreAsync(200), byHttp.MoreAsync(200));
        Assert.Equal(503, (await cluster.Api.PushAsync(ApiClient.Push("late", "1", """{"request_type":"f"}"""))).Status);
        await redis.StartAgainAsync();
        await Wait.UntilAsync(async () => (await cluster.Api.PushAsync(ApiClient.Push("late", "1", """{"request_type":"f"}"""))).Status == 200);
        await Wait.UntilAsync(() => cluster.Gateway.Services.GetRequiredService<ConfigCatalog>().Current.Services.ContainsKey("late"));
        await Task.WhenAll(byHub.MoreAsync(200), byHttp.MoreAsync(200));
        await end.CancelAsync();

        Assert.Equal((0, 0), (await byHub.FailuresAsync(), await byHttp.FailuresAsync()));

        Load LoadAsync(Func<Task<bool>> call) => new(call, end.Token);
    }

    [RedisFact]
    public async Task A_Redis_that_hung_takes_no_node_with_it_whose_lease_ended_meanwhile()
    {
        await using var redis = await RedisServer.StartAsync();
        var options = Options(redis, "a") with { NodeSettings = Renewing("00:05:00") };
        await using var cluster = await TestCluster.StartAsync(options with
        {
            GatewaySettings = new Dictionary<string, string?>(options.GatewaySettings)
            {
                ["GenApi:Nodes:LeaseExpiry"] = "00:05:00",
                ["GenApi:Storage:CommandTimeout"] = "00:00:00.2",
            },
        });
        var connection = cluster.Gateway.Services.GetRequiredService<RedisConnection>();
        await redis.SignalAsync("STOP");
        await Wait.UntilAsync(() => connection.Failures > 0);
        await redis.SignalAsync("CONT");

        // As if the hang had been longer than the lease.
        Assert.Equal(":1", await redis.SendAsync($"DEL genapi:nodes:{TestFunctions.Service}"));
        await Wait.UntilAsync(() => connection.FailuresInARow == 0);
        await cluster.Gateway.Services.GetRequiredService<NodeDirectory>().ReconcileAsync(Wait.Ended);

        Assert.Equal(0, connection.Interruptions);
        Assert.Equal("a", (await cluster.Api.CallAsync("node")).Result.GetString());
    }

    [RedisFact]
    public async Task A_Redis_that_comes_back_empty_is_filled_again_by_gateways_and_nodes()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var cluster = await TestCluster.StartAsync(Options(redis, "a"));
        await SwitchAsync(cluster.Api, "add", "disable");
        var token = await cluster.Api.TokenAsync("alice");
        await redis.KillAsync();
        await redis.StartAgainAsync(empty: true);

        // A gateway that starts now can have it from Redis only.
        await Wait.UntilAsync(async () => await redis.SendAsync($"HEXISTS genapi:service:{TestFunctions.Service} meta") == ":1");
        await Wait.UntilAsync(async () => await redis.SendAsync($"ZCARD genapi:nodes:{TestFunctions.Service}") == ":1");
        var fresh = cluster.ApiOf(await cluster.StartAnotherGatewayAsync());
        await CallableAsync(fresh, "\"a\"");
        Assert.Equal("disabled", await CodeAsync(fresh, "add", """{"a":1}"""));
        Assert.Equal(200, (await cluster.Api.CallAsync(TestFunctions.Service, "echo", """{"message":"x"}""", token)).Status);
    }

    [RedisFact]
    public async Task Tokens_stay_good_everywhere_when_Redis_comes_back_empty()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var cluster = await TestCluster.StartAsync(Options(redis));
        var before = await cluster.Api.TokenAsync("alice");
        await redis.KillAsync();
        await redis.StartAgainAsync(empty: true);

        await Wait.UntilAsync(async () => await redis.SendAsync("LLEN genapi:keys") == ":1");
        var fresh = cluster.ApiOf(await cluster.StartAnotherGatewayAsync());
        Assert.NotEqual(401, (await fresh.CallAsync(TestFunctions.Service, "authenticated", "{}", before)).Status);
    }

    [RedisFact]
    public async Task A_key_that_another_gateway_makes_is_known_without_being_asked_for()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var cluster = await TestCluster.StartAsync(Options(redis));
        var other = await cluster.StartAnotherGatewayAsync();
        var ring = cluster.Gateway.Services.GetRequiredService<IKeyManager>();
        var read = ring.GetCacheExpirationToken();

        // Not by a token, which makes the framework look by itself in the first minutes of a process.
        var now = DateTimeOffset.UtcNow;
        var key = other.Services.GetRequiredService<IKeyManager>().CreateNewKey(now, now.AddDays(90));
        await Wait.UntilAsync(() => read.IsCancellationRequested);
        Assert.Contains(ring.GetAllKeys(), known => known.KeyId == key.KeyId);
    }

    [RedisFact]
    public async Task One_server_of_a_cluster_that_comes_back_empty_takes_no_config_with_it()
    {
        await using var redis = await RedisCluster.StartAsync();
        await using var cluster = await TestCluster.StartAsync(Options(redis.ConnectionString));
        string[] services = [.. Enumerable.Range(0, 12).Select(number => $"service-{number}")];
        foreach (var service in services)
        {
            Assert.Equal(200, (await cluster.Api.PushAsync(ApiClient.Push(service, "1", ApiClient.Function("f")))).Status);
        }

        // The words by which a loss is noticed stay where they are.
        var emptied = 0;
        foreach (var master in redis.Masters)
        {
            if (await master.SendAsync("EXISTS genapi:epoch") != ":1" && await master.SendAsync("FLUSHALL") == "+OK")
            {
                emptied++;
            }
        }

        Assert.Equal(2, emptied);
        var fresh = await cluster.StartAnotherGatewayAsync();
        await Wait.UntilAsync(() => services.All(fresh.Services.GetRequiredService<ConfigCatalog>().Current.Services.ContainsKey));
        Assert.Empty(services.Except(cluster.Gateway.Services.GetRequiredService<ConfigCatalog>().Current.Services.Keys));
    }

    [RedisFact]
    public async Task A_gateway_that_starts_while_Redis_is_away_serves_as_soon_as_it_is_back()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var cluster = await TestCluster.StartAsync(Options(redis, "a"));
        await cluster.RestartGatewayAsync(redis.KillAsync);
        Assert.Equal(503, (await cluster.Api.PushAsync(ApiClient.Push("late", "1", """{"request_type":"f"}"""))).Status);

        await redis.StartAgainAsync();
        await Wait.UntilAsync(async () => (await cluster.Api.PushAsync(ApiClient.Push("late", "1", """{"request_type":"f"}"""))).Status == 200);
        await CallableAsync(cluster.Api, "\"a\"");
    }

    private static TestClusterOptions Options(RedisServer redis, params string[] nodes) => Options(redis.ConnectionString, nodes);

    private static TestClusterOptions Options(string redis, params string[] nodes) => new()
    {
        Nodes = nodes,
        GatewaySettings = new Dictionary<string, string?>
        {
            ["ConnectionStrings:redis"] = redis,
            ["GenApi:Storage:ReconcileInterval"] = "00:00:00.5",
        },
    };

    private static Dictionary<string, string?> Renewing(string interval) => new() { ["GenApi:Node:LeaseInterval"] = interval };

    /// <summary>Waits until calls through a gateway reach a node.</summary>
    private static Task CallableAsync(ApiClient gateway, string node) => Wait.UntilAsync(async () =>
    {
        var answer = await gateway.CallAsync("node");
        return answer.Status == 200 && answer.Result.GetRawText() == node;
    });

    /// <summary>The functions of a service that a gateway knows.</summary>
    private static async Task<List<string?>> FunctionsAsync(ApiClient gateway, string service) =>
    [
        .. (await gateway.GetAsync("/admin/functions", TestCluster.AdminToken)).Body.EnumerateArray()
            .Where(function => function.GetProperty("service").GetString() == service)
            .Select(function => function.GetProperty("request_type").GetString()),
    ];

    /// <summary>How a call failed; null: it did not.</summary>
    private static async Task<string?> CodeAsync(ApiClient gateway, string function, string args) =>
        (await gateway.CallAsync(function, args)).Body.TryGetProperty("code", out var code) ? code.GetString() : null;

    private static async Task<string?> ErrorAsync(ApiClient gateway) =>
        (await gateway.CallAsync("fail")).Body.TryGetProperty("error", out var error) ? error.GetString() : null;

    private static async Task SwitchAsync(ApiClient gateway, string function, string action) =>
        Assert.Equal(204, (await gateway.PostAsync($"/admin/functions/{TestFunctions.Service}/{function}/-/{action}", "", TestCluster.AdminToken)).Status);

    /// <summary>Some callers who call again and again.</summary>
    private sealed class Load
    {
        private readonly List<Task> _callers;
        private int _calls;
        private int _failures;

        public Load(Func<Task<bool>> call, CancellationToken end) => _callers = [.. Enumerable.Range(0, 4).Select(_ => CallAsync(call, end))];

        public Task MoreAsync(int calls)
        {
            var goal = Volatile.Read(ref _calls) + calls;
            return Wait.UntilAsync(() => Volatile.Read(ref _calls) >= goal);
        }

        public async Task<int> FailuresAsync()
        {
            await Wait.For(Task.WhenAll(_callers));
            return _failures;
        }

        private async Task CallAsync(Func<Task<bool>> call, CancellationToken end)
        {
            while (!end.IsCancellationRequested)
            {
                if (!await call())
                {
                    Interlocked.Increment(ref _failures);
                }

                Interlocked.Increment(ref _calls);
            }
        }
    }
}
