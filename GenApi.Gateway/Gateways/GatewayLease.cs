using GenApi.Gateway.Storage;

namespace GenApi.Gateway.Gateways;

/// <summary>Tells the other gateways, again and again, that this one is alive.</summary>
internal sealed partial class GatewayLease(IGatewayRegistry registry, TimeProvider time, ILogger<GatewayLease> logger) : BackgroundService
{
    private static readonly TimeSpan Interval = IGatewayRegistry.LeaseExpiry / 5;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        try
        {
            do
            {
                await TryAsync(registry.RenewAsync, stoppingToken).ConfigureAwait(false);
            }
            while (await timer.WaitForNextTickAsync(stoppingToken).ConfigureAwait(false));
        }
        catch (OperationCanceledException)
        {
            await TryAsync(registry.LeaveAsync, CancellationToken.None).ConfigureAwait(false);
        }
    }

    private async Task TryAsync(Func<CancellationToken, Task> step, CancellationToken cancellationToken)
    {
        try
        {
            await step(cancellationToken).ConfigureAwait(false);
        }
        catch (StorageUnavailableException error)
        {
            // Tried again in a moment; a gateway that leaves without a word is gone when its lease ends.
            Log.NotTold(logger, error.Message);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Debug, "The other gateways could not be told: {Reason}")]
        public static partial void NotTold(ILogger logger, string reason);
    }
}
