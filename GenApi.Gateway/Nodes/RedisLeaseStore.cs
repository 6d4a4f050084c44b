using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Text.Json;
using System.Text.Json.Serialization;
using GenApi.Gateway.Storage;
using GenApi.Protocol.Configs;
using Microsoft.Extensions.Options;
using StackExchange.Redis;

namespace GenApi.Gateway.Nodes;

/// <summary>
/// <c>genapi:nodes:SERVICE</c>: addresses by the ends of their leases, in milliseconds of Redis' own clock.
/// <c>genapi:node:ADDRESS</c>: for each service of the node its id, the version of its configs, its functions and its plain HTTP routes.
/// </summary>
/// <remarks>
/// After an outage Redis may have lost leases, or not have heard of their renewals. The nodes have not gone for that, so the
/// leases known before stay good for as long as a node may take to renew its own.
/// </remarks>
internal sealed class RedisLeaseStore(RedisConnection redis, IOptions<GenApiGatewayOptions> options, TimeProvider time) : ILeaseStore
{
    private static readonly RedisKey Services = "genapi:services";

    /// <summary>ARGV: field prefix, id, config version, functions, expiry, routes.</summary>
    private static readonly RedisScript PutNode = new("""
        redis.call('HSET', KEYS[1], ARGV[1] .. ':id', ARGV[2], ARGV[1] .. ':config_version', ARGV[3], ARGV[1] .. ':functions', ARGV[4], ARGV[1] .. ':http_routes', ARGV[6])
        redis.call('PEXPIRE', KEYS[1], ARGV[5])
        return 1
        """);

    /// <summary>ARGV: field prefix, id, config version, expiry.</summary>
    private static readonly RedisScript RenewNode = new("""
        if redis.call('HGET', KEYS[1], ARGV[1] .. ':id') ~= ARGV[2] or redis.call('HGET', KEYS[1], ARGV[1] .. ':config_version') ~= ARGV[3] then
          return 0
        end
        redis.call('PEXPIRE', KEYS[1], ARGV[4])
        return 1
        """);

    /// <summary>ARGV: field prefix, id.</summary>
    private static readonly RedisScript RemoveNode = new("""
        if redis.call('HGET', KEYS[1], ARGV[1] .. ':id') ~= ARGV[2] then
          return 0
        end
        redis.call('HDEL', KEYS[1], ARGV[1] .. ':id', ARGV[1] .. ':config_version', ARGV[1] .. ':functions', ARGV[1] .. ':http_routes')
        return 1
        """);

    /// <summary>ARGV: address, expiry, 1 to write only what has not ended.</summary>
    private static readonly RedisScript Prolong = new("""
        local clock = redis.call('TIME')
        local now = clock[1] * 1000 + math.floor(clock[2] / 1000)
        if ARGV[3] == '1' then
          local lease_end = redis.call('ZSCORE', KEYS[1], ARGV[1])
          if not lease_end or tonumber(lease_end) <= now then
            return 0
          end
        end
        redis.call('ZADD', KEYS[1], now + ARGV[2], ARGV[1])
        return 1
        """);

    private static readonly RedisScript Live = new("""
        local clock = redis.call('TIME')
        local now = clock[1] * 1000 + math.floor(clock[2] / 1000)
        redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now)
        return redis.call('ZRANGE', KEYS[1], 0, -1)
        """);

    private readonly ConcurrentDictionary<(string Service, string Address), NodeLease> _known = [];
    private long _outages;
    private long _graceEnd = long.MinValue;

    public async Task PutAsync(NodeLease lease, TimeSpan expiry, CancellationToken cancellationToken)
    {
        var functions = JsonSerializer.Serialize(
            lease.Functions.Select(key => new FunctionName(key.RequestType, key.Version)).ToArray(),
            LeaseJson.Default.FunctionNameArray);
        await redis.RunAsync(database => database.SetAddAsync(Services, lease.Service), cancellationToken).ConfigureAwait(false);
        await redis.EvaluateAsync(
            PutNode,
            [NodeKey(lease.Node.Address)],
            [lease.Service, lease.Node.Id, lease.ConfigVersion, functions, Milliseconds(expiry), JsonSerializer.Serialize([.. lease.HttpRoutes], LeaseJson.Default.StringArray)],
            cancellationToken).ConfigureAwait(false);
        await redis.EvaluateAsync(Prolong, [NodesKey(lease.Service)], [lease.Node.Address, Milliseconds(expiry), 0], cancellationToken).ConfigureAwait(false);
        _known[(lease.Service, lease.Node.Address)] = lease;
    }

