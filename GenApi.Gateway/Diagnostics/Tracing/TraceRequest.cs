namespace GenApi.Gateway.Diagnostics.Tracing;

/// <summary>What to trace: functions, or connections, and never both at once.</summary>
public sealed record TraceRequest
{
    /// <summary><c>functions</c> (the seed's <c>trace_functions</c>) or <c>connections</c> (its <c>trace_processes</c>).</summary>
    public string? Target { get; init; }

    /// <summary>Of functions: the services, with <c>*</c> for any letters. Null: all.</summary>
    public string? Service { get; init; }

    /// <summary>Of functions: the functions, with <c>*</c> for any letters. Null: all.</summary>
    public string? RequestType { get; init; }

    /// <summary>Of functions: the versions, with <c>*</c> for any letters; <c>-</c>: the unversioned ones. Null: all.</summary>
    public string? Version { get; init; }

    /// <summary>Of connections: <c>all</c>, those <c>existing</c> now, or <c>new</c> ones. Null: all.</summary>
    public string? Connections { get; init; }

    /// <summary>Of connections: this user's only. Null: everybody's.</summary>
    public string? UserId { get; init; }

    /// <summary>Of connections: this one only, by its id. Null: any.</summary>
    public string? ConnectionId { get; init; }

    /// <summary>
    /// What is shown: names of <see cref="TraceDetails"/>. Null or empty: <c>call</c>, <c>return_trace</c> and <c>timestamp</c>, and for connections
    /// <c>procs</c> too.
    /// </summary>
    public IReadOnlyList<string>? Flags { get; init; }

    /// <summary>After how many milliseconds the trace ends by itself, 1 to 3600000. Null: the gateway's setting, which is 60000 by default.</summary>
    public long? DurationMs { get; init; }
}

/// <summary>One trace.</summary>
public sealed record TraceInfo
{
    /// <summary>Its id on this gateway.</summary>
    public required string Id { get; init; }

    /// <summary>What is traced, as asked for.</summary>
    public required TraceRequest Traced { get; init; }

    /// <summary>What is shown.</summary>
    public required IReadOnlyList<string> Flags { get; init; }

    /// <summary>When it began.</summary>
    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>When it ends by itself, or has ended.</summary>
    public required DateTimeOffset EndsAt { get; init; }

    /// <summary>Why it has ended: <c>stopped</c> or <c>expired</c>; null: it runs.</summary>
    public string? Ended { get; init; }

    /// <summary>The events so far, by type; those dropped too.</summary>
    public required IReadOnlyDictionary<string, long> Counts { get; init; }

    /// <summary>The events that wait to be read.</summary>
    public required int Buffered { get; init; }

    /// <summary>The events that found no room in the buffer.</summary>
    public required long Dropped { get; init; }

    /// <summary>Whether somebody reads them now.</summary>
    public required bool Followed { get; init; }
}

/// <summary>All traces of this gateway (the seed's <c>trace_status</c>).</summary>
/// <param name="Gateway">The gateway's id.</param>
/// <param name="Enabled">Whether calls can be traced at all.</param>
/// <param name="Active">The traces that run.</param>
/// <param name="MaxTraces">The most that may run at once.</param>
/// <param name="Traces">Those that run, and those that have ended lately and may still be read.</param>
public sealed record TraceStatus(string Gateway, bool Enabled, int Active, int MaxTraces, IReadOnlyList<TraceInfo> Traces);
