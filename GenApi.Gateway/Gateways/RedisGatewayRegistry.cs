using GenApi.Gateway.Storage;
using StackExchange.Redis;

namespace GenApi.Gateway.Gateways;

/// <summary><c>genapi:gateways</c>: the gateways' ids by the ends of their leases, in milliseconds of Redis' own clock.</summary>
internal sealed class RedisGatewayRegistry(RedisConnection redis, GatewayIdentity identity) : IGatewayRegistry
{
    private static readonly RedisKey[] Key = ["genapi:gateways"];

    private static readonly RedisScript Renew = new("""
        local time = redis.call('TIME')
        local now = time[1] * 1000 + math.floor(time[2] / 1000)
        redis.call('ZADD', KEYS[1], now + ARGV[2], ARGV[1])
        redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now - 86400000)
        return 1
        """);

    private static readonly RedisScript Live = new("""
        local time = redis.call('TIME')
        local now = time[1] * 1000 + math.floor(time[2] / 1000)
        return redis.call('ZRANGEBYSCORE', KEYS[1], '(' .. now, '+inf', 'WITHSCORES')
        """);

    public async Task<IReadOnlyList<GatewayMember>> LiveAsync(CancellationToken cancellationToken)
    {
        var found = (RedisResult[])(await redis.EvaluateAsync(Live, Key, [], cancellationToken).ConfigureAwait(false))!;
        return [.. found.Chunk(2).Select(pair => new GatewayMember((string)pair[0]!, DateTimeOffset.FromUnixTimeMilliseconds((long)pair[1])))];
    }

    public Task RenewAsync(CancellationToken cancellationToken) =>
        redis.EvaluateAsync(Renew, Key, [identity.Id, (long)IGatewayRegistry.LeaseExpiry.TotalMilliseconds], cancellationToken);

    public Task LeaveAsync(CancellationToken cancellationToken) =>
        redis.RunAsync(database => database.SortedSetRemoveAsync(Key[0], identity.Id), cancellationToken);
}
