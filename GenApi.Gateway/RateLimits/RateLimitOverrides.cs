using System.Text.Json;
using GenApi.Gateway.Storage;
using StackExchange.Redis;

namespace GenApi.Gateway.RateLimits;

/// <summary>What was changed at runtime. A member that is null is as the configuration has it.</summary>
/// <param name="Revision">Grows with each change; 0: there was none.</param>
/// <param name="Global">The limits over all functions.</param>
/// <param name="Api">The limits of single functions.</param>
/// <param name="Enabled">Whether limits are enforced.</param>
/// <param name="FailOpen">What happens when the limiter cannot count.</param>
internal sealed record RateLimitOverrides(long Revision, IReadOnlyList<RateLimit>? Global, IReadOnlyList<RateLimit>? Api, bool? Enabled, bool? FailOpen)
{
    public static RateLimitOverrides None { get; } = new(0, null, null, null, null);

    public RateLimitOverrides With(RateLimitChanges changes) => new(
        Revision + 1, changes.GlobalLimits ?? Global, changes.ApiLimits ?? Api, changes.Enabled ?? Enabled, changes.FailOpen ?? FailOpen);

    /// <summary>The limits in force with these changes.</summary>
    public RateLimitConfig Over(RateLimitOptions options) => new(
        Enabled ?? options.Enabled, FailOpen ?? options.FailOpen, Global ?? [.. options.GlobalLimits], Api ?? [.. options.ApiLimits]);
}

/// <summary>Keeps what was changed at runtime.</summary>
internal interface IRateLimitOverrideStore
{
    Task<RateLimitOverrides> LoadAsync(CancellationToken cancellationToken);

    /// <summary>Keeps a change that was made from the revision before it.</summary>
    /// <returns>False: another change came first.</returns>
    Task<bool> TrySaveAsync(RateLimitOverrides changed, CancellationToken cancellationToken);

    /// <summary>Keeps these changes where the store has lost them, or has only older ones.</summary>
    Task RestoreAsync(RateLimitOverrides known, CancellationToken cancellationToken);
}

/// <summary>The embedded store: one gateway, nothing to install. Changes last as long as the gateway runs.</summary>
internal sealed class MemoryRateLimitOverrideStore : IRateLimitOverrideStore
{
    private readonly Lock _gate = new();
    private RateLimitOverrides _kept = RateLimitOverrides.None;

    public Task<RateLimitOverrides> LoadAsync(CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            return Task.FromResult(_kept);
        }
    }

    public Task<bool> TrySaveAsync(RateLimitOverrides changed, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            if (changed.Revision != _kept.Revision + 1)
            {
                return Task.FromResult(false);
            }

            _kept = changed;
            return Task.FromResult(true);
        }
    }

    public Task RestoreAsync(RateLimitOverrides known, CancellationToken cancellationToken) => Task.CompletedTask;
}

/// <summary>
/// <c>genapi:limits</c>: a hash with <c>revision</c>, and <c>global</c>, <c>api</c>, <c>enabled</c> and <c>fail_open</c> as JSON where they were changed.
/// </summary>
internal sealed class RedisRateLimitOverrideStore(RedisConnection redis) : IRateLimitOverrideStore
{
    private const string Revision = "revision";
    private const string Global = "global";
    private const string Api = "api";
    private const string Enabled = "enabled";
    private const string FailOpen = "fail_open";

    private static readonly RedisKey[] Key = ["genapi:limits"];

    /// <summary>Replaces the hash if its revision is the one before the new one (1) or any smaller one (2).</summary>
    private static readonly RedisScript Replace = new("""
        local stored = tonumber(redis.call('HGET', KEYS[1], 'revision') or 0)
        local new = tonumber(ARGV[3])
        if (ARGV[1] == '1' and stored ~= new - 1) or stored >= new then
          return 0
        end
        redis.call('DEL', KEYS[1])
        redis.call('HSET', KEYS[1], unpack(ARGV, 2))
        return 1
        """);

    public async Task<RateLimitOverrides> LoadAsync(CancellationToken cancellationToken)
    {
        var fields = (await redis.RunAsync(database => database.HashGetAllAsync(Key[0]), cancellationToken).ConfigureAwait(false))
            .ToDictionary(field => (string)field.Name!, field => (string)field.Value!);
        try
        {
            return new RateLimitOverrides(
                fields.TryGetValue(Revision, out var revision) ? JsonSerializer.Deserialize(revision, RateLimitJson.Default.Int64) : 0,
                fields.TryGetValue(Global, out var global) ? JsonSerializer.Deserialize(global, RateLimitJson.Default.IReadOnlyListRateLimit) : null,
                fields.TryGetValue(Api, out var api) ? JsonSerializer.Deserialize(api, RateLimitJson.Default.IReadOnlyListRateLimit) : null,
                fields.TryGetValue(Enabled, out var enabled) ? JsonSerializer.Deserialize(enabled, RateLimitJson.Default.Boolean) : null,
                fields.TryGetValue(FailOpen, out var failOpen) ? JsonSerializer.Deserialize(failOpen, RateLimitJson.Default.Boolean) : null);
        }
        catch (JsonException error)
        {
            throw new StorageUnavailableException($"The hash {Key[0]} in Redis is not what a gateway writes: {error.Message}", error);
        }
    }

    public async Task<bool> TrySaveAsync(RateLimitOverrides changed, CancellationToken cancellationToken) =>
        (long)await redis.EvaluateAsync(Replace, Key, Arguments(1, changed), cancellationToken).ConfigureAwait(false) == 1;

    public Task RestoreAsync(RateLimitOverrides known, CancellationToken cancellationToken) =>
        redis.EvaluateAsync(Replace, Key, Arguments(2, known), cancellationToken);

    private static RedisValue[] Arguments(int mode, RateLimitOverrides overrides)
    {
        List<RedisValue> arguments = [mode, Revision, overrides.Revision];
        if (overrides.Global is { } global)
        {
            arguments.AddRange(Global, JsonSerializer.Serialize(global, RateLimitJson.Default.IReadOnlyListRateLimit));
        }

        if (overrides.Api is { } api)
        {
            arguments.AddRange(Api, JsonSerializer.Serialize(api, RateLimitJson.Default.IReadOnlyListRateLimit));
        }

        if (overrides.Enabled is { } enabled)
        {
            arguments.AddRange(Enabled, JsonSerializer.Serialize(enabled, RateLimitJson.Default.Boolean));
        }

        if (overrides.FailOpen is { } failOpen)
        {
            arguments.AddRange(FailOpen, JsonSerializer.Serialize(failOpen, RateLimitJson.Default.Boolean));
        }

        return [.. arguments];
    }
}
