using System.Diagnostics;
using GenApi.Gateway.Tests.Clients;
using GenApi.Gateway.Tests.Cluster;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;

namespace GenApi.Gateway.Tests;

/// <summary>
/// One call is one trace, from the client over the gateway to the node. Telemetry is heard by the whole process, so these
/// tests run while no other gateway is there.
/// </summary>
[Collection(nameof(TraceTests))]
[CollectionDefinition(nameof(TraceTests), DisableParallelization = true)]
public sealed class TraceTests(TraceTests.Traced shared) : IClassFixture<TraceTests.Traced>
{
    [Fact]
    public async Task A_call_by_http_is_one_trace()
    {
        var (traceId, clientSpan, traceparent) = NewTrace();
        var answer = await shared.Cluster.Api.CallAsync("test", "echo", """{"message":"x"}""", shared.Alice, change: request => request.Headers.Add("traceparent", traceparent));
        answer.AssertResult("\"x\"");
        var spans = await SpansAsync(traceId, 3);

        var server = Assert.Single(spans, span => span.Origin.Scope == "Microsoft.AspNetCore");
        var gateway = Assert.Single(spans, span => span.Origin.Scope == "GenApi.Gateway");
        var node = Assert.Single(spans, span => span.Origin.Scope == "GenApi.Node");
        Assert.Equal(clientSpan, server.ParentSpanId);
        Assert.Equal(server.SpanId, gateway.ParentSpanId);
        Assert.Equal(gateway.SpanId, node.ParentSpanId);
        Assert.Equal("test/echo", gateway.Name);
        Assert.Equal("test", gateway.Attributes["rpc.service"]);
        Assert.Equal("echo", gateway.Attributes["rpc.method"]);
        Assert.Equal(ActivityKind.Server, node.Kind);
        Assert.Equal(("test/echo", "genapi", "test", "echo"), (node.Name, node.Attributes["rpc.system.name"], node.Attributes["rpc.service"], node.Attributes["rpc.method"]));
    }

    [Fact]
    public async Task A_call_by_the_hub_is_one_trace_by_the_traceparent_of_its_request()
    {
        var (traceId, clientSpan, traceparent) = NewTrace();
        await using var hub = await HubClient.ConnectAsync(shared.Cluster, shared.Alice);
        var answer = await hub.SendAsync(HubClient.Request("test", "echo", """{"message":"x"}""", more: $$""","traceparent":"{{traceparent}}" """));
        answer.AssertResult("\"x\"");
        var spans = await SpansAsync(traceId, 2);

        var gateway = Assert.Single(spans, span => span.Origin.Scope == "GenApi.Gateway");
        var node = Assert.Single(spans, span => span.Origin.Scope == "GenApi.Node");
        Assert.Equal(clientSpan, gateway.ParentSpanId);
        Assert.Equal(gateway.SpanId, node.ParentSpanId);
    }

    [Fact]
    public async Task A_failed_call_says_so_on_the_gateways_span_and_on_the_nodes()
    {
        var (traceId, _, traceparent) = NewTrace();
        await shared.Cluster.Api.CallAsync("test", "throw", "{}", shared.Alice, change: request => request.Headers.Add("traceparent", traceparent));
        var spans = await SpansAsync(traceId, 3);

        var gateway = Assert.Single(spans, span => span.Origin.Scope == "GenApi.Gateway");
        var node = Assert.Single(spans, span => span.Origin.Scope == "GenApi.Node");
        Assert.Equal((ActivityStatusCode.Error, "function_error"), (gateway.Status, gateway.Attributes["error.type"]));
        Assert.Equal("The secret fault.", gateway.StatusMessage);
        Assert.Equal((ActivityStatusCode.Error, "function_error"), (node.Status, node.Attributes["error.type"]));
        Assert.Contains(node.Events, happened => happened.Name == "exception");
    }

    [Fact]
    public async Task Renewals_of_leases_leave_no_spans()
    {
        await shared.Collector.WaitForMetricsAsync(
            metric => metric.Name == "http.server.request.duration" && metric.Points.Any(point => "/cluster/lease".Equals(point.Attributes.GetValueOrDefault("http.route")) && point.Count > 1),
            1,
            Wait.Ended);

        // Spans go out in their order: once this call's are there, those of the renewals before it would be.
        var (traceId, _, traceparent) = NewTrace();
        await shared.Cluster.Api.CallAsync("test", "echo", """{"message":"x"}""", shared.Alice, change: request => request.Headers.Add("traceparent", traceparent));
        await SpansAsync(traceId, 3);

        Assert.DoesNotContain(shared.Collector.Spans, span => span.Attributes.Values.Any(value => value is string text && text.Contains("/cluster/lease", StringComparison.Ordinal)));
        Assert.Contains(shared.Collector.Spans, span => span.Name == "POST /cluster/push");
    }

