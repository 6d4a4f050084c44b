using System.Globalization;
using System.Text.Json;
using GenApi.Gateway.Storage;
using Microsoft.Extensions.Options;
using StackExchange.Redis;

namespace GenApi.Gateway.Configs.Failed;

/// <summary>
/// <c>genapi:failed:ID</c> has an entry, and Redis itself forgets it after a day. <c>genapi:failed</c> is the index: for each entry
/// <c>ID|SOURCE|SERVICE</c>, by the time at which it expires, so that entries are chosen and counted without reading them.
/// <c>genapi:failed:seq</c> has the last id. Each of these may be in a slot of its own.
/// </summary>
internal sealed class RedisFailedConfigStore(RedisConnection redis, IOptions<GenApiGatewayOptions> options, TimeProvider time) : IFailedConfigStore
{
    /// <summary>How many entries travel at once.</summary>
    private const int ChunkSize = 100;

    private const char Separator = '|';

    private static readonly RedisKey[] Index = ["genapi:failed"];
    private static readonly RedisKey LastId = "genapi:failed:seq";

    /// <summary>Adds to the index and answers what had to give way. Arguments: how many may stay, then scores and members.</summary>
    private static readonly RedisScript Add = new("""
        for i = 2, #ARGV, 2 do
          redis.call('ZADD', KEYS[1], ARGV[i], ARGV[i + 1])
        end
        local excess = redis.call('ZCARD', KEYS[1]) - tonumber(ARGV[1])
        if excess <= 0 then
          return {}
        end
        local oldest = redis.call('ZRANGE', KEYS[1], 0, excess - 1)
        redis.call('ZREMRANGEBYRANK', KEYS[1], 0, excess - 1)
        return oldest
        """);

    /// <summary>Takes all up to a score out of the index and answers them.</summary>
    private static readonly RedisScript Take = new("""
        local taken = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', ARGV[1])
        redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', ARGV[1])
        return taken
        """);

    private long Now => time.GetUtcNow().ToUnixTimeMilliseconds();

    public async Task AddAsync(IReadOnlyList<FailedConfig> entries, CancellationToken cancellationToken)
    {
        var id = await redis.RunAsync(database => database.StringIncrementAsync(LastId, entries.Count), cancellationToken).ConfigureAwait(false) - entries.Count;
        foreach (var chunk in entries.Select(entry => entry with { Id = ++id }).Chunk(ChunkSize))
        {
            // The entries before the index: what it names is there.
            var now = Now;
            await redis.RunAsync(
                database => Task.WhenAll(chunk.Select(entry => database.StringSetAsync(
                    KeyOf(entry.Id),
                    JsonSerializer.SerializeToUtf8Bytes(entry, FailedConfigJson.Default.FailedConfig),
                    TimeSpan.FromMilliseconds(Math.Max(entry.ExpiresAtMs - now, 1))))),
                cancellationToken).ConfigureAwait(false);
            RedisValue[] arguments =
            [
                options.Value.FailedConfigs.MaxEntries,
                .. chunk.SelectMany(entry => new RedisValue[] { entry.ExpiresAtMs, MemberOf(entry) }),
            ];
            var given = await redis.EvaluateAsync(Add, Index, arguments, cancellationToken).ConfigureAwait(false);
            await DeleteAsync(Members(given), cancellationToken).ConfigureAwait(false);
        }
    }

    public async Task<IReadOnlyList<FailedConfig>> ListAsync(FailedConfigQuery query, CancellationToken cancellationToken)
    {
        var chosen = (await LiveAsync(cancellationToken).ConfigureAwait(false)).Where(member => query.Admits(member.Source, member.Service));
        var found = new List<FailedConfig>();
        foreach (var chunk in (query.OldestFirst ? chosen.OrderBy(member => member.Id) : chosen.OrderByDescending(member => member.Id)).Chunk(ChunkSize))
        {
            var values = await redis.RunAsync(
                database => Task.WhenAll(chunk.Select(member => database.StringGetAsync(KeyOf(member.Id)))),
                cancellationToken).ConfigureAwait(false);

            // One that is gone already is as good as expired.
            found.AddRange(values.Where(value => !value.IsNull).Select(value => JsonSerializer.Deserialize((byte[])value!, FailedConfigJson.Default.FailedConfig)!));
            if (found.Count >= query.Limit)
            {
                break;
            }
        }

        return [.. found.Take(query.Limit)];
    }

    public Task<long> CountAsync(CancellationToken cancellationToken) =>
        redis.RunAsync(database => database.SortedSetLengthAsync(Index[0], Now, double.PositiveInfinity, Exclude.Start), cancellationToken);

    public async Task<FailedConfigSummary> SummaryAsync(CancellationToken cancellationToken) =>
        FailedConfigSummary.Of([.. (await LiveAsync(cancellationToken).ConfigureAwait(false)).Select(member => (member.Source, member.Service))]);

    public Task<long> CleanupAsync(CancellationToken cancellationToken) => TakeAsync(Now, cancellationToken);

    public Task<long> ClearAsync(CancellationToken cancellationToken) => TakeAsync("+inf", cancellationToken);

    private async Task<long> TakeAsync(RedisValue upTo, CancellationToken cancellationToken)
    {
        var taken = Members(await redis.EvaluateAsync(Take, Index, [upTo], cancellationToken).ConfigureAwait(false));
        await DeleteAsync(taken, cancellationToken).ConfigureAwait(false);
        return taken.Count;
    }

    private async Task<IEnumerable<(long Id, string Source, string Service)>> LiveAsync(CancellationToken cancellationToken)
    {
        var members = await redis.RunAsync(
            database => database.SortedSetRangeByScoreAsync(Index[0], Now, double.PositiveInfinity, Exclude.Start),
            cancellationToken).ConfigureAwait(false);
        return members.Select(member => Parse((string)member!));
    }

    private async Task DeleteAsync(IReadOnlyList<(long Id, string Source, string Service)> members, CancellationToken cancellationToken)
    {
        foreach (var chunk in members.Chunk(ChunkSize))
        {
            await redis.RunAsync(database => Task.WhenAll(chunk.Select(member => database.KeyDeleteAsync(KeyOf(member.Id)))), cancellationToken).ConfigureAwait(false);
        }
    }

    private static RedisKey KeyOf(long id) => string.Create(CultureInfo.InvariantCulture, $"genapi:failed:{id}");

    /// <summary>With zeros in front of the id, so that entries of one moment stand in their order too.</summary>
    private static string MemberOf(FailedConfig entry) => string.Create(CultureInfo.InvariantCulture, $"{entry.Id:D19}{Separator}{entry.Source}{Separator}{entry.Service}");

    private static (long Id, string Source, string Service) Parse(string member)
    {
        var parts = member.Split(Separator, 3);
        return (long.Parse(parts[0], CultureInfo.InvariantCulture), parts[1], parts[2]);
    }

    private static IReadOnlyList<(long Id, string Source, string Service)> Members(RedisResult result) => [.. ((string[])result!).Select(Parse)];
}