    public async Task<bool> RenewAsync(string service, NodeIdentity node, string configVersion, TimeSpan expiry, CancellationToken cancellationToken) =>
        (long)await redis.EvaluateAsync(RenewNode, [NodeKey(node.Address)], [service, node.Id, configVersion, Milliseconds(expiry)], cancellationToken).ConfigureAwait(false) == 1
        && (long)await redis.EvaluateAsync(Prolong, [NodesKey(service)], [node.Address, Milliseconds(expiry), 1], cancellationToken).ConfigureAwait(false) == 1;

    public async Task RemoveAsync(string service, NodeIdentity node, CancellationToken cancellationToken)
    {
        if (_known.TryGetValue((service, node.Address), out var known) && known.Node.Id == node.Id)
        {
            _known.TryRemove(new((service, node.Address), known));
        }

        if ((long)await redis.EvaluateAsync(RemoveNode, [NodeKey(node.Address)], [service, node.Id], cancellationToken).ConfigureAwait(false) == 1)
        {
            await redis.RunAsync(database => database.SortedSetRemoveAsync(NodesKey(service), node.Address), cancellationToken).ConfigureAwait(false);
        }
    }

    public async Task<IReadOnlyList<NodeLease>> LoadAsync(CancellationToken cancellationToken)
    {
        var outages = redis.Outages;
        var services = await redis.RunAsync(database => database.SetMembersAsync(Services), cancellationToken).ConfigureAwait(false);
        var live = (await Task.WhenAll(services.Select(service => LoadAsync((string)service!, cancellationToken))).ConfigureAwait(false))
            .SelectMany(leases => leases)
            .ToDictionary(lease => (lease.Service, lease.Node.Address));
        if (_outages != outages)
        {
            _outages = outages;
            _graceEnd = time.GetTimestamp() + (long)(options.Value.Nodes.LeaseExpiry.TotalSeconds * time.TimestampFrequency);
        }

        if (time.GetTimestamp() < _graceEnd)
        {
            foreach (var (key, lease) in _known)
            {
                live.TryAdd(key, lease);
            }
        }

        foreach (var key in _known.Keys.Where(key => !live.ContainsKey(key)))
        {
            _known.TryRemove(key, out _);
        }

        foreach (var (key, lease) in live)
        {
            _known[key] = lease;
        }

        return [.. live.Values];
    }

    private static RedisKey NodesKey(string service) => $"genapi:nodes:{service}";

    private static RedisKey NodeKey(string address) => $"genapi:node:{address}";

    private static long Milliseconds(TimeSpan span) => (long)span.TotalMilliseconds;

    private async Task<IEnumerable<NodeLease>> LoadAsync(string service, CancellationToken cancellationToken)
    {
        var addresses = (RedisValue[])(await redis.EvaluateAsync(Live, [NodesKey(service)], [], cancellationToken).ConfigureAwait(false))!;
        return (await Task.WhenAll(addresses.Select(address => LoadAsync(service, (string)address!, cancellationToken))).ConfigureAwait(false)).OfType<NodeLease>();
    }

    /// <summary>The very lease known before where it is the same, so that the directory sees that nothing has changed.</summary>
    private async Task<NodeLease?> LoadAsync(string service, string address, CancellationToken cancellationToken)
    {
        RedisValue[] fields = [$"{service}:id", $"{service}:config_version"];
        var found = await redis.RunAsync(database => database.HashGetAsync(NodeKey(address), fields), cancellationToken).ConfigureAwait(false);
        if ((string?)found[0] is not { } id || (string?)found[1] is not { } version)
        {
            return null;
        }

        if (_known.TryGetValue((service, address), out var known) && known.Node.Id == id && known.ConfigVersion == version)
        {
            return known;
        }

        fields = [$"{service}:functions", $"{service}:http_routes"];
        var served = await redis.RunAsync(database => database.HashGetAsync(NodeKey(address), fields), cancellationToken).ConfigureAwait(false);
        var functions = (string?)served[0] is { } names ? JsonSerializer.Deserialize(names, LeaseJson.Default.FunctionNameArray) ?? [] : [];
        var routes = (string?)served[1] is { } keys ? JsonSerializer.Deserialize(keys, LeaseJson.Default.StringArray) ?? [] : [];
        return new NodeLease(
            service,
            new NodeIdentity(id, address),
            version,
            functions.Select(name => new FunctionKey(service, name.RequestType, name.Version)).ToFrozenSet()) { HttpRoutes = routes.ToFrozenSet() };
    }

    /// <summary>A function that a node has.</summary>
    internal sealed record FunctionName(string RequestType, string? Version);
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(RedisLeaseStore.FunctionName[]))]
[JsonSerializable(typeof(string[]))]
internal sealed partial class LeaseJson : JsonSerializerContext;