    [Fact]
    public async Task Calls_that_share_a_connection_do_not_share_a_trace()
    {
        await using var hub = await HubClient.ConnectAsync(shared.Cluster, shared.Alice);
        var ids = new[] { $"one-{Guid.NewGuid():N}", $"two-{Guid.NewGuid():N}" };
        foreach (var id in ids)
        {
            Assert.True((await hub.CallAsync("echo", """{"message":"x"}""", requestId: id)).Success);
        }

        var spans = await shared.Collector.WaitForSpansAsync(span => span.Attributes.TryGetValue("genapi.request_id", out var id) && ids.Contains(id), 2, Wait.Ended);

        Assert.Equal(2, spans.Select(span => span.TraceId).Distinct().Count());
    }

    [Theory]
    [InlineData("traceparent", "nonsense")]
    [InlineData("traceparent", "00-00000000000000000000000000000000-0000000000000000-01")]
    [InlineData("tracestate", "=,=,;")]
    public async Task A_wrong_trace_context_does_not_harm_the_call(string header, string value) =>
        (await shared.Cluster.Api.CallAsync("test", "echo", """{"message":"x"}""", shared.Alice, change: request => request.Headers.TryAddWithoutValidation(header, value)))
            .AssertResult("\"x\"");

    [Fact]
    public async Task A_trace_context_without_end_does_not_harm_the_call()
    {
        var (_, _, traceparent) = NewTrace();
        var answer = await shared.Cluster.Api.CallAsync("test", "echo", """{"message":"x"}""", shared.Alice, change: request =>
        {
            request.Headers.Add("traceparent", traceparent);
            request.Headers.TryAddWithoutValidation("tracestate", $"vendor={new string('x', 10_000)}");
        });

        answer.AssertResult("\"x\"");
    }

    [Fact]
    public async Task Calls_are_measured_by_function_and_outcome_and_unknown_names_are_not_labels()
    {
        var unknown = $"unknown-{Guid.NewGuid():N}";
        Assert.True((await shared.Cluster.Api.CallAsync("test", "add", """{"a":1}""", shared.Alice)).Success);
        Assert.False((await shared.Cluster.Api.CallAsync(unknown, unknown, "{}", shared.Alice)).Success);
        var metrics = await shared.Collector.WaitForMetricsAsync(
            metric => metric.Name == "genapi.call.duration"
                && Has(metric, "add", "ok")
                && Has(metric, "unknown", "not_found"),
            1,
            Wait.Ended);

        Assert.All(metrics, metric => Assert.DoesNotContain(metric.Points, point => point.Attributes.Values.Contains(unknown)));

        static bool Has(OtlpMetric metric, string method, string code) => metric.Points.Any(point =>
            Equals(point.Attributes.GetValueOrDefault("rpc.method"), method) && Equals(point.Attributes.GetValueOrDefault("genapi.code"), code) && point.Count > 0);
    }

    private static (string TraceId, string SpanId, string Traceparent) NewTrace()
    {
        var traceId = ActivityTraceId.CreateRandom().ToHexString();
        var spanId = ActivitySpanId.CreateRandom().ToHexString();
        return (traceId, spanId, $"00-{traceId}-{spanId}-01");
    }

    /// <summary>The spans of one trace. The sources of this process are heard by every host in it, so each span is counted once.</summary>
    private async Task<List<OtlpSpan>> SpansAsync(string traceId, int count)
    {
        var known = new HashSet<string>();
        var spans = await shared.Collector.WaitForSpansAsync(span => span.TraceId == traceId && known.Add(span.SpanId), count, Wait.Ended);
        return [.. spans.DistinctBy(span => span.SpanId)];
    }

    /// <summary>A gateway that sends its telemetry, and a node.</summary>
    public sealed class Traced : IAsyncLifetime
    {
        internal OtlpCollector Collector { get; private set; } = null!;

        internal TestCluster Cluster { get; private set; } = null!;

        internal string Alice { get; private set; } = "";

        public async ValueTask InitializeAsync()
        {
            Collector = await OtlpCollector.StartAsync(Wait.Ended);
            Cluster = await TestCluster.StartAsync(new TestClusterOptions
            {
                Nodes = ["a"],
                ConfigureGateway = builder =>
                {
                    builder.Configuration.AddInMemoryCollection(Collector.Settings);
                    builder.AddServiceDefaults();
                },
            });
            Alice = await Cluster.Api.TokenAsync("alice");
        }

        public async ValueTask DisposeAsync()
        {
            await Cluster.DisposeAsync();
            await Collector.DisposeAsync();
        }
    }
}
