using System.Diagnostics;
using GenApi.Cluster.Tests.Clients;
using GenApi.Cluster.Tests.Running;

namespace GenApi.Cluster.Tests;

/// <summary>A call is one trace, from the client through gateway and node, as a collector receives it from the processes.</summary>
[Collection(SharedCluster.Name)]
public sealed class TraceTests(RunningCluster cluster) : ClusterTest(cluster)
{
    [ClusterFact]
    public async Task A_call_by_HTTP_is_one_trace_from_the_clients_span_to_the_nodes()
    {
        var client = NewClientSpan();
        var token = await Cluster.Http.CreateTokenAsync("alice", Cancellation);

        var answer = await Cluster.Http.CallAsync(token, "echo", """{"message":"traced"}""", Cancellation, Traceparent(client));

        Assert.True(answer.Success);
        await AssertCompleteAsync(client, "sample/echo", answer.RequestId);
    }

    [JavaScriptFact]
    public async Task A_call_by_hub_is_one_trace_from_the_clients_span_to_the_nodes()
    {
        var span = NewClientSpan();
        await using var client = JavaScriptClient.Start();
        var connection = await client.ConnectAsync(Cluster.AppHost.Gateway, await Cluster.Http.CreateTokenAsync("alice", Cancellation), Cancellation);

        var answer = await connection.CallAsync("whoami", "traced-by-hub", "{}", Cancellation, Traceparent(span));

        Assert.True(answer.Success);
        await AssertCompleteAsync(span, "sample/whoami", "traced-by-hub");
    }

    private static ActivityContext NewClientSpan() => new(ActivityTraceId.CreateRandom(), ActivitySpanId.CreateRandom(), ActivityTraceFlags.Recorded);

    private static string Traceparent(ActivityContext span) => $"00-{span.TraceId.ToHexString()}-{span.SpanId.ToHexString()}-01";

    private async Task AssertCompleteAsync(ActivityContext client, string call, string? requestId)
    {
        var trace = client.TraceId.ToHexString();
        await Cluster.Telemetry.WaitForSpansAsync(span => span.TraceId == trace && span.Origin.Scope == "GenApi.Node", 1, Cancellation);
        await Cluster.Telemetry.WaitForSpansAsync(span => span.TraceId == trace && span.Origin.Scope == "GenApi.Gateway", 1, Cancellation);
        var parents = await WaitForParentsAsync(trace, client.SpanId.ToHexString());

        var spans = Cluster.Telemetry.Spans.Where(span => span.TraceId == trace).ToList();
        var gateway = Assert.Single(spans, span => span.Origin.Scope == "GenApi.Gateway");
        var node = Assert.Single(spans, span => span.Origin.Scope == "GenApi.Node");
        Assert.Equal(("gateway", call), (gateway.Origin.ServiceName, gateway.Name));
        Assert.Equal(("sample", call), (node.Origin.ServiceName, node.Name));
        Assert.Equal(requestId, gateway.Attributes["genapi.request_id"]);
        Assert.Equal(gateway.SpanId, node.ParentSpanId);
        Assert.Contains(gateway, parents);
        Assert.Empty(Cluster.Telemetry.Refused);
    }

    /// <summary>From the node's span up to the client's: no link of the chain is missing.</summary>
    private async Task<IReadOnlyList<OtlpSpan>> WaitForParentsAsync(string trace, string clientSpan)
    {
        var chain = new List<OtlpSpan>();
        var child = Cluster.Telemetry.Spans.Single(span => span.TraceId == trace && span.Origin.Scope == "GenApi.Node");
        while (child.ParentSpanId != clientSpan)
        {
            var parent = child.ParentSpanId;
            Assert.NotNull(parent);
            child = (await Cluster.Telemetry.WaitForSpansAsync(span => span.TraceId == trace && span.SpanId == parent, 1, Cancellation))[0];
            chain.Add(child);
        }

        return chain;
    }
}
