using GenApi.Gateway.Calls.Modes;
using GenApi.Gateway.Configs;
using GenApi.Gateway.Diagnostics.Connections;
using GenApi.Gateway.Diagnostics.Health;
using GenApi.Gateway.Diagnostics.Statistics;
using GenApi.Gateway.Gateways;

namespace GenApi.Gateway.Diagnostics.Cluster;

/// <summary>What this gateway tells of itself.</summary>
internal sealed class OwnFigures(
    GatewayIdentity identity,
    GatewayPlace place,
    HealthReporter health,
    StatisticsReporter statistics,
    ConnectionTable connections,
    StreamRegistry streams,
    ConfigCatalog catalog,
    IServiceProvider services,
    TimeProvider time)
{
    private readonly Lazy<string[]> _background = new(() =>
        [.. services.GetServices<IHostedService>().OfType<BackgroundService>().Select(service => service.GetType().Name).Distinct().Order(StringComparer.Ordinal)]);

    private readonly Lock _gate = new();
    private long _calls;
    private long _told = time.GetTimestamp();
    private double _callsPerSecond;

    /// <summary>The figures of now.</summary>
    public GatewayFigures Now() => Read(tells: false);

    /// <summary>The same, and calls a second are those since this was asked for before.</summary>
    public GatewayFigures Next() => Read(tells: true);

    private GatewayFigures Read(bool tells)
    {
        var (calls, inFlight) = statistics.Totals();
        var links = statistics.Links();
        var report = health.Report(maxMemoryBytes: null);
        return new GatewayFigures
        {
            Gateway = identity.Id,
            InstanceId = place.InstanceId,
            Addresses = place.Addresses,
            Address = place.Address,
            AtMs = report.CheckedAtMs,
            Status = report.Status,
            Reasons = report.Reasons,
            UptimeMs = report.Checks.Runtime.Figures.UptimeMs,
            MemoryBytes = report.Checks.Runtime.Figures.Memory.TotalBytes,
            Calls = calls.Calls,
            Failures = calls.Failures,
            CallsPerSecond = CallsPerSecond(calls.Calls, tells),
            InFlight = inFlight,
            Connections = connections.Count,
            Streams = streams.All.Count,
            Functions = catalog.Current.Services.Values.Sum(service => service.Functions.Count()),
            Background = _background.Value,
            Nodes = links.Nodes,
            ReachableNodes = links.Reachable,
        };
    }

    private double CallsPerSecond(long calls, bool tells)
    {
        lock (_gate)
        {
            if (tells)
            {
                var seconds = time.GetElapsedTime(_told).TotalSeconds;
                _callsPerSecond = seconds > 0 ? Math.Round((calls - _calls) / seconds, 1) : 0;
                (_calls, _told) = (calls, time.GetTimestamp());
            }

            return _callsPerSecond;
        }
    }
}
