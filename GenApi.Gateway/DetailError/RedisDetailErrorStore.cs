using GenApi.Gateway.Storage;
using StackExchange.Redis;

namespace GenApi.Gateway.DetailError;

/// <summary><c>genapi:settings</c>, field <c>detail_error</c>: <c>true</c> or <c>false</c>.</summary>
internal sealed class RedisDetailErrorStore(RedisConnection redis) : IDetailErrorStore
{
    private const string Field = "detail_error";
    private static readonly RedisKey Key = "genapi:settings";

    public async Task<bool?> ReadAsync(CancellationToken cancellationToken) =>
        (string?)await redis.RunAsync(database => database.HashGetAsync(Key, Field), cancellationToken).ConfigureAwait(false) switch
        {
            "true" => true,
            "false" => false,
            _ => null,
        };

    public Task WriteAsync(bool shown, CancellationToken cancellationToken) =>
        redis.RunAsync(database => database.HashSetAsync(Key, Field, shown ? "true" : "false"), cancellationToken);
}
