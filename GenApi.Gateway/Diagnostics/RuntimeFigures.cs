namespace GenApi.Gateway.Diagnostics;

/// <summary>The process and its runtime (the seed's VM).</summary>
public sealed record RuntimeFigures
{
    /// <summary>Its memory.</summary>
    public required MemoryFigures Memory { get; init; }

    /// <summary>Its garbage collections.</summary>
    public required GcFigures Gc { get; init; }

    /// <summary>The threads that run its work (the seed's schedulers).</summary>
    public required ThreadPoolFigures ThreadPool { get; init; }

    /// <summary>The processors it may use.</summary>
    public required int Processors { get; init; }

    /// <summary>Milliseconds since the process started.</summary>
    public required long UptimeMs { get; init; }

    /// <summary>Reads them now. Cheap enough for every health probe.</summary>
    /// <param name="time">The clock.</param>
    internal static RuntimeFigures Read(TimeProvider time)
    {
        var gc = GC.GetGCMemoryInfo();
        return new RuntimeFigures
        {
            Memory = new MemoryFigures(
                Environment.WorkingSet,
                GC.GetTotalMemory(forceFullCollection: false),
                gc.TotalCommittedBytes,
                gc.FragmentedBytes,
                gc.TotalAvailableMemoryBytes,
                GC.GetTotalAllocatedBytes()),
            Gc = new GcFigures(
                [.. Enumerable.Range(0, GC.MaxGeneration + 1).Select(GC.CollectionCount)],
                (long)GC.GetTotalPauseDuration().TotalMilliseconds,
                gc.PauseTimePercentage),
            ThreadPool = ThreadPoolFigures.Read(),
            Processors = Environment.ProcessorCount,
            UptimeMs = (long)(time.GetUtcNow() - StartTime).TotalMilliseconds is var up and > 0 ? up : 0,
        };
    }

    /// <summary>When the process started.</summary>
    internal static DateTimeOffset StartTime { get; } = ReadStartTime();

    private static DateTimeOffset ReadStartTime()
    {
        using var process = System.Diagnostics.Process.GetCurrentProcess();
        return process.StartTime;
    }
}

/// <summary>Memory, in bytes.</summary>
/// <param name="TotalBytes">What the process has in RAM. The figure that a memory limit is held against.</param>
/// <param name="ManagedBytes">What objects take, with those that nobody needs any more and that are not collected yet.</param>
/// <param name="CommittedBytes">What the garbage collector has taken from the system, at its last collection.</param>
/// <param name="FragmentedBytes">Holes between objects, at the last collection.</param>
/// <param name="AvailableBytes">What the process may take in all, by the limit of its container or the machine's size.</param>
/// <param name="AllocatedBytes">What was allocated since the start.</param>
public sealed record MemoryFigures(long TotalBytes, long ManagedBytes, long CommittedBytes, long FragmentedBytes, long AvailableBytes, long AllocatedBytes);

/// <summary>Garbage collections since the start.</summary>
/// <param name="Collections">How many, by generation, the youngest first; those of an older generation are counted in the younger ones too.</param>
/// <param name="PauseMs">How long they stopped the process, in milliseconds.</param>
/// <param name="PausePercent">Their share of the time.</param>
public sealed record GcFigures(IReadOnlyList<int> Collections, long PauseMs, double PausePercent);

/// <summary>The threads that run the gateway's work.</summary>
/// <param name="Threads">How many there are now.</param>
/// <param name="MaxThreads">How many there may be.</param>
/// <param name="BusyThreads">How many of them have work.</param>
/// <param name="PendingItems">Pieces of work that wait for a thread.</param>
/// <param name="CompletedItems">Pieces of work done since the start (the seed's reductions).</param>
public sealed record ThreadPoolFigures(int Threads, int MaxThreads, int BusyThreads, long PendingItems, long CompletedItems)
{
    internal static ThreadPoolFigures Read()
    {
        ThreadPool.GetMaxThreads(out var max, out _);
        ThreadPool.GetAvailableThreads(out var available, out _);
        return new(ThreadPool.ThreadCount, max, max - available, ThreadPool.PendingWorkItemCount, ThreadPool.CompletedWorkItemCount);
    }
}
