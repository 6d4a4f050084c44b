using StackExchange.Redis;

namespace GenApi.Gateway.Storage;

/// <summary><c>genapi:epoch</c>: a random word that is there for as long as Redis keeps its data.</summary>
internal sealed class RedisEpoch(RedisConnection redis)
{
    private static readonly RedisKey Key = "genapi:epoch";

    /// <summary>The word. Another than before means that Redis has lost what it had, and that gateways should put back what they know.</summary>
    /// <exception cref="StorageUnavailableException">Redis is away.</exception>
    public async Task<string> CurrentAsync(CancellationToken cancellationToken)
    {
        if ((string?)await redis.RunAsync(database => database.StringGetAsync(Key), cancellationToken).ConfigureAwait(false) is { } epoch)
        {
            return epoch;
        }

        await redis.RunAsync(database => database.StringSetAsync(Key, $"{Guid.NewGuid():N}", null, When.NotExists), cancellationToken).ConfigureAwait(false);
        return (string?)await redis.RunAsync(database => database.StringGetAsync(Key), cancellationToken).ConfigureAwait(false)
            ?? throw new StorageUnavailableException("Redis loses what is written to it.");
    }
}
