using GenApi.Gateway.Tests.Clients;
using GenApi.Gateway.Tests.Cluster;
using GenApi.Gateway.Tests.Events;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;

namespace GenApi.Gateway.Tests;

/// <summary>What a collector gets to see of a gateway. It hears the whole process, so these tests run while no other gateway is there.</summary>
[Collection(nameof(TraceTests))]
public sealed class MetricTests
{
    [Fact]
    public async Task Every_metric_arrives_with_its_unit_and_its_attributes()
    {
        await using var collector = await OtlpCollector.StartAsync(Wait.Ended);
        await using var cluster = await StartAsync(collector, new() { ["GenApi:AsyncPool:QueueLimit"] = "1", ["GenApi:AsyncPool:Size"] = "1" });
        var alice = await cluster.Api.TokenAsync("alice");
        var node = cluster.Nodes["a"].Address.GetLeftPart(UriPartial.Authority);
        await cluster.Api.CallAsync("test", "hooked", """{"message":"x"}""", alice);
        await cluster.Api.CallAsync("test", "flaky", """{"key":"k","fail_times":1}""", alice);
        await cluster.Api.CallAsync("test", "count", """{"count":0}""", alice, change: request => request.Headers.Add("Accept", "text/event-stream")).ContinueWith(_ => { }, TaskScheduler.Default);
        var (key, gate) = cluster.Gates.New();
        await cluster.Api.CallAsync("test", "hold_later", $$"""{"key":"{{key}}"}""", alice);
        await Wait.For(gate.Started);
        await cluster.Api.CallAsync("test", "hold_later", $$"""{"key":"{{key}}"}""", alice);
        Assert.Equal(503, (await cluster.Api.CallAsync("test", "later", """{"message":"x"}""", alice)).Status);

        await HasAsync("genapi.call.duration", "s", ("rpc.service", "test"), ("rpc.method", "hooked"), ("genapi.code", "ok"));
        await HasAsync("genapi.call.retries", "{retry}", ("rpc.method", "flaky"), ("genapi.retry.outcome", "retried"));
        await HasAsync("genapi.hook.duration", "s", ("genapi.hook.phase", "before"), ("genapi.hook.result", "continue"));
        await HasAsync("genapi.stream.duration", "s", ("genapi.stream.end", "completed"));
        await HasAsync("genapi.pool.size", "{call}", ("genapi.pool", "async"));
        await HasAsync("genapi.pool.queue.limit", "{call}", ("genapi.pool", "async"));
        await HasAsync("genapi.pool.calls", "{call}", ("genapi.pool", "async"), ("genapi.pool.state", "running"));
        await HasAsync("genapi.pool.calls", "{call}", ("genapi.pool", "async"), ("genapi.pool.state", "queued"));
        await HasAsync("genapi.pool.rejections", "{call}", ("genapi.pool", "async"), ("genapi.reason", "queue_full"));
        await HasAsync("genapi.breaker.status", "1", ("genapi.pool", "stream"), ("genapi.breaker.state", "closed"));
        await HasAsync("genapi.breaker.status", "1", ("genapi.node", node), ("genapi.breaker.state", "closed"));
        await HasAsync("genapi.link.status", "1", ("genapi.node", node));
        await HasAsync("genapi.link.calls", "{call}", ("genapi.node", node));
        await HasAsync("genapi.link.io", "By", ("genapi.node", node), ("network.io.direction", "transmit"));
        await HasAsync("genapi.link.frames", "{frame}", ("genapi.node", node), ("network.io.direction", "receive"));
        await HasAsync("genapi.config.services", "{service}");
        await HasAsync("genapi.config.revision", "{change}");
        await HasAsync("genapi.config.functions", "{function}", ("genapi.config.state", "enabled"));
        await HasAsync("genapi.config.updates", "{update}", ("genapi.config.source", "push"), ("genapi.config.result", "accepted"));
        gate.Release();

        async Task HasAsync(string name, string unit, params (string Name, string Value)[] attributes)
        {
            var metrics = await collector.WaitForMetricsAsync(
                metric => metric.Name == name && metric.Points.Any(point =>
                    point.Value + point.Count > 0 && attributes.All(attribute => Equals(point.Attributes.GetValueOrDefault(attribute.Name), attribute.Value))),
                1,
                Wait.Ended);
            Assert.Equal(unit, metrics[0].Unit);
        }
    }

    [Fact]
    public async Task A_duration_has_the_span_of_its_call_as_an_exemplar()
    {
        await using var collector = await OtlpCollector.StartAsync(Wait.Ended);
        await using var cluster = await StartAsync(collector, []);
        await using var hub = await HubClient.ConnectAsync(cluster, await cluster.Api.TokenAsync("alice"));
        Assert.True((await hub.CallAsync("echo", """{"message":"x"}""")).Success);

        var metrics = await collector.WaitForMetricsAsync(
            metric => metric.Name == "genapi.call.duration" && metric.Points.Any(point => Equals(point.Attributes["rpc.method"], "echo") && point.Exemplars.Count > 0),
            1,
            Wait.Ended);
        var exemplar = metrics[0].Points.First(point => Equals(point.Attributes["rpc.method"], "echo")).Exemplars[0];
        var spans = await collector.WaitForSpansAsync(span => $"{span.TraceId}/{span.SpanId}" == exemplar, 1, Wait.Ended);

        Assert.Equal("test/echo", spans[0].Name);
        Assert.Equal("genapi", spans[0].Attributes["rpc.system"]);
        Assert.Equal("127.0.0.1", spans[0].Attributes["server.address"]);
        Assert.Equal((long)cluster.Nodes["a"].Address.Port, spans[0].Attributes["server.port"]);
    }

    [Fact]
    public async Task Functions_beyond_the_cap_are_counted_together()
    {
        await using var collector = await OtlpCollector.StartAsync(Wait.Ended);
        await using var cluster = await StartAsync(collector, new() { ["GenApi:Telemetry:MaxFunctions"] = "1" });
        var alice = await cluster.Api.TokenAsync("alice");
        await cluster.Api.CallAsync("test", "node", "{}", alice);
        await cluster.Api.CallAsync("test", "echo", """{"message":"x"}""", alice);
        var metrics = await collector.WaitForMetricsAsync(
            metric => metric.Name == "genapi.call.duration" && metric.Points.Any(point => Equals(point.Attributes["rpc.method"], "other")),
            1,
            Wait.Ended);

        Assert.All(metrics[0].Points, point => Assert.Contains(point.Attributes["rpc.method"], new object[] { "node", "other", "unknown" }));
    }

    private static Task<TestCluster> StartAsync(OtlpCollector collector, Dictionary<string, string?> settings) => TestCluster.StartAsync(new TestClusterOptions
    {
        Nodes = ["a"],
        GatewaySettings = settings,
        MoreFunctions = EventFunctions.Map,
        ConfigureGateway = builder =>
        {
            EventFunctions.AddHooks(builder);
            builder.Configuration.AddInMemoryCollection(collector.Settings);
            builder.AddServiceDefaults();
        },
    });
}
