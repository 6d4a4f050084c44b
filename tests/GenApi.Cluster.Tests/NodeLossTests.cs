using System.Globalization;
using System.Text.Json;
using GenApi.Cluster.Tests.Clients;
using GenApi.Cluster.Tests.Running;

namespace GenApi.Cluster.Tests;

/// <summary>Nodes die; the cluster goes on.</summary>
public sealed class NodeLossTests(RunningCluster cluster) : ClusterTest(cluster), IClassFixture<RunningCluster>
{
    private const int Parallel = 24;
    private const int MostCalls = 50_000;

    [JavaScriptFact]
    public async Task Kill_9_of_a_node_fails_only_the_calls_in_flight_on_it_and_the_restarted_node_is_called_again()
    {
        var nodes = await Cluster.WaitUntilNodesAnswerAsync(2, Cancellation);
        var (victim, survivor) = (nodes[0], nodes[1]);
        var victimAddress = ProcessTable.EnvironmentOf(victim)["ASPNETCORE_URLS"];

        await using var client = JavaScriptClient.Start();
        var connection = await client.ConnectAsync(Cluster.AppHost.Gateway, await Cluster.Http.CreateTokenAsync("alice", Cancellation), Cancellation);
        var markers = 1;
        var loop = await connection.StartLoopAsync("slow", """{"ms":40}""", "loop", Parallel, MostCalls, Cancellation);
        await WaitForAnswerOfAsync(client, pid => pid == victim);
        await WaitForAnswerOfAsync(client, pid => pid == survivor);

        // Long calls as well, half of them on each node: whenever the victim dies, it has something to do. The link keeps the order of what is
        // sent over it, so once the victim has answered a later call, it has got its share of them.
        var longLoop = await connection.StartLoopAsync("slow", """{"ms":3000}""", "long", Parallel, Parallel, Cancellation);
        while ((await connection.CallAsync("whoami", "marker", "{}", Cancellation)).ProcessId != victim)
        {
            Cancellation.ThrowIfCancellationRequested();
            markers++;
        }

        UnixSignals.SendKill(victim);

        await WaitForAnswerOfAsync(client, pid => pid != victim && pid != survivor);
        IReadOnlyList<LoopCall> calls = [.. await connection.StopLoopAsync(loop, Cancellation), .. await connection.StopLoopAsync(longLoop, Cancellation)];
        var failed = calls.Where(call => !call.Success).ToList();

        // Something was in flight on the victim, and each failure says what it is and that the call may be sent again.
        Assert.InRange(failed.Count, 1, 2 * Parallel);
        Assert.All(failed, call =>
        {
            Assert.Null(call.Fault);
            Assert.Equal("unavailable", call.Code);
            Assert.True(call.CanRetry);
        });

        // Nothing that was sent after the loss had shown itself failed: those calls went to the other node.
        var lossSeen = failed.Min(call => call.Answered);
        Assert.All(failed, call => Assert.True(call.Sent < lossSeen, $"{call.RequestId} was sent after the loss was seen, and failed."));
        Assert.Contains(calls, call => call.Sent > lossSeen && call.ProcessId == survivor);
        Assert.DoesNotContain(calls, call => call.Sent > lossSeen && call.ProcessId == victim);

        // The gateway's own spans say that exactly those calls were on the victim.
        var ids = failed.Select(call => call.RequestId).ToHashSet();
        var spans = await Cluster.Telemetry.WaitForSpansAsync(
            span => span.Origin.Scope == "GenApi.Gateway" && ids.Contains(span.Attributes.GetValueOrDefault("genapi.request_id") as string ?? ""), ids.Count, Cancellation);
        Assert.Equal(ids.Count, spans.Count);
        Assert.All(spans, span => Assert.Equal(victimAddress, span.Attributes["genapi.node"]));

        // Each call got one answer of its own.
        Assert.All(calls, call => Assert.True(call.OwnId && call.Answered > call.Sent));
        var report = await connection.ReportAsync(Cancellation);
        var invocations = calls.Count + markers;
        Assert.Equal((invocations, invocations, 0, null), (report.Invocations, report.Answered, report.AnsweredTwice, report.Closed));
        Assert.Empty(report.Events);

        // All that without touching a gateway; the launcher says what it did.
        Assert.All(Cluster.AppHost.Gateways, gateway => Assert.Contains(Cluster.AppHost.Processes, process => process.Id == gateway.Pid));
        Assert.Contains(string.Create(CultureInfo.InvariantCulture, $"(pid {victim}) was ended by signal 9. Starting it again"), Cluster.AppHost.Output.Text, StringComparison.Ordinal);
    }

    [ClusterFact]
    public async Task A_function_that_ends_its_process_is_answered_once_and_the_node_comes_back()
    {
        await Cluster.WaitUntilNodesAnswerAsync(2, Cancellation);
        var token = await Cluster.Http.CreateTokenAsync("alice", Cancellation);

        var answer = await Cluster.Http.CallAsync(token, "fail", """{"kind":"crash"}""", Cancellation);

        Assert.Equal((503, false, "unavailable", true), (answer.HttpStatus, answer.Success, answer.Code, answer.CanRetry));
        Assert.True((await Cluster.Http.CallAsync(token, "whoami", "{}", Cancellation)).Success);
        await Cluster.WaitUntilNodesAnswerAsync(2, Cancellation);
    }

    private static Task<string> WaitForAnswerOfAsync(JavaScriptClient client, Predicate<int> isWanted) =>
        client.Events.WaitForAsync(
            "an answer of that node",
            line =>
            {
                using var message = JsonDocument.Parse(line);
                return message.RootElement.TryGetProperty("process_id", out var pid) && isWanted(pid.GetInt32());
            },
            Cancellation);
}
