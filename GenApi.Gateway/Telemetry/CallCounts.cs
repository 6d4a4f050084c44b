using System.Numerics;

namespace GenApi.Gateway.Telemetry;

/// <summary>
/// Counts calls and how long they took. Counting takes a few interlocked additions on cells that each processor has for itself,
/// and allocates nothing after the first call.
/// </summary>
internal sealed class CallCounts
{
    private const int Failures = 0;
    private const int TotalUs = 1;
    private const int LongestUs = 2;
    private const int Buckets = 3;

    /// <summary>Bucket n holds the calls of less than 2 to the power of n microseconds that are in none before it; the last holds the rest.</summary>
    private const int BucketCount = 29;

    /// <summary>Four lines of the processors' caches.</summary>
    private const int Stride = Buckets + BucketCount;

    private const int MaxStripes = 8;

    private static readonly int Stripes = (int)BitOperations.RoundUpToPowerOf2((uint)Math.Min(Environment.ProcessorCount, MaxStripes));

    private long[]? _cells;

    /// <summary>A call has ended.</summary>
    /// <param name="elapsed">How long it took.</param>
    /// <param name="failed">Whether its answer was an error.</param>
    public void Count(TimeSpan elapsed, bool failed)
    {
        var cells = _cells ?? Interlocked.CompareExchange(ref _cells, new long[Stripes * Stride], null) ?? _cells!;
        var start = (Thread.GetCurrentProcessorId() & (Stripes - 1)) * Stride;
        var us = Math.Max(0, elapsed.Ticks / TimeSpan.TicksPerMicrosecond);
        Interlocked.Increment(ref cells[start + Buckets + Math.Min(64 - BitOperations.LeadingZeroCount((ulong)us), BucketCount - 1)]);
        Interlocked.Add(ref cells[start + TotalUs], us);
        if (failed)
        {
            Interlocked.Increment(ref cells[start + Failures]);
        }

        ref var longest = ref cells[start + LongestUs];
        for (var known = Volatile.Read(ref longest); us > known;)
        {
            known = Interlocked.CompareExchange(ref longest, us, known) is var seen && seen == known ? us : seen;
        }
    }

    /// <summary>The counts so far. Calls that end meanwhile may be in some of them and not yet in others.</summary>
    public CallFigures Read()
    {
        if (Volatile.Read(ref _cells) is not { } cells)
        {
            return CallFigures.None;
        }

        Span<long> sum = stackalloc long[Stride];
        sum.Clear();
        for (var i = 0; i < cells.Length; i++)
        {
            var value = Volatile.Read(ref cells[i]);
            var field = i % Stride;
            sum[field] = field == LongestUs ? Math.Max(sum[field], value) : sum[field] + value;
        }

        var buckets = sum[Buckets..];
        var calls = 0L;
        foreach (var count in buckets)
        {
            calls += count;
        }

        return calls == 0 ? CallFigures.None : new CallFigures(
            calls,
            sum[Failures],
            sum[TotalUs] / calls,
            Percentile(buckets, calls, 0.5, sum[LongestUs]),
            Percentile(buckets, calls, 0.99, sum[LongestUs]),
            sum[LongestUs]);
    }

    /// <summary>Where in its bucket a call lies is not known, so its place among the bucket's calls stands for it.</summary>
    private static long Percentile(ReadOnlySpan<long> buckets, long calls, double share, long longest)
    {
        var rank = Math.Max(1, (long)Math.Ceiling(calls * share));
        for (var i = 0; i < buckets.Length; i++)
        {
            if (rank <= buckets[i])
            {
                var from = i == 0 ? 0 : 1L << (i - 1);
                var to = i == buckets.Length - 1 ? longest : Math.Min(longest, 1L << i);
                return from + (long)((to - from) * (rank / (double)buckets[i]));
            }

            rank -= buckets[i];
        }

        return longest;
    }
}
