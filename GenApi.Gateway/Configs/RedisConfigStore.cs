using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using GenApi.Gateway.Storage;
using GenApi.Protocol.Configs;
using GenApi.Protocol.Json;
using StackExchange.Redis;

namespace GenApi.Gateway.Configs;

/// <summary>
/// <c>genapi:services</c>: the names. <c>genapi:service:NAME</c>: a hash with a field <c>fn:TYPE@VERSION</c> for each function
/// (nothing after the <c>@</c> for the unversioned one), <c>meta</c> for what came with the push, and <c>revision</c>.
/// </summary>
internal sealed partial class RedisConfigStore(RedisConnection redis, RedisEpoch epoch, ILogger<RedisConfigStore> logger) : IConfigStore
{
    private const string FunctionPrefix = "fn:";
    private const string MetaField = "meta";
    private const string RevisionField = "revision";
    private const int MaxAttempts = 50;

    private static readonly RedisKey Services = "genapi:services";

    /// <summary>Writes only onto the revision that the change was made from. ARGV: expected revision, fields to remove, their count first, fields and values to set.</summary>
    private static readonly RedisScript Write = new("""
        if (redis.call('HGET', KEYS[1], 'revision') or '') ~= ARGV[1] then
          return 0
        end
        local removals = tonumber(ARGV[2])
        for i = 3, 2 + removals do
          redis.call('HDEL', KEYS[1], ARGV[i])
        end
        for i = 3 + removals, #ARGV, 2 do
          redis.call('HSET', KEYS[1], ARGV[i], ARGV[i + 1])
        end
        return 1
        """);

    public async Task<ConfigRevisions> RevisionsAsync(CancellationToken cancellationToken)
    {
        var now = await epoch.CurrentAsync(cancellationToken).ConfigureAwait(false);
        var names = await redis.RunAsync(database => database.SetMembersAsync(Services), cancellationToken).ConfigureAwait(false);
        var revisions = await Task.WhenAll(names.Select(async name =>
            (Name: (string)name!, Revision: (string?)await redis.RunAsync(database => database.HashGetAsync(KeyOf((string)name!), RevisionField), cancellationToken).ConfigureAwait(false)))).ConfigureAwait(false);
        return new ConfigRevisions(now, revisions.Where(service => service.Revision is not null).ToDictionary(service => service.Name, service => service.Revision!));
    }

    public Task<string> EpochAsync(CancellationToken cancellationToken) => epoch.CurrentAsync(cancellationToken);

    public async Task<StoredService?> FindAsync(string service, CancellationToken cancellationToken) =>
        (await ReadAsync(service, cancellationToken).ConfigureAwait(false)).Service;

    public async Task<StoredService?> UpdateAsync(string service, Func<StoredService?, StoredService?> change, CancellationToken cancellationToken)
    {
        for (var attempt = 0; attempt < MaxAttempts; attempt++)
        {
            var (before, fields) = await ReadAsync(service, cancellationToken).ConfigureAwait(false);
            if (change(before) is not { } after)
            {
                return before;
            }

            after = after with { Revision = $"{Guid.NewGuid():N}" };
            if (await TryWriteAsync(before, fields, after, cancellationToken).ConfigureAwait(false))
            {
                return after;
            }
        }

        throw new StorageUnavailableException($"Other gateways change the service {service} all the time.");
    }

    private static RedisKey KeyOf(string service) => $"genapi:service:{service}";

    private async Task<bool> TryWriteAsync(StoredService? before, IReadOnlyDictionary<string, string> fields, StoredService after, CancellationToken cancellationToken)
    {
        var wanted = after.Functions.ToDictionary(
            config => $"{FunctionPrefix}{config.RequestType}@{config.Version}",
            config => JsonSerializer.Serialize(config, ProtocolJson.Default.FunConfig));
        var removed = fields.Keys.Where(field => field.StartsWith(FunctionPrefix, StringComparison.Ordinal) && !wanted.ContainsKey(field)).ToList();
        List<RedisValue> arguments = [before?.Revision ?? "", removed.Count, .. removed.Select(field => (RedisValue)field)];
        foreach (var (field, json) in wanted.Where(function => fields.GetValueOrDefault(function.Key) != function.Value))
        {
            arguments.AddRange([field, json]);
        }

        var meta = new Meta(after.ConfigVersion, after.StoredAt, after.HttpRoutes, [.. after.SwitchedOff.Select(key => new SwitchedOff(key.RequestType, key.Version))]);
        arguments.AddRange([MetaField, JsonSerializer.Serialize(meta, RedisConfigJson.Default.Meta), RevisionField, after.Revision]);

        // The name first: a service that is named and not there does no harm, one that is there and not named is lost.
        await redis.RunAsync(database => database.SetAddAsync(Services, after.Name), cancellationToken).ConfigureAwait(false);
        return (long)await redis.EvaluateAsync(Write, [KeyOf(after.Name)], [.. arguments], cancellationToken).ConfigureAwait(false) == 1;
    }

    private async Task<(StoredService? Service, IReadOnlyDictionary<string, string> Fields)> ReadAsync(string service, CancellationToken cancellationToken)
    {
        var entries = await redis.RunAsync(database => database.HashGetAllAsync(KeyOf(service)), cancellationToken).ConfigureAwait(false);
        var fields = entries.ToDictionary(entry => (string)entry.Name!, entry => (string)entry.Value!);
        if (!fields.TryGetValue(RevisionField, out var revision))
        {
            return (null, fields);
        }

        var meta = fields.TryGetValue(MetaField, out var text) ? Parse(service, MetaField, text, RedisConfigJson.Default.Meta) : null;
        return (
            new StoredService(service)
            {
                ConfigVersion = meta?.ConfigVersion ?? "",
                StoredAt = meta?.StoredAt ?? default,
                Functions =
                [
                    .. fields.Where(field => field.Key.StartsWith(FunctionPrefix, StringComparison.Ordinal))
                        .OrderBy(field => field.Key, StringComparer.Ordinal)
                        .Select(field => Parse(service, field.Key, field.Value, ProtocolJson.Default.FunConfig))
                        .OfType<FunConfig>(),
                ],
                HttpRoutes = meta?.HttpRoutes ?? [],
                SwitchedOff = (meta?.SwitchedOff ?? []).Select(key => new FunctionKey(service, key.RequestType, key.Version)).ToHashSet(),
                Revision = revision,
            },
            fields);
    }

    /// <summary>What some other program wrote there must not keep the rest from being served.</summary>
    private T? Parse<T>(string service, string field, string json, JsonTypeInfo<T> type)
        where T : class
    {
        try
        {
            return JsonSerializer.Deserialize(json, type);
        }
        catch (JsonException error)
        {
            Log.Unreadable(logger, service, field, error.Message);
            return null;
        }
    }

    /// <summary>The field <c>meta</c>.</summary>
    internal sealed record Meta(string ConfigVersion, DateTimeOffset StoredAt, IReadOnlyList<HttpRoute> HttpRoutes, IReadOnlyList<SwitchedOff> SwitchedOff);

    /// <summary>A function that an operator has switched off.</summary>
    internal sealed record SwitchedOff(string RequestType, string? Version);

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "Redis has something in genapi:service:{Service}, field {Field}, that cannot be read; it is left out: {Reason}")]
        public static partial void Unreadable(ILogger logger, string service, string field, string reason);
    }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(RedisConfigStore.Meta))]
internal sealed partial class RedisConfigJson : JsonSerializerContext;
