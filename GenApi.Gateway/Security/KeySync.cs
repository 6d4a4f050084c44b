using GenApi.Gateway.Storage;
using Microsoft.Extensions.Options;

namespace GenApi.Gateway.Security;

/// <summary>
/// Keeps the keys of client tokens alike at all gateways: gateways that start at the same time make a key each, and a Redis
/// that comes back empty has none.
/// </summary>
internal sealed partial class KeySync(
    RedisKeyRepository repository,
    SharedKeyManager keys,
    IOptions<GenApiGatewayOptions> options,
    TimeProvider time,
    ILogger<KeySync> logger) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(options.Value.Storage.ReconcileInterval, time);
        while (await timer.WaitForNextTickAsync(stoppingToken).ConfigureAwait(false))
        {
            try
            {
                if (await repository.SynchronizeAsync(stoppingToken).ConfigureAwait(false))
                {
                    keys.LookAgain();
                }
            }
            catch (StorageUnavailableException)
            {
                // Others have said so. The keys known here are good meanwhile.
            }
            catch (Exception error) when (error is not OperationCanceledException)
            {
                Log.Failed(logger, error);
            }
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "The keys of client tokens could not be compared with those of the other gateways; it is tried again.")]
        public static partial void Failed(ILogger logger, Exception error);
    }
}
