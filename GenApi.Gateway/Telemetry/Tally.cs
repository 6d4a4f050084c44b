using System.Numerics;

namespace GenApi.Gateway.Telemetry;

/// <summary>Counts something that happens all the time, on cells that each processor has for itself.</summary>
internal sealed class Tally
{
    /// <summary>A line of the processors' caches.</summary>
    private const int Stride = 8;

    private const int MaxStripes = 8;

    private static readonly int Stripes = (int)BitOperations.RoundUpToPowerOf2((uint)Math.Min(Environment.ProcessorCount, MaxStripes));

    private readonly long[] _cells = new long[Stripes * Stride];

    public void Increment() => Interlocked.Increment(ref _cells[(Thread.GetCurrentProcessorId() & (Stripes - 1)) * Stride]);

    public long Read()
    {
        var sum = 0L;
        for (var cell = 0; cell < _cells.Length; cell += Stride)
        {
            sum += Volatile.Read(ref _cells[cell]);
        }

        return sum;
    }
}
