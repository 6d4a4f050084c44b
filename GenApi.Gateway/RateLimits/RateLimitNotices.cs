using System.Text.Json;
using GenApi.Gateway.Storage;

namespace GenApi.Gateway.RateLimits;

/// <summary>What gateways tell each other: the limits have changed, or, with all three members, that a counter was reset.</summary>
internal sealed record RateLimitNotice(string? Key = null, string? KeyValue = null, string? Scope = null);

/// <summary>Carries notices to the other gateways, where there are any.</summary>
internal sealed partial class RateLimitNotices(ILogger<RateLimitNotices> logger, RedisConnection? redis = null) : IDisposable
{
    private const string Channel = "genapi:limits:changed";

    private readonly SemaphoreSlim _changed = new(0, 1);

    /// <summary>A counter was reset, by this gateway or another.</summary>
    public event Action<RateLimitNotice>? Reset;

    public async Task ListenAsync(CancellationToken cancellationToken)
    {
        if (redis is not null)
        {
            redis.Restored += Wake;
            await redis.SubscribeAsync(Channel, message => Hear((string?)message), cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Tells all gateways, this one included.</summary>
    public async Task TellAsync(RateLimitNotice notice, CancellationToken cancellationToken)
    {
        Take(notice);
        if (redis is null)
        {
            return;
        }

        try
        {
            await redis.PublishAsync(Channel, JsonSerializer.Serialize(notice, RateLimitJson.Default.RateLimitNotice), cancellationToken).ConfigureAwait(false);
        }
        catch (StorageUnavailableException error)
        {
            // The others find out when they next compare.
            Log.NotTold(logger, error.Message);
        }
    }

    /// <summary>Waits until it is time to compare with the store.</summary>
    public async Task WaitAsync(TimeSpan atMost, TimeProvider time, CancellationToken cancellationToken)
    {
        using var patience = new CancellationTokenSource(atMost, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
        try
        {
            await _changed.WaitAsync(either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // Time is up, or the gateway stops.
        }
    }

    public void Dispose()
    {
        if (redis is not null)
        {
            redis.Restored -= Wake;
        }

        _changed.Dispose();
    }

    private void Hear(string? message)
    {
        try
        {
            if (message is not null && JsonSerializer.Deserialize(message, RateLimitJson.Default.RateLimitNotice) is { } notice)
            {
                Take(notice);
            }
        }
        catch (JsonException error)
        {
            Log.NotUnderstood(logger, error.Message);
        }
    }

    private void Take(RateLimitNotice notice)
    {
        if (notice is { Key: not null, KeyValue: not null, Scope: not null })
        {
            Reset?.Invoke(notice);
        }
        else
        {
            Wake();
        }
    }

    private void Wake()
    {
        try
        {
            _changed.Release();
        }
        catch (SemaphoreFullException)
        {
            // It is awake already.
        }
        catch (ObjectDisposedException)
        {
            // The gateway stops.
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Debug, "The other gateways could not be told of a change of rate limits: {Reason}")]
        public static partial void NotTold(ILogger logger, string reason);

        [LoggerMessage(2, LogLevel.Warning, "A notice about rate limits is not what a gateway sends: {Reason}")]
        public static partial void NotUnderstood(ILogger logger, string reason);
    }
}
