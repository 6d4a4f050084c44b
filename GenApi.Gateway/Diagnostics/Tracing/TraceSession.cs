using System.Runtime.CompilerServices;
using GenApi.Gateway.Diagnostics.Live;

namespace GenApi.Gateway.Diagnostics.Tracing;

/// <summary>One trace: what it is about, what it shows, and what it has seen that nobody has read yet.</summary>
internal sealed class TraceSession(string id, TraceRequest request, TraceTarget target, TraceDetails flags, DateTimeOffset started, DateTimeOffset ends, int buffer, TimeProvider time) : IDisposable
{
    private static readonly (string Type, TraceDetails Flag)[] Types =
    [
        ("call", TraceDetails.Call),
        ("return_to", TraceDetails.ReturnTo),
        ("return_trace", TraceDetails.ReturnTrace),
        ("procs", TraceDetails.Procs),
        ("ports", TraceDetails.Ports),
    ];

    private readonly LiveBuffer<TraceEvent> _buffer = new(buffer);
    private readonly long[] _counts = new long[Types.Length];
    private int _followed;

    public string Id => id;

    public TraceTarget Target => target;

    public bool ShowsNamesOnly => flags.HasFlag(TraceDetails.Arity);

    /// <summary>Ends the trace, and later forgets it.</summary>
    public ITimer? Timer { get; set; }

    /// <summary>Why the trace has ended; null: it runs.</summary>
    public string? Ended { get; private set; }

    /// <summary>When it ended, or will.</summary>
    public DateTimeOffset Ends { get; private set; } = ends;

    /// <summary>The events that found no room.</summary>
    public long Dropped => _buffer.Dropped;

    /// <summary>Whether it has ended and nothing of what it saw waits to be read.</summary>
    public bool IsOver => Ended is not null && _buffer.Count == 0;

    /// <summary>What it sees, until it ends; there is one reader at a time.</summary>
    /// <exception cref="InvalidOperationException">At the first step: somebody reads it already.</exception>
    public async IAsyncEnumerable<TraceEvent> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (Interlocked.CompareExchange(ref _followed, 1, 0) != 0)
        {
            throw new InvalidOperationException($"Somebody reads the trace '{id}' already; each has one reader at a time.");
        }

        try
        {
            await foreach (var seen in _buffer.ReadAllAsync(Lost, cancellationToken).ConfigureAwait(false))
            {
                yield return seen;
            }

            yield return new TraceEvent { Type = "end", TraceId = id, Reason = Ended, Counts = Counts(), Dropped = Dropped };
        }
        finally
        {
            Volatile.Write(ref _followed, 0);
        }

        TraceEvent Lost(long count, long total) => new() { Type = "dropped", TraceId = id, Count = count, Total = total };
    }

    /// <summary>Whether something of that kind is to be shown. It is counted either way it is told.</summary>
    public bool Wants(TraceDetails kind)
    {
        if (!flags.HasFlag(kind) || Ended is not null)
        {
            return false;
        }

        Interlocked.Increment(ref _counts[Array.FindIndex(Types, type => type.Flag == kind)]);
        return !flags.HasFlag(TraceDetails.Silent);
    }

    public void Add(TraceEvent seen) => _buffer.Add(seen with
    {
        TraceId = id,
        Time = flags.HasFlag(TraceDetails.Timestamp) ? time.GetUtcNow() : null,
        CpuUs = flags.HasFlag(TraceDetails.CpuTimestamp) ? Environment.CpuUsage.TotalTime.Ticks / TimeSpan.TicksPerMicrosecond : null,
    });

    public void End(string reason)
    {
        Ended = reason;
        Ends = time.GetUtcNow();
        _buffer.Complete();
    }

    public IReadOnlyDictionary<string, long> Counts() => Types
        .Select((type, index) => (type.Type, type.Flag, Count: Volatile.Read(ref _counts[index])))
        .Where(type => flags.HasFlag(type.Flag))
        .ToDictionary(type => type.Type, type => type.Count);

    public TraceInfo ToInfo() => new()
    {
        Id = id,
        Traced = request,
        Flags = TraceFlagNames.Of(flags),
        StartedAt = started,
        EndsAt = Ends,
        Ended = Ended,
        Counts = Counts(),
        Buffered = _buffer.Count,
        Dropped = Dropped,
        Followed = Volatile.Read(ref _followed) == 1,
    };

    public void Dispose() => Timer?.Dispose();
}
