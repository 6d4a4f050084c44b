using System.Collections.Concurrent;
using System.Text.Json;
using GenApi.Gateway.Storage;
using GenApi.Protocol.Calls;
using GenApi.Protocol.Json;
using Microsoft.Extensions.Options;
using StackExchange.Redis;

namespace GenApi.Gateway.Entry;

/// <summary>
/// <c>genapi:result:OWNER:REQUEST_ID</c>: <c>pending</c>, <c>gone</c>, or the end of the answer's time and the answer. Any gateway can be asked for it.
/// A call that begins while Redis is away has its answer in this gateway alone.
/// </summary>
internal sealed class RedisResultStore(RedisConnection redis, MemoryResultStore here, IOptionsMonitor<GenApiGatewayOptions> options, TimeProvider time) : BackgroundService, IResultStore
{
    /// <summary>ARGV: lifetime.</summary>
    private static readonly RedisScript Begin = new("""
        local found = redis.call('GET', KEYS[1])
        if found == 'pending' then
          return 0
        end
        if found and found ~= 'gone' then
          local clock = redis.call('TIME')
          local now = clock[1] * 1000 + math.floor(clock[2] / 1000)
          if tonumber(string.sub(found, 1, string.find(found, '|', 1, true) - 1)) > now then
            return 0
          end
        end
        redis.call('SET', KEYS[1], 'pending', 'PX', ARGV[1])
        return 1
        """);

    /// <summary>ARGV: answer, lifetime. The key stays for twice as long, so that an answer whose time is over is told from one that never was.</summary>
    private static readonly RedisScript Complete = new("""
        local clock = redis.call('TIME')
        local answer_end = clock[1] * 1000 + math.floor(clock[2] / 1000) + ARGV[2]
        redis.call('SET', KEYS[1], string.format('%.0f', answer_end) .. '|' .. ARGV[1], 'PX', 2 * ARGV[2])
        return 1
        """);

    /// <summary>ARGV: lifetime.</summary>
    private static readonly RedisScript Take = new("""
        local found = redis.call('GET', KEYS[1])
        if not found or found == 'pending' or found == 'gone' then
          return found
        end
        local clock = redis.call('TIME')
        local now = clock[1] * 1000 + math.floor(clock[2] / 1000)
        local bar = string.find(found, '|', 1, true)
        redis.call('SET', KEYS[1], 'gone', 'PX', ARGV[1])
        if tonumber(string.sub(found, 1, bar - 1)) <= now then
          return 'gone'
        end
        return string.sub(found, bar + 1)
        """);

    /// <summary>The calls that run here. Their place is kept for as long as they run, but not when this gateway dies.</summary>
    private readonly ConcurrentDictionary<(string Owner, string RequestId), bool> _running = [];

    private RedisValue Lifetime => (long)options.CurrentValue.ResultLifetime.TotalMilliseconds;

    public async Task<bool> TryBeginAsync(string owner, string requestId, CancellationToken cancellationToken)
    {
        if (_running.Count >= options.CurrentValue.MaxStoredResults)
        {
            return false;
        }

        try
        {
            if ((long)await redis.EvaluateAsync(Begin, [KeyOf(owner, requestId)], [Lifetime], cancellationToken).ConfigureAwait(false) == 0)
            {
                return false;
            }

            _running[(owner, requestId)] = true;
            return true;
        }
        catch (StorageUnavailableException)
        {
            return await here.TryBeginAsync(owner, requestId, cancellationToken).ConfigureAwait(false);
        }
    }

    public async Task CompleteAsync(string owner, string requestId, CallResponse response, CancellationToken cancellationToken)
    {
        if (_running.TryRemove((owner, requestId), out _))
        {
            try
            {
                var json = JsonSerializer.SerializeToUtf8Bytes(response, ProtocolJson.Default.CallResponse);
                await redis.EvaluateAsync(Complete, [KeyOf(owner, requestId)], [json, Lifetime], cancellationToken).ConfigureAwait(false);
                return;
            }
            catch (StorageUnavailableException)
            {
                // It is kept here, and is found by whoever asks this gateway.
            }
        }

        await here.CompleteAsync(owner, requestId, response, cancellationToken).ConfigureAwait(false);
    }

    public async Task AbandonAsync(string owner, string requestId, CancellationToken cancellationToken)
    {
        if (!_running.TryRemove((owner, requestId), out _))
        {
            await here.AbandonAsync(owner, requestId, cancellationToken).ConfigureAwait(false);
            return;
        }

        try
        {
            await redis.RunAsync(database => database.KeyDeleteAsync(KeyOf(owner, requestId)), cancellationToken).ConfigureAwait(false);
        }
        catch (StorageUnavailableException)
        {
            // Its time there ends by itself.
        }
    }

    public async Task<(ResultState State, CallResponse? Response)> TakeAsync(string owner, string requestId, CancellationToken cancellationToken)
    {
        var local = await here.TakeAsync(owner, requestId, cancellationToken).ConfigureAwait(false);
        if (local.State != ResultState.Unknown)
        {
            return local;
        }

        var found = (byte[]?)await redis.EvaluateAsync(Take, [KeyOf(owner, requestId)], [Lifetime], cancellationToken).ConfigureAwait(false);
        return found switch
        {
            null => (ResultState.Unknown, null),
            _ when found.AsSpan().SequenceEqual("pending"u8) => (ResultState.Pending, null),
            _ when found.AsSpan().SequenceEqual("gone"u8) => (ResultState.Gone, null),
            _ => (ResultState.Ready, JsonSerializer.Deserialize(found, ProtocolJson.Default.CallResponse)),
        };
    }

    /// <summary>A call that runs for longer than answers are kept is not forgotten before it ends.</summary>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (true)
        {
            await Task.Delay(options.CurrentValue.ResultLifetime / 3, time, stoppingToken).ConfigureAwait(false);
            foreach (var (owner, requestId) in _running.Keys)
            {
                try
                {
                    await redis.RunAsync(database => database.KeyExpireAsync(KeyOf(owner, requestId), options.CurrentValue.ResultLifetime), stoppingToken).ConfigureAwait(false);
                }
                catch (StorageUnavailableException)
                {
                    break;
                }
            }
        }
    }

    private static RedisKey KeyOf(string owner, string requestId) => $"genapi:result:{Uri.EscapeDataString(owner)}:{requestId}";
}
