using System.Text.Json;
using GenApi.Gateway.Storage;
using GenApi.Protocol.Configs;
using GenApi.Protocol.Json;
using StackExchange.Redis;

namespace GenApi.Gateway.Configs.Pull;

/// <summary>
/// <c>genapi:pull</c>: a hash service → what its push asked for. <c>genapi:pull:state</c>: a hash service → how its pulls went.
/// <c>genapi:pull:lock:SERVICE</c>: the gateway that pulls it, with an expiry.
/// </summary>
internal sealed class RedisPullStore(RedisConnection redis) : IPullStore
{
    private static readonly RedisKey[] Registered = ["genapi:pull"];
    private static readonly RedisKey States = "genapi:pull:state";

    private static readonly RedisScript Register = new("""
        if redis.call('HEXISTS', KEYS[1], ARGV[1]) == 0 and redis.call('HLEN', KEYS[1]) >= tonumber(ARGV[3]) then
          return 0
        end
        redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
        return 1
        """);

    private static readonly RedisScript Hold = new("""
        local owner = redis.call('GET', KEYS[1])
        if not owner then
          redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
          return 1
        end
        if owner == ARGV[1] then
          redis.call('PEXPIRE', KEYS[1], ARGV[2])
          return 2
        end
        return 0
        """);

    private static readonly RedisScript Release = new("""
        if redis.call('GET', KEYS[1]) == ARGV[1] then
          return redis.call('DEL', KEYS[1])
        end
        return 0
        """);

    public async Task<bool> RegisterAsync(ServiceConfig config, CancellationToken cancellationToken) => (long)await redis.EvaluateAsync(
        Register,
        Registered,
        [config.Service, JsonSerializer.SerializeToUtf8Bytes(config, ProtocolJson.Default.ServiceConfig), IPullStore.MaxRegistered],
        cancellationToken).ConfigureAwait(false) == 1;

    public async Task<IReadOnlyList<ServiceConfig>> RegisteredAsync(CancellationToken cancellationToken)
    {
        var values = await redis.RunAsync(database => database.HashValuesAsync(Registered[0]), cancellationToken).ConfigureAwait(false);
        return [.. values.Select(value => JsonSerializer.Deserialize((byte[])value!, ProtocolJson.Default.ServiceConfig)!)];
    }

    public async Task<PullHold> HoldAsync(string service, string owner, TimeSpan expiry, CancellationToken cancellationToken) =>
        (long)await redis.EvaluateAsync(Hold, LockOf(service), [owner, (long)expiry.TotalMilliseconds], cancellationToken).ConfigureAwait(false) switch
        {
            1 => PullHold.Taken,
            2 => PullHold.Kept,
            _ => PullHold.Denied,
        };

    public Task ReleaseAsync(string service, string owner, CancellationToken cancellationToken) =>
        redis.EvaluateAsync(Release, LockOf(service), [owner], cancellationToken);

    public async Task<IReadOnlyDictionary<string, PullState>> StatesAsync(CancellationToken cancellationToken)
    {
        var entries = await redis.RunAsync(database => database.HashGetAllAsync(States), cancellationToken).ConfigureAwait(false);
        return entries.ToDictionary(
            entry => (string)entry.Name!,
            entry => JsonSerializer.Deserialize((byte[])entry.Value!, PullJson.Default.PullState)!);
    }

    public Task SaveAsync(string service, PullState state, CancellationToken cancellationToken) => redis.RunAsync(
        database => database.HashSetAsync(States, service, JsonSerializer.SerializeToUtf8Bytes(state, PullJson.Default.PullState)),
        cancellationToken);

    private static RedisKey[] LockOf(string service) => [$"genapi:pull:lock:{service}"];
}
