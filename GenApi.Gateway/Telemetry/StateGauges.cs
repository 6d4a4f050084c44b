using System.Diagnostics.Metrics;
using GenApi.Gateway.Calls.Modes;
using GenApi.Gateway.Configs;
using GenApi.Gateway.Nodes;
using GenApi.Protocol.Link;

namespace GenApi.Gateway.Telemetry;

/// <summary>What is read off the gateway whenever metrics are collected: pools, breakers, links and configs.</summary>
internal sealed class StateGauges(IMeterFactory meters, WorkerPools pools, NodeDirectory directory, ConfigCatalog catalog) : IHostedService
{
    private static readonly BreakerState[] BreakerStates = Enum.GetValues<BreakerState>();

    public Task StartAsync(CancellationToken cancellationToken)
    {
        var meter = meters.Create(CallTelemetry.SourceName);
        meter.CreateObservableUpDownCounter("genapi.pool.size", () => Pools(pool => pool.Size), "{call}", "Calls that the pool runs at once.");
        meter.CreateObservableUpDownCounter("genapi.pool.queue.limit", () => Pools(pool => pool.QueueLimit), "{call}", "Calls that may wait for a worker.");
        meter.CreateObservableUpDownCounter("genapi.pool.calls", PoolCalls, "{call}", "Calls in the pool: running, and queued for a worker.");
        meter.CreateObservableUpDownCounter("genapi.breaker.status", Breakers, "1", "1 for the state that the breaker is in, 0 for the others.");
        meter.CreateObservableUpDownCounter("genapi.link.status", () => Links(node => node.IsReachable ? 1L : 0L), "1", "1 while the link to the node takes calls.");
        meter.CreateObservableUpDownCounter("genapi.link.calls", () => Links(node => (long)node.InFlight), "{call}", "Calls under way on the link.");
        meter.CreateObservableCounter("genapi.link.io", () => Traffic(traffic => (traffic.BytesSent, traffic.BytesReceived)), "By", "Bytes over the link, without the WebSocket's own.");
        meter.CreateObservableCounter("genapi.link.frames", () => Traffic(traffic => (traffic.FramesSent, traffic.FramesReceived)), "{frame}", "Frames over the link.");
        meter.CreateObservableUpDownCounter("genapi.config.services", () => (long)catalog.Current.Services.Count, "{service}", "Services that have configs.");
        meter.CreateObservableCounter("genapi.config.revision", () => catalog.Current.Revision, "{change}", "Changes of configs that this gateway has taken over since it started.");
        meter.CreateObservableUpDownCounter("genapi.config.functions", Functions, "{function}", "Functions that have configs.");
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private Measurement<long>[] Pools(Func<WorkerPool, long> value) =>
    [
        new(value(pools.Async), PoolTag(pools.Async)),
        new(value(pools.Stream), PoolTag(pools.Stream)),
    ];

    private IEnumerable<Measurement<long>> PoolCalls()
    {
        foreach (var pool in new[] { pools.Async, pools.Stream })
        {
            yield return new(pool.Running, PoolTag(pool), new("genapi.pool.state", "running"));
            yield return new(pool.Queued, PoolTag(pool), new("genapi.pool.state", "queued"));
        }
    }

    private IEnumerable<Measurement<long>> Breakers()
    {
        foreach (var pool in new[] { pools.Async, pools.Stream })
        {
            foreach (var measurement in Breaker(pool.Breaker, PoolTag(pool)))
            {
                yield return measurement;
            }
        }

        foreach (var node in directory.Current.Endpoints.Values)
        {
            foreach (var measurement in Breaker(node.Breaker, NodeTag(node)))
            {
                yield return measurement;
            }
        }
    }

    private static IEnumerable<Measurement<long>> Breaker(CircuitBreaker breaker, KeyValuePair<string, object?> whose)
    {
        var now = breaker.State;
        return BreakerStates.Select(state => new Measurement<long>(state == now ? 1 : 0, whose, new("genapi.breaker.state", NameOf(state))));
    }

    private Measurement<long>[] Links(Func<NodeEndpoint, long> value) =>
        [.. directory.Current.Endpoints.Values.Select(node => new Measurement<long>(value(node), NodeTag(node)))];

    private IEnumerable<Measurement<long>> Traffic(Func<LinkTraffic, (long Sent, long Received)> value)
    {
        foreach (var node in directory.Current.Endpoints.Values)
        {
            var (sent, received) = value(node.Traffic);
            yield return new(sent, NodeTag(node), new("network.io.direction", "transmit"));
            yield return new(received, NodeTag(node), new("network.io.direction", "receive"));
        }
    }

    private Measurement<long>[] Functions()
    {
        var all = catalog.Current.Services.Values.SelectMany(service => service.Functions).ToList();
        var disabled = all.Count(function => function.Config.Disabled);
        return
        [
            new(all.Count - disabled, new KeyValuePair<string, object?>("genapi.config.state", "enabled")),
            new(disabled, new KeyValuePair<string, object?>("genapi.config.state", "disabled")),
        ];
    }

    private static KeyValuePair<string, object?> PoolTag(WorkerPool pool) => new("genapi.pool", pool.Name);

    private static KeyValuePair<string, object?> NodeTag(NodeEndpoint node) => new("genapi.node", node.Address);

    private static string NameOf(BreakerState state) => state switch
    {
        BreakerState.Open => "open",
        BreakerState.HalfOpen => "half_open",
        _ => "closed",
    };
}
