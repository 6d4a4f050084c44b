using System.ComponentModel;
using System.Diagnostics;
using GenApi.Gateway.Calls.Modes;
using GenApi.Gateway.Configs;
using GenApi.Gateway.Diagnostics.Caches;
using GenApi.Gateway.Diagnostics.Connections;
using GenApi.Gateway.Diagnostics.Debugging.Stacks;
using GenApi.Gateway.Diagnostics.Flows;
using GenApi.Gateway.Diagnostics.Tracing;
using GenApi.Gateway.Gateways;
using GenApi.Gateway.Nodes;
using GenApi.Gateway.RateLimits;
using GenApi.Gateway.Relay;

namespace GenApi.Gateway.Diagnostics.Debugging;

/// <summary>Finds out what takes the most on this gateway.</summary>
internal sealed class DebugReporter(
    GatewayIdentity identity,
    ConfigCatalog catalog,
    NodeDirectory directory,
    ConnectionTable connections,
    StreamRegistry streams,
    CacheReporter caches,
    RateLimiter limiter,
    GroupFeeds groups,
    RelayUsers users,
    CallTracing tracing,
    StackSampler sampler,
    TimeProvider time)
{
    private const string CountedInRedis = "Redis counts, for all gateways together. Here is only what this gateway counted while Redis was away.";

    public async Task<DebugReport> ReportAsync(int limit, bool includeStacks, CancellationToken cancellationToken) => new()
    {
        Gateway = identity.Id,
        TakenAtMs = time.GetUtcNow().ToUnixTimeMilliseconds(),
        Runtime = RuntimeFigures.Read(time),
        Connections = [.. Connections().OrderByDescending(connection => connection.BufferedBytes).ThenByDescending(connection => connection.InFlight).ThenByDescending(connection => connection.Calls).Take(limit)],
        Streams = [.. Streams().OrderByDescending(stream => stream.BufferedBytes).Take(limit)],
        Links = [.. Links().OrderByDescending(link => link.UnsentBytes).ThenByDescending(link => link.Node.InFlight).ThenBy(link => link.Node.Address, StringComparer.Ordinal).Take(limit)],
        Functions = [.. Functions().Where(function => function.Calls.Calls > 0).OrderByDescending(function => function.TotalUs).Take(limit)],
        Pools = caches.Pools(),
        Tables = Tables(),
        Trace = tracing.Status(),
        Stacks = includeStacks ? await StacksAsync(limit, cancellationToken).ConfigureAwait(false) : null,
    };

    private IEnumerable<ConnectionDebug> Connections()
    {
        var own = streams.All.Where(stream => stream.Call.Connection is not null).ToLookup(stream => stream.Call.Connection!.Id);
        return connections.All.Select(open => new ConnectionDebug(
            open.Connection.Id,
            open.Connection.UserId,
            (long)time.GetElapsedTime(open.Connection.Since).TotalMilliseconds,
            open.Connection.Calls,
            open.Connection.InFlight,
            own[open.Connection.Id].Count(),
            own[open.Connection.Id].Sum(stream => stream.Call.Stream?.BufferedBytes ?? 0) + (open.Relay?.QueuedBytes ?? 0)));
    }

    private IEnumerable<StreamDebug> Streams() => streams.All.Select(stream => new StreamDebug(
        stream.Call.Request.RequestId,
        stream.Call.Function.Config.Key.ToString(),
        stream.Call.UserId,
        stream.Call.Target?.Address,
        stream.Call.Stream?.BufferedBytes ?? 0,
        (long)time.GetElapsedTime(stream.Call.Started.Timestamp).TotalMilliseconds,
        stream.Call.Chunks));

    private IEnumerable<DebugLink> Links() => directory.Current.Endpoints.Values.Select(node =>
    {
        var traffic = node.Traffic;
        return new DebugLink(NodeState.Of(node), node.UnsentBytes, traffic.FramesSent, traffic.BytesSent, traffic.FramesReceived, traffic.BytesReceived);
    });

    private IEnumerable<DebugFunction> Functions() => catalog.Current.Services.Values
        .SelectMany(service => service.Functions)
        .Select(function => (function.Config.Key, Calls: function.Counts.Read()))
        .Select(function => new DebugFunction(function.Key.ToString(), function.Calls.MeanUs * function.Calls.Calls, function.Calls));

    private Dictionary<string, DebugTable> Tables()
    {
        var limits = limiter.Figures();
        var now = directory.Current;
        var functions = catalog.Current.Services.Values.SelectMany(service => service.Functions).ToList();
        return new Dictionary<string, DebugTable>
        {
            ["config_cache"] = new(catalog.IsLoaded, functions.Count, functions.Sum(function => (long)function.StoredBytes)),
            ["services"] = new(true, catalog.Current.Services.Count),
            ["nodes"] = new(true, now.Endpoints.Count, now.Endpoints.Values.Sum(node => (long)node.UnsentBytes)),
            ["leases"] = new(true, now.Services.Values.Sum(registrations => (long)registrations.Length)),
            ["connections"] = new(true, connections.Count, connections.All.Sum(open => open.Relay?.QueuedBytes ?? 0)),
            ["streams"] = new(true, streams.All.Count, streams.All.Sum(stream => stream.Call.Stream?.BufferedBytes ?? 0)),
            ["rate_limiter_global"] = Counters(limits.Limits.Where(limit => limit.Limit.Rule.Service is null)),
            ["rate_limiter_api"] = Counters(limits.Limits.Where(limit => limit.Limit.Rule.Service is not null)),
            ["rate_limiter_denials"] = new(limits.Limits.Count > 0, limits.Limits.Sum(limit => (long)limit.LocalDenials)),
            ["relay_groups"] = new(true, groups.Known.Count()),
            ["relay_users"] = new(true, users.Count),
        };

        DebugTable Counters(IEnumerable<LimitFigures> some) => some.ToList() is { Count: > 0 } all && all.Sum(limit => (long)limit.LocalCounters) is var counters
            ? new(true, counters, counters * WindowTable.BytesPerWindow, Note: limits.IsShared ? CountedInRedis : null)
            : new(false, 0);
    }

    private async Task<DebugStacks> StacksAsync(int limit, CancellationToken cancellationToken)
    {
        var sample = await sampler.TakeAsync(limit, cancellationToken).ConfigureAwait(false);
        using var process = Process.GetCurrentProcess();
        return new DebugStacks(
            sample.Fault ?? "A call that waits for its node has no stack: it is an object until it goes on. 'connections', 'streams', 'links' and 'functions' of this report count those.",
            sample.Threads,
            sample.Stacks,
            [.. process.Threads.Cast<ProcessThread>().Select(ToThread).OfType<DebugThread>().OrderByDescending(thread => thread.CpuTimeMs).Take(limit)],
            sample.Fault is null ? null : [.. new StackTrace(fNeedFileInfo: false).ToString().Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)]);
    }

    private static DebugThread? ToThread(ProcessThread thread)
    {
        try
        {
            return new DebugThread(thread.Id, thread.ThreadState.ToString().ToLowerInvariant(), (long)thread.TotalProcessorTime.TotalMilliseconds);
        }
        catch (Exception error) when (error is InvalidOperationException or Win32Exception or NotSupportedException)
        {
            // It has just ended, or the system does not tell.
            return null;
        }
    }
}
