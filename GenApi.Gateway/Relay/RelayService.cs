using GenApi.Gateway.Storage;
using Microsoft.Extensions.Options;

namespace GenApi.Gateway.Relay;

/// <summary>Keeps the groups of this gateway in step with the store for as long as the gateway runs.</summary>
internal sealed partial class RelayService(
    IGroupStore store,
    GroupFeeds feeds,
    RelayUsers users,
    IEnumerable<GatewaySweep> sweeps,
    TimeProvider time,
    IOptionsMonitor<GenApiGatewayOptions> options,
    ILogger<RelayService> logger) : BackgroundService
{
    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        feeds.Start();
        await store.StartAsync(cancellationToken).ConfigureAwait(false);
        await base.StartAsync(cancellationToken).ConfigureAwait(false);
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken).ConfigureAwait(false);
        foreach (var sweep in sweeps)
        {
            await sweep.LeaveAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Task.WhenAll(users.RunAsync(stoppingToken), KeepUpAsync(stoppingToken));

    private async Task KeepUpAsync(CancellationToken stopping)
    {
        using var timer = new PeriodicTimer(options.CurrentValue.Relay.SweepInterval, time);
        try
        {
            do
            {
                try
                {
                    users.SettleUnsettled();
                    foreach (var sweep in sweeps)
                    {
                        await sweep.RunAsync(stopping).ConfigureAwait(false);
                    }

                    feeds.RefreshAll(onlyStale: true);
                    if (!sweeps.Any())
                    {
                        feeds.CloseMissing();
                    }
                }
                catch (StorageUnavailableException)
                {
                    // Next time.
                }
                catch (Exception error) when (error is not OperationCanceledException)
                {
                    Log.Failed(logger, error);
                }
            }
            while (await timer.WaitForNextTickAsync(stopping).ConfigureAwait(false));
        }
        catch (OperationCanceledException)
        {
            // The gateway stops.
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "The groups could not be brought up to date; it is tried again.")]
        public static partial void Failed(ILogger logger, Exception error);
    }
}
