using System.Diagnostics;
using GenApi.Gateway.Calls.Modes;
using GenApi.Gateway.Configs;
using GenApi.Gateway.Configs.Failed;
using GenApi.Gateway.Diagnostics.Caches;
using GenApi.Gateway.Diagnostics.Connections;
using GenApi.Gateway.Gateways;
using GenApi.Gateway.Nodes;
using GenApi.Gateway.RateLimits;
using GenApi.Gateway.Relay;
using GenApi.Gateway.Storage;
using GenApi.Gateway.Telemetry;
using GenApi.Gateway.Telemetry.Events;

namespace GenApi.Gateway.Diagnostics.Statistics;

/// <summary>Reads the counters of this gateway.</summary>
internal sealed class StatisticsReporter(
    GatewayIdentity identity,
    ConfigCatalog catalog,
    NodeDirectory directory,
    RateLimiter limiter,
    CacheReporter caches,
    GroupFeeds groups,
    RelayUsers users,
    ConnectionTable connections,
    StreamRegistry streams,
    FailedConfigs failed,
    CallTelemetry telemetry,
    TimeProvider time)
{
    private const int MaxFunctions = 20;

    private readonly Lock _gate = new();
    private long _workItems;
    private TimeSpan _cpuTime;
    private DateTimeOffset _read = RuntimeFigures.StartTime;

    public async Task<GatewayStatistics> ReportAsync(CancellationToken cancellationToken)
    {
        return new(identity.Id, time.GetUtcNow().ToUnixTimeMilliseconds(), Runtime(), new GenApiStatistics
        {
            Configs = Configs(caches.Configs()),
            Calls = Calls(),
            RateLimiter = Limiter(limiter.Figures()),
            Pools = caches.Pools(),
            Relay = new(groups.Known.Count(), users.Count),
            Links = Links(),
            Connections = connections.Count,
            Streams = streams.All.Count,
            FailedConfigs = await CountFailedAsync(cancellationToken).ConfigureAwait(false),
            TelemetryEvents = EventNames.All.Count,
        });
    }

    /// <summary>All calls so far, and those under way.</summary>
    public (CallFigures All, int InFlight) Totals() =>
        (telemetry.Counts.Read(), directory.Local.InFlight + directory.Current.Endpoints.Values.Sum(node => node.InFlight));

    public LinkStatistics Links()
    {
        var nodes = directory.Current.Endpoints.Values;
        return new(nodes.Length, nodes.Count(node => node.IsReachable), nodes.Sum(node => node.InFlight), nodes.Sum(node => (long)node.UnsentBytes));
    }

    private static ConfigStatistics Configs(CacheStatus cache) => new(cache.Count, cache.Disabled, [.. cache.Services.Select(service => service.Service)]);

    private static LimiterStatistics Limiter(RateLimitFigures figures) => new(
        figures.Config.Enabled,
        figures.Config.FailOpen,
        figures.IsShared,
        figures.Checks,
        figures.Denied,
        figures.Unavailable,
        [
            .. figures.Limits.Select(limit => new LimitStatistics(
                limit.Limit.Scope,
                limit.Limit.Rule.Key,
                limit.Limit.MaxRequests,
                limit.Limit.Rule.WindowMs,
                limit.Denied,
                limit.LocalCounters,
                limit.LocalDenials)),
        ]);

    private RuntimeStatistics Runtime()
    {
        using var process = Process.GetCurrentProcess();
        var figures = RuntimeFigures.Read(time);
        var cpu = process.TotalProcessorTime;
        var now = time.GetUtcNow();
        lock (_gate)
        {
            var wall = (long)(now - _read).TotalMilliseconds is var passed and > 0 ? passed : 0;
            var active = (long)(cpu - _cpuTime).TotalMilliseconds;
            var statistics = new RuntimeStatistics(
                figures,
                process.Id,
                process.Threads.Count,
                new Progress(figures.ThreadPool.CompletedItems, figures.ThreadPool.CompletedItems - _workItems),
                new Progress((long)cpu.TotalMilliseconds, active),
                new SchedulerTime(wall, active, wall * figures.Processors),
                Monitor.LockContentionCount,
                Timer.ActiveCount);
            (_workItems, _cpuTime, _read) = (figures.ThreadPool.CompletedItems, cpu, now);
            return statistics;
        }
    }

    private CallStatistics Calls()
    {
        var (all, inFlight) = Totals();
        return new(
            all,
            inFlight,
            telemetry.Counts.ReadCodes(),
            [
                .. catalog.Current.Services.Values
                    .SelectMany(service => service.Functions)
                    .Select(function => new FunctionCalls(function.Config.Key.ToString(), function.Counts.Read()))
                    .Where(function => function.Calls.Calls > 0)
                    .OrderByDescending(function => function.Calls.Calls)
                    .ThenBy(function => function.Function, StringComparer.Ordinal)
                    .Take(MaxFunctions),
            ]);
    }

    private async Task<long?> CountFailedAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await failed.CountAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (StorageUnavailableException)
        {
            return null;
        }
    }
}
