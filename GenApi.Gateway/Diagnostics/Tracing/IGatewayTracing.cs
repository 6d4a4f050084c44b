namespace GenApi.Gateway.Diagnostics.Tracing;

/// <summary>
/// Shows calls, connections and link frames as they happen, for a while, on this gateway (the seed's tracing). The admin API asks for
/// the actions <c>enable_tracing</c> and <c>disable_tracing</c> before it comes here; code of the gateway's own process is trusted.
/// </summary>
public interface IGatewayTracing
{
    /// <summary>Traces functions, or connections, until the time is up or the trace is stopped (the seed's <c>trace_functions</c> and <c>trace_processes</c>).</summary>
    /// <exception cref="ArgumentException">The request makes no sense; the message names the member and the fix.</exception>
    /// <exception cref="InvalidOperationException">Too many traces run already, or tracing is switched off.</exception>
    TraceInfo Start(TraceRequest request);

    /// <summary>Ends a trace. What it saw can still be read for a minute (the seed's <c>stop_trace</c> and <c>stop_trace_functions</c>).</summary>
    /// <returns>The trace as it is now; null: there is none of that id.</returns>
    TraceInfo? Stop(string id);

    /// <summary>Ends all traces.</summary>
    /// <returns>Those that ran.</returns>
    IReadOnlyList<TraceInfo> StopAll();

    /// <summary>All traces.</summary>
    TraceStatus Status();

    /// <summary>
    /// What a trace sees, as it happens, until it ends, which it says last; what happened before waits in its buffer. One reader at a
    /// time.
    /// </summary>
    /// <exception cref="KeyNotFoundException">There is no trace of that id.</exception>
    /// <exception cref="InvalidOperationException">At the first step: somebody reads it already.</exception>
    IAsyncEnumerable<TraceEvent> ReadAsync(string id, CancellationToken cancellationToken = default);
}
