namespace GenApi.Gateway.Diagnostics.Debugging.Stacks;

/// <summary>The stacks of all managed threads at one moment.</summary>
/// <param name="Threads">How many threads there are.</param>
/// <param name="Stacks">Their stacks, those of the most threads first; null: they cannot be had.</param>
/// <param name="Fault">Why they cannot be had, and what helps; null: they can.</param>
internal sealed record StackSample(int Threads, IReadOnlyList<ManagedThreads>? Stacks, string? Fault)
{
    public static StackSample Failed(string fault) => new(0, null, fault);
}

/// <summary>Managed threads that are at the same place.</summary>
/// <param name="Count">How many threads.</param>
/// <param name="Threads">The system's ids of some of them.</param>
/// <param name="State"><c>managed</c>: they run .NET code; <c>external</c>: they are in the system's code, which nearly always means that they wait.</param>
/// <param name="Frames">Where they are, the innermost method first.</param>
/// <param name="MoreFrames">Whether outer frames are left out.</param>
public sealed record ManagedThreads(int Count, IReadOnlyList<int> Threads, string State, IReadOnlyList<string> Frames, bool MoreFrames);
