using System.Diagnostics;
using System.Globalization;
using GenApi.Cluster.Tests.Clients;
using GenApi.Cluster.Tests.Running;

namespace GenApi.Cluster.Tests;

/// <summary>The calls of one connection run side by side.</summary>
[Collection(SharedCluster.Name)]
public sealed class ConcurrencyTests(RunningCluster cluster) : ClusterTest(cluster)
{
    private const int Calls = 16;

    [JavaScriptFact]
    public async Task Sixteen_pipelined_slow_calls_on_one_connection_run_at_the_same_time()
    {
        await using var client = JavaScriptClient.Start();
        var connection = await client.ConnectAsync(Cluster.AppHost.Gateway, await Cluster.Http.CreateTokenAsync("alice", Cancellation), Cancellation);
        var trace = ActivityTraceId.CreateRandom().ToHexString();
        var traceparent = $"00-{trace}-{ActivitySpanId.CreateRandom().ToHexString()}-01";

        var answers = await Task.WhenAll(Enumerable.Range(0, Calls).Select(i =>
            connection.CallAsync("slow", string.Create(CultureInfo.InvariantCulture, $"slow-{i}"), """{"ms":200}""", Cancellation, traceparent)));

        Assert.All(answers, answer => Assert.Equal(200, answer.Result.GetProperty("ms").GetInt32()));

        // The nodes' own spans show when each call ran. One after the other, they would take as long together as the sum of each.
        var spans = await Cluster.Telemetry.WaitForSpansAsync(span => span.TraceId == trace && span.Origin.Scope == "GenApi.Node", Calls, Cancellation);
        var sum = spans.Sum(span => (span.End - span.Start).TotalMilliseconds);
        var together = (spans.Max(span => span.End) - spans.Min(span => span.Start)).TotalMilliseconds;
        Assert.Equal(Calls, spans.Count);
        Assert.True(sum > 4 * together, string.Create(CultureInfo.InvariantCulture, $"{Calls} calls ran for {sum:0} ms in all, within {together:0} ms."));
    }

    [JavaScriptFact]
    public async Task A_quick_call_overtakes_slow_ones_sent_before_it_on_the_same_connection()
    {
        await using var client = JavaScriptClient.Start();
        var connection = await client.ConnectAsync(Cluster.AppHost.Gateway, await Cluster.Http.CreateTokenAsync("alice", Cancellation), Cancellation);
        var order = new List<string>();

        async Task<CallAnswer> CallAsync(string function, string id, string args)
        {
            var answer = await connection.CallAsync(function, id, args, Cancellation);
            lock (order)
            {
                order.Add(id);
            }

            return answer;
        }

        var slow = Enumerable.Range(0, Calls).Select(i => CallAsync("slow", string.Create(CultureInfo.InvariantCulture, $"slow-{i}"), """{"ms":2000}""")).ToList();
        var quick = await CallAsync("echo", "quick", """{"message":"first"}""");
        var answers = await Task.WhenAll(slow);

        Assert.Equal("first", quick.Result.GetProperty("message").GetString());
        Assert.All(answers, answer => Assert.True(answer.Success));
        Assert.Equal("quick", order[0]);
    }
}
