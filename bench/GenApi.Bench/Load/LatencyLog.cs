namespace GenApi.Bench.Load;

/// <summary>
/// The latency of every counted call of one connection. Keeping each value makes percentiles exact, and appending to an
/// array touches less memory per call than a histogram would.
/// </summary>
internal sealed class LatencyLog
{
    private static readonly double TicksPerUnit = System.Diagnostics.Stopwatch.Frequency / 10_000_000.0;

    private uint[] _values = new uint[1024];

    public int Count { get; private set; }

    /// <summary>The values so far, in tenths of a microsecond.</summary>
    public ReadOnlySpan<uint> Values => _values.AsSpan(0, Count);

    /// <summary>Adds one latency, given in ticks of <see cref="System.Diagnostics.Stopwatch"/>.</summary>
    public void Add(long ticks)
    {
        if (Count == _values.Length)
        {
            Array.Resize(ref _values, _values.Length * 2);
        }

        _values[Count++] = (uint)Math.Min(ticks / TicksPerUnit, uint.MaxValue);
    }
}
