using GenApi.Gateway.Tests.Clients;
using GenApi.Gateway.Tests.Cluster;

namespace GenApi.Gateway.Tests;

/// <summary>What a node takes, and what the gateway makes of a node that takes no more.</summary>
public sealed class NodeLimitTests
{
    [Fact]
    public async Task A_node_with_the_smallest_frames_that_may_be_set_is_called()
    {
        await using var cluster = await TestCluster.StartAsync(new TestClusterOptions
        {
            NodeSettings = new Dictionary<string, string?> { ["GenApi:Node:MaxFrameBytes"] = "262144" },
        });
        await cluster.StartNodeAsync("small");
        var token = await cluster.Api.TokenAsync("alice");
        var answer = await LinkedAsync(cluster, token);

        answer.AssertResult("\"small\"");
    }

    [Fact]
    public async Task Arguments_larger_than_the_node_takes_are_413()
    {
        await using var cluster = await TestCluster.StartAsync(new TestClusterOptions
        {
            Nodes = ["a"],
            NodeSettings = new Dictionary<string, string?> { ["GenApi:Node:MaxFrameBytes"] = "300000" },
        });
        var token = await cluster.Api.TokenAsync("alice");
        var args = $$"""{"value":"{{new string('x', 300_000)}}"}""";

        (await cluster.Api.CallAsync("test", "echo_any", args, token)).AssertFailed("invalid_request", 413, false);
        (await cluster.Api.CallAsync("test", "node", "{}", token)).AssertResult("\"a\"");
    }

    [Fact]
    public async Task A_call_that_one_link_has_no_room_for_goes_to_another_node()
    {
        await using var cluster = await TestCluster.StartAsync(new TestClusterOptions
        {
            Nodes = ["a", "b"],
            GatewaySettings = new Dictionary<string, string?> { ["GenApi:Nodes:MaxCallsPerLink"] = "1" },
        });
        await using var hub = await HubClient.ConnectAsync(cluster, await cluster.Api.TokenAsync("alice"));
        var (firstKey, first) = cluster.Gates.New();
        var holding = hub.CallAsync("hold", $$"""{"key":"{{firstKey}}"}""");
        var busy = await Wait.For(first.Started);
        var free = busy == "a" ? "b" : "a";

        for (var i = 0; i < 20; i++)
        {
            (await hub.CallAsync("node")).AssertResult($"\"{free}\"");
        }

        var (secondKey, second) = cluster.Gates.New();
        var alsoHolding = hub.CallAsync("hold", $$"""{"key":"{{secondKey}}"}""");
        Assert.Equal(free, await Wait.For(second.Started));
        (await hub.CallAsync("node")).AssertFailed("unavailable", 503, true);
        first.Release();
        second.Release();
        (await holding).AssertResult($"\"{busy}\"");
        (await alsoHolding).AssertResult($"\"{free}\"");
    }

    [Fact]
    public async Task A_node_that_runs_as_many_calls_as_it_may_is_unavailable()
    {
        await using var cluster = await TestCluster.StartAsync(new TestClusterOptions
        {
            Nodes = ["a"],
            NodeSettings = new Dictionary<string, string?> { ["GenApi:Node:MaxConcurrentCalls"] = "1" },
        });
        await using var hub = await HubClient.ConnectAsync(cluster, await cluster.Api.TokenAsync("alice"));
        var (key, gate) = cluster.Gates.New();
        var holding = hub.CallAsync("hold", $$"""{"key":"{{key}}"}""");
        await Wait.For(gate.Started);

        (await hub.CallAsync("node")).AssertFailed("unavailable", 503, true);
        gate.Release();
        (await holding).AssertResult("\"a\"");
        await Wait.UntilAsync(async () => (await hub.CallAsync("node")).Success);
    }

    [Fact]
    public async Task With_detail_error_the_caller_reads_what_the_function_said()
    {
        await using var cluster = await TestCluster.StartAsync(new TestClusterOptions
        {
            Nodes = ["a"],
            GatewaySettings = new Dictionary<string, string?> { ["GenApi:DetailError"] = "true" },
        });
        var token = await cluster.Api.TokenAsync("alice");
        await using var hub = await HubClient.ConnectAsync(cluster, token);

        Assert.Equal("The secret reason.", (await hub.CallAsync("fail")).Error);
        Assert.Equal("The secret fault.", (await hub.CallAsync("throw")).Error);
        Assert.Equal("The secret reason.", (await cluster.Api.CallAsync("test", "fail", "{}", token)).Error);
    }

    /// <summary>Calls until a node is linked, and gives the first answer that came from beyond the gateway's node selection.</summary>
    private static async Task<Answer> LinkedAsync(TestCluster cluster, string token)
    {
        Answer? answer = null;
        await Wait.UntilAsync(async () => (answer = await cluster.Api.CallAsync("test", "node", "{}", token)).Code is not ("unavailable" or "not_found"));
        return answer!;
    }
}
