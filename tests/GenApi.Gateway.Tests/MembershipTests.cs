using System.Text.Json;
using GenApi.Gateway.Tests.Clients;
using GenApi.Gateway.Tests.Cluster;

namespace GenApi.Gateway.Tests;

/// <summary>Nodes that come, stop, are lost and come back.</summary>
public sealed class MembershipTests
{
    [Fact]
    public async Task A_node_that_stops_finishes_its_calls_while_new_ones_go_to_the_others()
    {
        await using var cluster = await TestCluster.StartAsync("a", "b");
        await using var hub = await HubClient.ConnectAsync(cluster, await cluster.Api.TokenAsync("alice"));
        var (key, gate) = cluster.Gates.New();
        var underWay = hub.CallAsync("hold", $$"""{"key":"{{key}}"}""");
        var leaving = await Wait.For(gate.Started);
        var staying = leaving == "a" ? "b" : "a";
        var identity = await IdentityAsync(cluster, leaving);

        var stopped = cluster.StopNodeAsync(leaving);
        await Wait.UntilAsync(async () => (await cluster.Api.PostAsync("/cluster/lease", identity, TestCluster.ClusterToken)).Body.GetProperty("status").GetString() == "unknown");
        for (var i = 0; i < 20; i++)
        {
            (await hub.CallAsync("node")).AssertResult($"\"{staying}\"");
        }

        Assert.False(underWay.IsCompleted);
        Assert.False(stopped.IsCompleted);
        gate.Release();
        (await underWay).AssertResult($"\"{leaving}\"");
        await Wait.For(stopped);
    }

    [Fact]
    public async Task No_call_fails_while_nodes_stop_and_start_under_load()
    {
        await using var cluster = await TestCluster.StartAsync("a", "b");
        await using var hub = await HubClient.ConnectAsync(cluster, await cluster.Api.TokenAsync("alice"));
        using var end = new CancellationTokenSource();
        var callers = Enumerable.Range(0, 8).Select(_ => CallAsync()).ToList();
        foreach (var (stops, starts) in new[] { ("a", "c"), ("b", "d"), ("c", "e") })
        {
            await cluster.StopNodeAsync(stops);
            await cluster.StartNodeAsync(starts);
            await cluster.ReachableAsync(starts);
        }

        await end.CancelAsync();
        var failures = (await Task.WhenAll(callers)).SelectMany(failed => failed).ToList();

        Assert.Empty(failures);

        async Task<List<string>> CallAsync()
        {
            var failed = new List<string>();
            while (!end.IsCancellationRequested)
            {
                var answer = await hub.CallAsync("node");
                if (!answer.Success)
                {
                    failed.Add(answer.Body.GetRawText());
                }
            }

            return failed;
        }
    }

    [Fact]
    public async Task Calls_on_a_node_that_is_lost_fail_once_and_can_be_retried()
    {
        await using var relay = new TcpRelay();
        await using var cluster = await TestCluster.StartAsync();
        relay.LeadTo(await cluster.StartNodeAsync("a", new Dictionary<string, string?> { ["GenApi:Node:Address"] = relay.Address }));
        await cluster.ReachableAsync("a");
        using var hub = await RawHub.ConnectAsync(cluster, await cluster.Api.TokenAsync("alice"));
        var gates = Enumerable.Range(0, 3).Select(_ => cluster.Gates.New()).ToList();
        foreach (var (key, gate) in gates)
        {
            await hub.InvokeAsync(key, HubClient.Request("test", "hold", $$"""{"key":"{{key}}"}"""));
            await Wait.For(gate.Started);
        }

        relay.Cut();
        foreach (var (key, gate) in gates)
        {
            (await hub.CompletionAsync(key)).AssertFailed("unavailable", 503, true);

            // The node's side sees the same loss, and stops working for nobody.
            await Wait.For(gate.Cancelled);
        }

        await hub.InvokeAsync("down", HubClient.Request("test", "node", "{}"));
        (await hub.CompletionAsync("down")).AssertFailed("unavailable", 503, true);

        relay.Mend();
        await cluster.ReachableAsync("a");
        await hub.InvokeAsync("up", HubClient.Request("test", "node", "{}"));
        (await hub.CompletionAsync("up")).AssertResult("\"a\"");
        Assert.All(gates, entry => Assert.Equal(1, hub.CompletionsOf(entry.Key)));
    }

    [Fact]
    public async Task While_a_node_is_lost_the_others_answer_and_it_is_called_again_when_it_is_back()
    {
        await using var relay = new TcpRelay();
        await using var cluster = await TestCluster.StartAsync("b");
        relay.LeadTo(await cluster.StartNodeAsync("a", new Dictionary<string, string?> { ["GenApi:Node:Address"] = relay.Address }));
        await cluster.ReachableAsync("a", "b");
        await using var hub = await HubClient.ConnectAsync(cluster, await cluster.Api.TokenAsync("alice"));
        var lost = await HoldOnAsync(cluster, hub, "a");
        relay.Cut();
        (await lost).AssertFailed("unavailable", 503, true);

        for (var i = 0; i < 20; i++)
        {
            (await hub.CallAsync("node")).AssertResult("\"b\"");
        }

        relay.Mend();
        await cluster.ReachableAsync("a");
    }

