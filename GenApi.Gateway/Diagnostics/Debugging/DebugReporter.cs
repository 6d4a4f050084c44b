using System.ComponentModel;
using System.Diagnostics;
using GenApi.Gateway.Calls.Modes;
using GenApi.Gateway.Configs;
using GenApi.Gateway.Diagnostics.Caches;
using GenApi.Gateway.Diagnostics.Flows;
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
    StreamRegistry streams,
    CacheReporter caches,
    RateLimiter limiter,
    GroupFeeds groups,
    RelayUsers users,
    TimeProvider time)
{
    public DebugReport Report(int limit, bool includeStacks) => new()
    {
        Gateway = identity.Id,
        TakenAtMs = time.GetUtcNow().ToUnixTimeMilliseconds(),
        Runtime = RuntimeFigures.Read(time),
        Streams = [.. Streams().OrderByDescending(stream => stream.BufferedBytes).Take(limit)],
        Links = [.. Links().OrderByDescending(link => link.UnsentBytes).ThenByDescending(link => link.Node.InFlight).ThenBy(link => link.Node.Address, StringComparer.Ordinal).Take(limit)],
        Functions = [.. Functions().Where(function => function.Calls.Calls > 0).OrderByDescending(function => function.TotalUs).Take(limit)],
        Pools = caches.Pools(),
        Tables = Tables(),
        Stacks = includeStacks ? Stacks(limit) : null,
    };

    private IEnumerable<StreamDebug> Streams() => streams.All.Select(stream => new StreamDebug(
        stream.Call.Request.RequestId,
        stream.Call.Function.Config.Key.ToString(),
        stream.Call.UserId,
        stream.Call.Target?.Address,
        stream.Call.Stream?.BufferedBytes ?? 0));

    private IEnumerable<DebugLink> Links() => directory.Current.Endpoints.Values.Select(node => new DebugLink(
        new NodeState(node.Address, node.NodeId, node.IsReachable, node.Breaker.State.Name, node.InFlight, node.IsReachable ? null : node.LastFailure),
        node.UnsentBytes));

    private IEnumerable<DebugFunction> Functions() => catalog.Current.Services.Values
        .SelectMany(service => service.Functions)
        .Select(function => (function.Config.Key, Calls: function.Counts.Read()))
        .Select(function => new DebugFunction(function.Key.ToString(), function.Calls.MeanUs * function.Calls.Calls, function.Calls));

    private Dictionary<string, DebugTable> Tables()
    {
        var limits = limiter.Rules.Limits.ToList();
        var now = directory.Current;
        return new Dictionary<string, DebugTable>
        {
            ["config_cache"] = new(catalog.IsLoaded, catalog.Current.Services.Values.Sum(service => (long)service.Functions.Count())),
            ["services"] = new(true, catalog.Current.Services.Count),
            ["nodes"] = new(true, now.Endpoints.Count),
            ["leases"] = new(true, now.Services.Values.Sum(registrations => (long)registrations.Length)),
            ["streams"] = new(true, streams.All.Count),
            ["rate_limiter_global"] = Windows(limits.Where(limit => limit.Rule.Service is null)),
            ["rate_limiter_api"] = Windows(limits.Where(limit => limit.Rule.Service is not null)),
            ["rate_limiter_denials"] = new(limits.Count > 0, limits.Sum(limit => (long)limit.State.Denials.Count)),
            ["relay_groups"] = new(true, groups.Known.Count()),
            ["relay_users"] = new(true, users.Count),
        };

        static DebugTable Windows(IEnumerable<ScopedLimit> limits) => limits.ToList() is { Count: > 0 } some
            ? new(true, some.Sum(limit => (long)limit.State.Windows.Count))
            : new(false, 0);
    }

    /// <summary>A process cannot walk the stacks of its own other threads in .NET, and a waiting call has none: it is an object until it goes on.</summary>
    private static DebugStacks Stacks(int limit)
    {
        using var process = Process.GetCurrentProcess();
        return new DebugStacks(
            $"A .NET process sees the stack of the asking thread alone, and calls that wait have no stack. 'dotnet-stack report --process-id {process.Id}' on the gateway's machine shows the stacks of all threads, 'dotnet-dump collect' everything.",
            [.. process.Threads.Cast<ProcessThread>().Select(ToThread).OfType<DebugThread>().OrderByDescending(thread => thread.CpuTimeMs).Take(limit)],
            [.. new StackTrace(fNeedFileInfo: false).ToString().Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)]);
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
