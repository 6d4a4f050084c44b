using System.Text.Json;
using System.Threading.Channels;
using GenApi.Gateway.Storage;
using GenApi.Protocol.Cluster;

namespace GenApi.Gateway.Configs.Failed;

/// <summary>
/// The configs that were refused during the last day, by whichever gateway (the seed's <c>ConfigFailed</c>). They are written
/// in the background: a push neither waits for that nor fails by it.
/// </summary>
internal sealed partial class FailedConfigs(IFailedConfigStore store, TimeProvider time, ILogger<FailedConfigs> logger) : BackgroundService
{
    /// <summary>The most functions of one push that are recorded.</summary>
    public const int MaxOfOnePush = 1000;

    /// <summary>The most entries that wait to be written.</summary>
    private const int MaxWaiting = 2 * MaxOfOnePush;

    private const int MaxAtOnce = 100;

    private static readonly TimeSpan TryAgainAfter = TimeSpan.FromSeconds(1);

    /// <summary>How long an entry waits for a store that is away.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);

    /// <summary>How long a reader waits for what was recorded just before.</summary>
    private static readonly TimeSpan ReaderPatience = TimeSpan.FromSeconds(1);

    private readonly Channel<Item> _waiting = Channel.CreateBounded<Item>(new BoundedChannelOptions(MaxWaiting) { SingleReader = true });
    private volatile bool _away;

    /// <summary>Remembers functions that were refused. Returns at once.</summary>
    /// <param name="origin">Where they came from.</param>
    /// <param name="service">The service they were meant for.</param>
    /// <param name="rejected">The functions and what is wrong with them.</param>
    /// <param name="configs">The configs as they came, in the same order.</param>
    public void Record(ConfigOrigin origin, string service, IReadOnlyList<RejectedFunction> rejected, IReadOnlyList<JsonElement> configs)
    {
        var now = time.GetUtcNow();
        var recorded = 0;
        while (recorded < Math.Min(rejected.Count, MaxOfOnePush)
            && _waiting.Writer.TryWrite(new Item(FailedConfigDraft.Make(origin, service, rejected[recorded], configs[recorded], now), null)))
        {
            recorded++;
        }

        if (recorded < rejected.Count)
        {
            Log.NotRecorded(logger, rejected.Count - recorded, service);
        }
    }

    /// <summary>The entries that a query asks for.</summary>
    /// <exception cref="StorageUnavailableException">The store is away.</exception>
    public async Task<IReadOnlyList<FailedConfig>> ListAsync(FailedConfigQuery query, CancellationToken cancellationToken)
    {
        await WrittenAsync(cancellationToken).ConfigureAwait(false);
        return await store.ListAsync(query, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>How many there are.</summary>
    /// <exception cref="StorageUnavailableException">The store is away.</exception>
    public async Task<long> CountAsync(CancellationToken cancellationToken)
    {
        await WrittenAsync(cancellationToken).ConfigureAwait(false);
        return await store.CountAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>How many there are by source and by service.</summary>
    /// <exception cref="StorageUnavailableException">The store is away.</exception>
    public async Task<FailedConfigSummary> SummaryAsync(CancellationToken cancellationToken)
    {
        await WrittenAsync(cancellationToken).ConfigureAwait(false);
        return await store.SummaryAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Removes what has expired, and says how many entries that were.</summary>
    /// <exception cref="StorageUnavailableException">The store is away.</exception>
    public Task<long> CleanupAsync(CancellationToken cancellationToken) => store.CleanupAsync(cancellationToken);

    /// <summary>Removes all, and says how many entries that were.</summary>
    /// <exception cref="StorageUnavailableException">The store is away.</exception>
    public async Task<long> ClearAsync(CancellationToken cancellationToken)
    {
        await WrittenAsync(cancellationToken).ConfigureAwait(false);
        var removed = await store.ClearAsync(cancellationToken).ConfigureAwait(false);
        Log.Cleared(logger, removed);
        return removed;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            while (await _waiting.Reader.WaitToReadAsync(stoppingToken).ConfigureAwait(false))
            {
                var entries = new List<FailedConfig>(MaxAtOnce);
                TaskCompletionSource? reader = null;
                while (entries.Count < MaxAtOnce && reader is null && _waiting.Reader.TryRead(out var item))
                {
                    reader = item.Reader;
                    if (item.Entry is { } entry)
                    {
                        entries.Add(entry);
                    }
                }

                await WriteAsync(entries, stoppingToken).ConfigureAwait(false);
                reader?.TrySetResult();
            }
        }
        catch (OperationCanceledException)
        {
            // The gateway stops.
        }
    }

    private async Task WriteAsync(List<FailedConfig> entries, CancellationToken cancellationToken)
    {
        for (var first = true; entries.Count > 0; first = false)
        {
            try
            {
                await store.AddAsync(entries, cancellationToken).ConfigureAwait(false);
                _away = false;
                return;
            }
            catch (StorageUnavailableException error) when (time.GetUtcNow().ToUnixTimeMilliseconds() - entries[0].InsertedAtMs < Patience.TotalMilliseconds)
            {
                _away = true;
                if (first)
                {
                    Log.WrittenLater(logger, entries.Count, error.Message);
                }

                await Task.Delay(TryAgainAfter, time, cancellationToken).ConfigureAwait(false);
            }
            catch (Exception error) when (!cancellationToken.IsCancellationRequested)
            {
                // Nobody waits for this, and the log has had each function with its reasons before.
                _away = false;
                Log.Lost(logger, error, entries.Count);
                return;
            }
        }
    }

    /// <summary>Waits, for a moment at most, until what was recorded here before is written: who pushes and then looks must see it.</summary>
    private async Task WrittenAsync(CancellationToken cancellationToken)
    {
        // While the store is away, those who ask must not fill the queue.
        var written = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        if (_away || !_waiting.Writer.TryWrite(new Item(null, written)))
        {
            return;
        }

        try
        {
            await written.Task.WaitAsync(ReaderPatience, time, cancellationToken).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            // The store is away; asking it says so.
        }
    }

    /// <summary>An entry to write, or somebody who waits for those before.</summary>
    private readonly record struct Item(FailedConfig? Entry, TaskCompletionSource? Reader);

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "{Count} refused functions of {Service} are not recorded as failed configs: there are too many at once.")]
        public static partial void NotRecorded(ILogger logger, int count, string service);

        [LoggerMessage(2, LogLevel.Warning, "{Count} failed configs are recorded later: {Reason}")]
        public static partial void WrittenLater(ILogger logger, int count, string reason);

        [LoggerMessage(3, LogLevel.Error, "{Count} failed configs could not be recorded.")]
        public static partial void Lost(ILogger logger, Exception error, int count);

        [LoggerMessage(4, LogLevel.Information, "All failed configs are cleared: {Count}.")]
        public static partial void Cleared(ILogger logger, long count);
    }
}