    [Fact]
    public async Task Nodes_push_again_to_a_gateway_that_knows_them_no_more()
    {
        await using var cluster = await TestCluster.StartAsync("a", "b");
        await cluster.RestartGatewayAsync();
        await cluster.ReachableAsync("a", "b");

        Assert.Contains(cluster.Nodes["a"].Log, line => line.Contains("does not know this node", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_node_that_starts_first_pushes_until_its_gateway_is_there()
    {
        await using var cluster = await TestCluster.StartAsync();
        await cluster.RestartGatewayAsync(async () =>
        {
            var early = await cluster.StartNodeAsync("early");
            await Wait.UntilAsync(() => early.Log.Any(line => line.Contains("trying again", StringComparison.Ordinal)));
        });

        await cluster.ReachableAsync("early");
    }

    [Fact]
    public async Task A_node_that_knows_several_gateways_registers_with_one_that_answers()
    {
        await using var gone = await TestCluster.StartAsync();
        await gone.Gateway.StopAsync();
        await using var cluster = await TestCluster.StartAsync();
        await cluster.StartNodeAsync("choosy", new Dictionary<string, string?>
        {
            ["GenApi:Node:Gateways:0"] = gone.Gateway.Address.ToString(),
            ["GenApi:Node:Gateways:1"] = cluster.Gateway.Address.ToString(),
        });

        await cluster.ReachableAsync("choosy");
    }

    [Fact]
    public async Task A_node_that_takes_the_place_of_another_at_its_address_is_called_and_the_old_one_leaves_without_harm()
    {
        await using var relay = new TcpRelay();
        await using var cluster = await TestCluster.StartAsync();
        var address = new Dictionary<string, string?> { ["GenApi:Node:Address"] = relay.Address };
        relay.LeadTo(await cluster.StartNodeAsync("old", address));
        await cluster.ReachableAsync("old");
        var token = await cluster.Api.TokenAsync("alice");

        relay.Cut();
        relay.LeadTo(await cluster.StartNodeAsync("new", address));
        relay.Mend();
        await cluster.ReachableAsync("new");
        await cluster.StopNodeAsync("old");

        // Its goodbye is not the new one's.
        await Wait.UntilAsync(async () => (await cluster.Api.CallAsync("test", "node", "{}", token)).Success);
        (await cluster.Api.CallAsync("test", "node", "{}", token)).AssertResult("\"new\"");
    }

    [Fact]
    public async Task Where_no_node_is_left_calls_are_unavailable()
    {
        await using var cluster = await TestCluster.StartAsync("a");
        await cluster.StopNodeAsync("a");

        (await cluster.Api.CallAsync("node")).AssertFailed("unavailable", 503, true);
    }

    [Fact]
    public async Task A_node_with_a_wrong_cluster_token_does_not_join_and_says_why()
    {
        await using var cluster = await TestCluster.StartAsync("a");
        var stranger = await cluster.StartNodeAsync("stranger", new Dictionary<string, string?> { ["GenApi:ClusterToken"] = "not-the-token-of-this-cluster" });
        await Wait.UntilAsync(() => stranger.Log.Any(line => line.Contains("401", StringComparison.Ordinal)));
        await using var hub = await HubClient.ConnectAsync(cluster, await cluster.Api.TokenAsync("alice"));

        for (var i = 0; i < 20; i++)
        {
            (await hub.CallAsync("node")).AssertResult("\"a\"");
        }
    }

    [Fact]
    public async Task A_node_answers_its_config_and_version_behind_the_cluster_token()
    {
        await using var cluster = await TestCluster.StartAsync("a");
        using var http = new HttpClient { BaseAddress = cluster.Nodes["a"].Address };
        foreach (var path in new[] { "/genapi/config", "/genapi/config/version" })
        {
            Assert.Equal(401, (int)(await http.GetAsync(path, Wait.Ended)).StatusCode);
        }

        http.DefaultRequestHeaders.Authorization = new("Bearer", TestCluster.ClusterToken);
        var config = JsonDocument.Parse(await http.GetStringAsync("/genapi/config", Wait.Ended)).RootElement;
        var version = JsonDocument.Parse(await http.GetStringAsync("/genapi/config/version", Wait.Ended)).RootElement;

        Assert.Equal("test", config.GetProperty("service").GetString());
        Assert.Equal(config.GetProperty("config_version").GetString(), version.GetProperty("config_version").GetString());
        Assert.Contains(config.GetProperty("fun_configs").EnumerateArray(), function => function.GetProperty("request_type").GetString() == "echo");
    }

    /// <summary>Holds a call on one node of several, and lets go those that went elsewhere.</summary>
    private static async Task<Task<Answer>> HoldOnAsync(TestCluster cluster, HubClient hub, string node)
    {
        while (true)
        {
            var (key, gate) = cluster.Gates.New();
            var call = hub.CallAsync("hold", $$"""{"key":"{{key}}"}""");
            if (await Wait.For(gate.Started) == node)
            {
                return call;
            }

            gate.Release();
            await call;
        }
    }

    /// <summary>What the node itself would send as its lease.</summary>
    private static async Task<string> IdentityAsync(TestCluster cluster, string node)
    {
        using var http = new HttpClient { BaseAddress = cluster.Nodes[node].Address };
        http.DefaultRequestHeaders.Authorization = new("Bearer", TestCluster.ClusterToken);
        var config = JsonDocument.Parse(await http.GetStringAsync("/genapi/config", Wait.Ended)).RootElement;
        return $$"""{"service":"test","config_version":{{config.GetProperty("config_version").GetRawText()}},"node":{{config.GetProperty("node").GetRawText()}}}""";
    }
}
