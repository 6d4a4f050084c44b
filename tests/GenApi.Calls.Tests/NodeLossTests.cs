using GenApi.Calls.Tests.Clients;
using GenApi.Calls.Tests.Running;

namespace GenApi.Calls.Tests;

/// <summary>Nodes that die, hang and stop while callers go on calling. Every server is a process of its own.</summary>
public sealed class NodeLossTests
{
    private const string Slow = """ "function":"slow","arg_types":{"ms":"num"} """;

    [Fact]
    public async Task Kill_9_of_a_node_fails_no_call_that_may_be_retried()
    {
        await using var cluster = await ProcessCluster.StartAsync(2);
        await cluster.PushAsync("slow", $$"""{{Slow}},"retry":{"all_nodes":2}""");
        await using var load = await Load.StartAsync(cluster, "pushed", "slow", """{"ms":20}""");
        var (victim, other) = (cluster.Nodes[0], cluster.Nodes[1]);
        await load.MoreAsync(victim, 200);

        await victim.SignalAsync("KILL");
        await victim.EndedAsync();
        await load.MoreAsync(other, 500);

        // A new process at the old address is called without a word to the gateway.
        var restarted = await cluster.StartNodeAsync(victim.Address.Port);
        await load.MoreAsync(restarted, 200);
        await load.StopAsync();
        Assert.Empty(load.Failures);
    }

    [Fact]
    public async Task Kill_9_without_retry_fails_only_what_was_under_way_there()
    {
        await using var cluster = await ProcessCluster.StartAsync(2);
        await cluster.PushAsync("slow", Slow);
        await using var load = await Load.StartAsync(cluster, "pushed", "slow", """{"ms":20}""");
        var (victim, other) = (cluster.Nodes[0], cluster.Nodes[1]);
        await load.MoreAsync(victim, 200);

        await victim.SignalAsync("KILL");
        await victim.EndedAsync();
        await load.MoreAsync(other, 500);
        await load.StopAsync();

        // A caller has one call under way, so at most each of them has lost one.
        Assert.InRange(load.Failures.Count, 0, 64);
        Assert.All(load.Failures, failure => failure.AssertFailed("unavailable"));
    }

    [Fact]
    public async Task A_node_that_hangs_is_left_alone_and_taken_back()
    {
        await using var cluster = await ProcessCluster.StartAsync(2, new Dictionary<string, string>
        {
            ["GenApi__Nodes__Breaker__ConsecutiveFailures"] = "5",
            ["GenApi__Nodes__Breaker__OpenFor"] = "00:00:01",
        });
        await cluster.PushAsync("slow", $$"""{{Slow}},"timeout":500""");
        await using var load = await Load.StartAsync(cluster, "pushed", "slow", """{"ms":5}""", callers: 16);
        var (hung, other) = (cluster.Nodes[0], cluster.Nodes[1]);
        var address = hung.Address.ToString().TrimEnd('/');
        await load.MoreAsync(hung, 50);

        await hung.SignalAsync("STOP");
        await Wait.UntilAsync(() => cluster.Gateway.Output.Any(line => line.Contains($"{address} is open", StringComparison.Ordinal)), "the breaker opens");
        var failedBefore = load.Failures.Count;
        var (answersBefore, answersOfHung) = (load.Total, load.AnswersOf(hung));
        await load.MoreAsync(other, 2000);

        // Those under way when the breaker opened still run out of time, and now and then one call looks whether the node is back.
        var failed = load.Failures.Skip(failedBefore).ToList();
        Assert.All(load.Failures, failure => failure.AssertFailed("timeout"));
        Assert.InRange(failed.Count, 0, (load.Total - answersBefore) / 20);
        Assert.Equal(answersOfHung, load.AnswersOf(hung));

        await hung.SignalAsync("CONT");
        await Wait.UntilAsync(() => cluster.Gateway.Output.Any(line => line.Contains($"{address} is closed again", StringComparison.Ordinal)), "the breaker closes");
        await load.MoreAsync(hung, 50);
        await load.StopAsync();
        Assert.All(load.Failures, failure => failure.AssertFailed("timeout"));
    }

    [Fact]
    public async Task A_node_that_hangs_fails_no_call_that_may_be_retried()
    {
        await using var cluster = await ProcessCluster.StartAsync(2, new Dictionary<string, string> { ["GenApi__Nodes__Breaker__OpenFor"] = "00:00:01" });
        await cluster.PushAsync("slow", $$"""{{Slow}},"timeout":3000,"retry":{"all_nodes":2}""");
        await using var load = await Load.StartAsync(cluster, "pushed", "slow", """{"ms":5}""", callers: 16);
        var (hung, other) = (cluster.Nodes[0], cluster.Nodes[1]);
        await load.MoreAsync(hung, 50);

        await hung.SignalAsync("STOP");
        await load.MoreAsync(other, 1000);
        await hung.SignalAsync("CONT");
        await load.MoreAsync(hung, 50);
        await load.StopAsync();
        Assert.Empty(load.Failures);
    }

    [Fact]
    public async Task A_node_that_stops_in_good_order_loses_no_call()
    {
        await using var cluster = await ProcessCluster.StartAsync(2);
        await using var load = await Load.StartAsync(cluster, "sample", "slow", """{"ms":20}""");
        var (first, second) = (cluster.Nodes[0], cluster.Nodes[1]);
        await load.MoreAsync(first, 200);
        await load.MoreAsync(second, 200);

        await first.SignalAsync("TERM");
        Assert.Equal(0, await first.EndedAsync());
        await load.MoreAsync(second, 200);

        // The rolling update goes on: a new one comes, the other goes.
        var third = await cluster.StartNodeAsync();
        await load.MoreAsync(third, 200);
        await second.SignalAsync("TERM");
        Assert.Equal(0, await second.EndedAsync());
        await load.MoreAsync(third, 200);
        await load.StopAsync();
        Assert.Empty(load.Failures);
    }

    [Fact]
    public async Task Streams_of_a_node_that_stops_in_good_order_run_to_their_end()
    {
        await using var cluster = await ProcessCluster.StartAsync(2);
        await using var hub = await HubWire.ConnectAsync(cluster.Gateway.Address, cluster.Alice);
        var streams = Enumerable.Range(0, 8)
            .Select(n => hub.OpenStream(HubWire.Request("sample", "ticks", """{"count":500,"interval_ms":1,"size":10}""", $"stream-{n}")))
            .ToList();
        foreach (var stream in streams)
        {
            Assert.Equal(1, (await stream.NextAsync())!.Result.GetProperty("n").GetInt32());
        }

        await cluster.Nodes[0].SignalAsync("TERM");
        foreach (var stream in streams)
        {
            for (var n = 2; n <= 500; n++)
            {
                Assert.Equal(n, (await stream.NextAsync())!.Result.GetProperty("n").GetInt32());
            }

            Assert.False((await stream.NextAsync())!.HasMore);
            Assert.Null(await stream.NextAsync());
        }

        Assert.Equal(0, await cluster.Nodes[0].EndedAsync());
    }
}
