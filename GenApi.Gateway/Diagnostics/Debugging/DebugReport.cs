using GenApi.Gateway.Diagnostics.Debugging.Stacks;
using GenApi.Gateway.Diagnostics.Flows;
using GenApi.Gateway.Diagnostics.Tracing;
using GenApi.Gateway.Telemetry;

namespace GenApi.Gateway.Diagnostics.Debugging;

/// <summary>What takes the most on a gateway (the seed's <c>debug_report</c>). Where the seed lists processes, these lists do: .NET has no processes of that kind.</summary>
public sealed record DebugReport
{
    /// <summary>The gateway.</summary>
    public required string Gateway { get; init; }

    /// <summary>When it was made, in Unix milliseconds.</summary>
    public required long TakenAtMs { get; init; }

    /// <summary>The process and its memory.</summary>
    public required RuntimeFigures Runtime { get; init; }

    /// <summary>The hub connections with the most bytes that wait for them, then the most calls under way.</summary>
    public required IReadOnlyList<ConnectionDebug> Connections { get; init; }

    /// <summary>The streams with the most bytes that wait for their client.</summary>
    public required IReadOnlyList<StreamDebug> Streams { get; init; }

    /// <summary>The links with the most bytes that wait to be sent, then the most calls.</summary>
    public required IReadOnlyList<DebugLink> Links { get; init; }

    /// <summary>The functions that calls spent the most time in.</summary>
    public required IReadOnlyList<DebugFunction> Functions { get; init; }

    /// <summary>The worker pools.</summary>
    public required Caches.PoolStatus Pools { get; init; }

    /// <summary>What the gateway keeps in memory, by name (the seed's <c>ets_tables</c>).</summary>
    public required IReadOnlyDictionary<string, DebugTable> Tables { get; init; }

    /// <summary>The traces that run (the seed's <c>trace</c>).</summary>
    public required TraceStatus Trace { get; init; }

    /// <summary>Threads and stacks, as far as the runtime tells them; null: not asked for.</summary>
    public DebugStacks? Stacks { get; init; }
}

/// <summary>A client's connection to the hub.</summary>
/// <param name="Id">Its id.</param>
/// <param name="UserId">Its verified user; null: none.</param>
/// <param name="AgeMs">Milliseconds since it was opened.</param>
/// <param name="Calls">Its calls so far.</param>
/// <param name="InFlight">Those of them that are under way.</param>
/// <param name="Streams">Its streams under way.</param>
/// <param name="BufferedBytes">Bytes that wait for it: chunks of streams, and relayed messages.</param>
public sealed record ConnectionDebug(string Id, string? UserId, long AgeMs, long Calls, long InFlight, int Streams, long BufferedBytes);

/// <summary>A stream under way.</summary>
/// <param name="RequestId">Its request id.</param>
/// <param name="Function">The function.</param>
/// <param name="UserId">The user; null: not verified.</param>
/// <param name="Node">The node; null: none yet.</param>
/// <param name="BufferedBytes">Bytes that wait for the client.</param>
/// <param name="AgeMs">Milliseconds since its call came in.</param>
/// <param name="Chunks">The chunks that went to the client so far.</param>
public sealed record StreamDebug(string RequestId, string Function, string? UserId, string? Node, long BufferedBytes, long AgeMs, long Chunks);

/// <summary>A link to a node.</summary>
/// <param name="Node">The node.</param>
/// <param name="UnsentBytes">Bytes that wait to be sent.</param>
/// <param name="FramesSent">Frames sent since the gateway started.</param>
/// <param name="BytesSent">Their bytes.</param>
/// <param name="FramesReceived">Frames received since the gateway started.</param>
/// <param name="BytesReceived">Their bytes.</param>
public sealed record DebugLink(NodeState Node, int UnsentBytes, long FramesSent, long BytesSent, long FramesReceived, long BytesReceived);

/// <summary>A function.</summary>
/// <param name="Function">The function, as <c>service/request_type@version</c>.</param>
/// <param name="TotalUs">The time of all its calls together, in microseconds.</param>
/// <param name="Calls">Its calls.</param>
public sealed record DebugFunction(string Function, long TotalUs, CallFigures Calls);

/// <summary>Something the gateway keeps in memory.</summary>
/// <param name="Exists">Whether this gateway has it.</param>
/// <param name="Size">How many entries it has.</param>
/// <param name="MemoryBytes">
/// What its content takes, as an estimate: the stored JSON of configs, the buffers of connections, streams and nodes, the counters of rate
/// limits. Null: .NET does not tell, and nothing of it can be counted.
/// </param>
/// <param name="Capacity">How many it may have; null: it is bounded by something else.</param>
/// <param name="Note">What else is worth knowing; null: nothing.</param>
public sealed record DebugTable(bool Exists, long Size, long? MemoryBytes = null, long? Capacity = null, string? Note = null);

/// <summary>The threads of the process, and where they are.</summary>
/// <param name="Note">What to know beside it: why there are no stacks and what helps, or what stacks do not show.</param>
/// <param name="ManagedThreads">How many threads have a stack here; 0: the stacks could not be taken.</param>
/// <param name="Managed">Their stacks, those of the most threads first; null: they could not be taken.</param>
/// <param name="Threads">The system's threads that used the most processor time.</param>
/// <param name="CurrentStacktrace">The stack of the thread that made this report, where the others could not be taken; null: they could.</param>
public sealed record DebugStacks(string Note, int ManagedThreads, IReadOnlyList<ManagedThreads>? Managed, IReadOnlyList<DebugThread> Threads, IReadOnlyList<string>? CurrentStacktrace);

/// <summary>A thread of the system.</summary>
/// <param name="Id">Its id there.</param>
/// <param name="State">What it does: <c>running</c>, <c>wait</c> and so on; null: the system does not say.</param>
/// <param name="CpuTimeMs">Processor time it used, in milliseconds.</param>
public sealed record DebugThread(int Id, string? State, long CpuTimeMs);
