namespace GenApi.Gateway.Diagnostics.Tracing;

/// <summary>What a trace shows. Names in JSON and on the command line are the seed's.</summary>
[Flags]
public enum TraceDetails
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary><c>call</c>: a call comes in, with its arguments.</summary>
    Call = 1,

    /// <summary><c>return_to</c>: an answer leaves, and to whom.</summary>
    ReturnTo = 2,

    /// <summary><c>return_trace</c>: what a function returned, or how the call failed, and how long it took; for a stream, each chunk.</summary>
    ReturnTrace = 4,

    /// <summary><c>procs</c>: connections, streams and workers start and end.</summary>
    Procs = 8,

    /// <summary><c>ports</c>: the frames of a call on the link to its node.</summary>
    Ports = 16,

    /// <summary><c>timestamp</c>: each event has the time of day.</summary>
    Timestamp = 32,

    /// <summary><c>cpu_timestamp</c>: each event has the processor time that the gateway has used so far.</summary>
    CpuTimestamp = 64,

    /// <summary><c>arity</c>: names and sizes of arguments and results in place of their values.</summary>
    Arity = 128,

    /// <summary><c>silent</c>: nothing is shown; what would have been is counted, in the trace's status.</summary>
    Silent = 256,
}

/// <summary>The flags by their names.</summary>
internal static class TraceFlagNames
{
    private static readonly (TraceDetails Flag, string Name)[] Names =
    [
        (TraceDetails.Call, "call"),
        (TraceDetails.ReturnTo, "return_to"),
        (TraceDetails.ReturnTrace, "return_trace"),
        (TraceDetails.Procs, "procs"),
        (TraceDetails.Ports, "ports"),
        (TraceDetails.Timestamp, "timestamp"),
        (TraceDetails.CpuTimestamp, "cpu_timestamp"),
        (TraceDetails.Arity, "arity"),
        (TraceDetails.Silent, "silent"),
    ];

    /// <summary>What there is to show; the others say how.</summary>
    public const TraceDetails Shown = TraceDetails.Call | TraceDetails.ReturnTo | TraceDetails.ReturnTrace | TraceDetails.Procs | TraceDetails.Ports;

    public static IEnumerable<string> All => Names.Select(known => known.Name);

    public static IReadOnlyList<string> Of(TraceDetails flags) => [.. Names.Where(known => flags.HasFlag(known.Flag)).Select(known => known.Name)];

    /// <summary>Null: one of the names is none.</summary>
    public static TraceDetails? Read(IEnumerable<string> names, out string? unknown)
    {
        unknown = null;
        var flags = TraceDetails.None;
        foreach (var name in names)
        {
            var found = Array.Find(Names, known => known.Name == name);
            if (found.Name is null)
            {
                unknown = name;
                return null;
            }

            flags |= found.Flag;
        }

        return flags;
    }
}
