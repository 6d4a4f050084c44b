namespace GenApi.Gateway.Diagnostics.Cluster;

/// <summary>Tells the other gateways, again and again, how this one is.</summary>
internal sealed partial class GatewayFigureTeller(
    IGatewayFigureStore store,
    OwnFigures own,
    IHostApplicationLifetime lifetime,
    TimeProvider time,
    ILogger<GatewayFigureTeller> logger) : BackgroundService
{
    private static readonly TimeSpan Interval = IGatewayFigureStore.Expiry / 5;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // Until the server listens there is no address to tell.
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var listening = lifetime.ApplicationStarted.UnsafeRegister(static source => ((TaskCompletionSource)source!).TrySetResult(), started);
        await started.Task.WaitAsync(stoppingToken).ConfigureAwait(false);

        using var timer = new PeriodicTimer(Interval, time);
        do
        {
            try
            {
                await store.PutAsync(own.Next(), stoppingToken).ConfigureAwait(false);
            }
            catch (Exception error) when (!stoppingToken.IsCancellationRequested)
            {
                // Told again in a moment. It must never end: the gateway would be thought of as gone quiet.
                Log.NotTold(logger, error.Message);
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken).ConfigureAwait(false));
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Debug, "The other gateways could not be told how this one is: {Reason}")]
        public static partial void NotTold(ILogger logger, string reason);
    }
}
