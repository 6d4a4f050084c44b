using GenApi.Gateway.Storage;
using Microsoft.Extensions.Options;

namespace GenApi.Gateway.RateLimits;

/// <summary>
/// Keeps this gateway's limits in line with the store: at start, by notices, when Redis is back, and by a look from time to time.
/// Forgets what other gateways say is to be forgotten.
/// </summary>
internal sealed partial class RateLimitSync(
    RateLimitBook book,
    RateLimiter limiter,
    IChangeNotices notices,
    IOptions<GenApiGatewayOptions> options,
    TimeProvider time,
    ILogger<RateLimitSync> logger,
    RedisConnection? redis = null) : BackgroundService
{
    private readonly NextLook _look = new();

    /// <summary>The changes of before a restart hold from the first call on, if the store is there.</summary>
    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        if (redis is not null)
        {
            redis.Restored += _look.Now;
        }

        await notices.SubscribeAsync(OnChanged, cancellationToken).ConfigureAwait(false);
        await TryReconcileAsync(cancellationToken).ConfigureAwait(false);
        await base.StartAsync(cancellationToken).ConfigureAwait(false);
    }

    public override void Dispose()
    {
        if (redis is not null)
        {
            redis.Restored -= _look.Now;
        }

        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = _look.Every(options.Value.Storage.ReconcileInterval, time);
        while (true)
        {
            await _look.WaitAsync(stoppingToken).ConfigureAwait(false);
            await TryReconcileAsync(stoppingToken).ConfigureAwait(false);
        }
    }

    private void OnChanged(ChangeKind kind, string subject)
    {
        switch (kind)
        {
            case ChangeKind.Limits:
                _look.Now();
                break;
            case ChangeKind.LimitReset when RateLimitReset.Read(subject) is { } reset:
                limiter.Forget(reset);
                break;
            case ChangeKind.LimitReset:
                Log.NotUnderstood(logger);
                break;
            case ChangeKind.AllLimitsReset:
                // There may be much to forget.
                ThreadPool.QueueUserWorkItem(_ => limiter.ForgetAll());
                break;
        }
    }

    private async Task TryReconcileAsync(CancellationToken cancellationToken)
    {
        try
        {
            await book.ReconcileAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (StorageUnavailableException error)
        {
            Log.NotCompared(logger, error.Message);
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            // Whatever stands in the store, the gateway goes on with the limits it knows.
            Log.CannotBeTakenOver(logger, error);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Debug, "The rate limits could not be compared with the store: {Reason}")]
        public static partial void NotCompared(ILogger logger, string reason);

        [LoggerMessage(2, LogLevel.Warning, "A notice that a rate limit was reset is not what a gateway sends; it is ignored.")]
        public static partial void NotUnderstood(ILogger logger);

        [LoggerMessage(3, LogLevel.Error, "The rate limits in the store cannot be taken over; the gateway goes on with those it knows.")]
        public static partial void CannotBeTakenOver(ILogger logger, Exception error);
    }
}
