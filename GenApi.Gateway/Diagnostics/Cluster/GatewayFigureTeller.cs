using GenApi.Gateway.Calls.Modes;
using GenApi.Gateway.Configs;
using GenApi.Gateway.Diagnostics.Connections;
using GenApi.Gateway.Diagnostics.Health;
using GenApi.Gateway.Diagnostics.Statistics;
using GenApi.Gateway.Gateways;

namespace GenApi.Gateway.Diagnostics.Cluster;

/// <summary>Tells the other gateways, again and again, how this one is.</summary>
internal sealed partial class GatewayFigureTeller(
    IGatewayFigureStore store,
    GatewayIdentity identity,
    HealthReporter health,
    StatisticsReporter statistics,
    ConnectionTable connections,
    StreamRegistry streams,
    ConfigCatalog catalog,
    TimeProvider time,
    ILogger<GatewayFigureTeller> logger) : BackgroundService
{
    private static readonly TimeSpan Interval = IGatewayFigureStore.Expiry / 5;

    private long _calls;
    private long _told = time.GetTimestamp();

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        do
        {
            try
            {
                await store.PutAsync(Read(), stoppingToken).ConfigureAwait(false);
            }
            catch (Exception error) when (!stoppingToken.IsCancellationRequested)
            {
                // Told again in a moment. It must never end: the gateway would be thought of as gone quiet.
                Log.NotTold(logger, error.Message);
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken).ConfigureAwait(false));
    }

    private GatewayFigures Read()
    {
        var (calls, inFlight) = statistics.Totals();
        var links = statistics.Links();
        var report = health.Report(maxMemoryBytes: null);
        var seconds = time.GetElapsedTime(_told).TotalSeconds;
        var figures = new GatewayFigures
        {
            Gateway = identity.Id,
            AtMs = report.CheckedAtMs,
            Status = report.Status,
            UptimeMs = report.Checks.Runtime.Figures.UptimeMs,
            MemoryBytes = report.Checks.Runtime.Figures.Memory.TotalBytes,
            Calls = calls.Calls,
            Failures = calls.Failures,
            CallsPerSecond = seconds > 0 ? Math.Round((calls.Calls - _calls) / seconds, 1) : 0,
            InFlight = inFlight,
            Connections = connections.Count,
            Streams = streams.All.Count,
            Functions = catalog.Current.Services.Values.Sum(service => service.Functions.Count()),
            Nodes = links.Nodes,
            ReachableNodes = links.Reachable,
        };
        (_calls, _told) = (calls.Calls, time.GetTimestamp());
        return figures;
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Debug, "The other gateways could not be told how this one is: {Reason}")]
        public static partial void NotTold(ILogger logger, string reason);
    }
}
