using GenApi.Gateway.Calls;
using GenApi.Gateway.Nodes.Links;
using GenApi.Protocol.Calls;
using GenApi.Protocol.Json;
using GenApi.Protocol.Link;

namespace GenApi.Gateway.Diagnostics.Tracing;

/// <summary>A call that at least one trace is about. The others have none of these, which is what makes tracing cost nothing for them.</summary>
internal sealed partial class TracedCall(Call call, string? version, IReadOnlyList<TraceSession> sessions, ValueView view, TimeProvider time, ILogger logger) : IFrameObserver
{
    // Asked for at once: an HTTP connection knows nothing of itself once its request has been answered, and a call may go on.
    private readonly string _door = call.Connection is not null ? "hub" : call.Http is not null ? "http" : "local";
    private readonly string? _connectionId = call.Connection?.Id ?? call.Http?.Id;

    // What a trace joins in the middle has been running since its worker began.
    private long _streamStarted = call.PoolTimestamp;
    private long _workerStarted = call.PoolTimestamp;

    /// <summary>The same call with one more trace; this one where the trace knows of it already.</summary>
    public TracedCall With(TraceSession session) =>
        sessions.Contains(session) ? this : new(call, version, [.. sessions, session], view, time, logger) { _streamStarted = _streamStarted, _workerStarted = _workerStarted };

    public void Called() => Tell(TraceDetails.Call, (seen, names) =>
    {
        seen = seen with { Type = "call", UserId = call.UserId, Door = _door, ConnectionId = _connectionId };
        if (!names && view.Show(call.Request.Args) is { } shown)
        {
            return seen with { Args = shown };
        }

        var sizes = view.Sizes(call.Request.Args, out var whole);
        return seen with { Arity = whole ? sizes?.Count : null, ArgBytes = sizes };
    });

    /// <summary>A stream has come one chunk further.</summary>
    public void Chunk(RawJson chunk, bool hasMore)
    {
        long? duration = hasMore ? null : Elapsed(call.Started.Timestamp);
        Tell(TraceDetails.ReturnTrace, (seen, names) =>
            WithResult(seen with { Type = "return_trace", Success = true, HasMore = hasMore, DurationUs = duration, Node = call.Target?.Address }, chunk, names));
    }

    /// <summary>The call has its answer, or the last part of it.</summary>
    public void Ended(CallError? error)
    {
        if (error is not null || call.Stream is null)
        {
            var duration = Elapsed(call.Started.Timestamp);
            Tell(TraceDetails.ReturnTrace, (seen, names) =>
            {
                seen = seen with { Type = "return_trace", Success = error is null, DurationUs = duration, Node = call.Target?.Address };
                return error is null ? WithResult(seen, call.Result, names) : WithError(seen, error, names);
            });
        }

        Tell(TraceDetails.ReturnTo, (seen, _) => seen with
        {
            Type = "return_to",
            Success = error is null,
            UserId = call.UserId,
            Door = _door,
            ConnectionId = _connectionId,
        });
    }

    public void StreamStarted()
    {
        _streamStarted = time.GetTimestamp();
        Tell(TraceDetails.Procs, static (seen, _) => seen with { Type = "procs", Process = "stream", Action = "start" });
    }

    /// <summary>A trace has begun while the stream was under way.</summary>
    public void StreamIsThere(TraceSession session) => Tell(
        session,
        TraceDetails.Procs,
        (seen, _) => seen with { Type = "procs", Process = "stream", Action = "running", UserId = call.UserId, Door = _door, ConnectionId = _connectionId, DurationUs = Elapsed(_streamStarted), Node = call.Target?.Address });

    public void StreamEnded()
    {
        var duration = Elapsed(_streamStarted);
        Tell(TraceDetails.Procs, (seen, _) => seen with { Type = "procs", Process = "stream", Action = "end", DurationUs = duration });
    }

    public void WorkerStarted(string pool)
    {
        _workerStarted = time.GetTimestamp();
        Tell(TraceDetails.Procs, (seen, _) => seen with { Type = "procs", Process = "worker", Action = "start", Pool = pool });
    }

    public void WorkerEnded(string pool)
    {
        var duration = Elapsed(_workerStarted);
        Tell(TraceDetails.Procs, (seen, _) => seen with { Type = "procs", Process = "worker", Action = "end", Pool = pool, DurationUs = duration });
    }

    public void Sent(FrameType type, int bytes) => Frame(type, bytes, "sent");

    public void Received(FrameType type, int bytes) => Frame(type, bytes, "received");

    private void Frame(FrameType type, int bytes, string direction) =>
        Tell(TraceDetails.Ports, (seen, _) => seen with { Type = "ports", Frame = NameOf(type), Direction = direction, Bytes = bytes, Node = call.Target?.Address });

    private TraceEvent WithResult(TraceEvent seen, RawJson result, bool names)
    {
        if (!names && view.IsSecret(call.Request.RequestType))
        {
            return seen with { Result = RawJson.FromString($"\"{ValueView.Redacted}\"") };
        }

        return !names && view.Show(result) is { } shown ? seen with { Result = shown } : seen with { ResultBytes = result.Utf8.Length };
    }

    /// <summary>Words of functions and details may hold values.</summary>
    private TraceEvent WithError(TraceEvent seen, CallError error, bool names)
    {
        seen = seen with { Code = error.Code.Name, Error = names ? error.Message : view.Cut(error.CauseOrMessage) };
        return names || error.Details.IsEmpty || view.Show(error.Details) is not { } details ? seen : seen with { Details = details };
    }

    /// <summary>Never throws: whatever goes wrong with a trace, the call goes on.</summary>
    private void Tell(TraceDetails kind, Func<TraceEvent, bool, TraceEvent> describe)
    {
        foreach (var session in sessions)
        {
            Tell(session, kind, describe);
        }
    }

    private void Tell(TraceSession session, TraceDetails kind, Func<TraceEvent, bool, TraceEvent> describe)
    {
        try
        {
            if (session.Wants(kind))
            {
                var seen = new TraceEvent
                {
                    Type = "",
                    TraceId = session.Id,
                    RequestId = call.Request.RequestId,
                    Service = call.Request.Service,
                    RequestType = call.Request.RequestType,
                    Version = version,
                };
                session.Add(describe(seen, session.ShowsNamesOnly));
            }
        }
        catch (Exception fault)
        {
            Log.NotTold(logger, fault, call.Request.RequestId);
        }
    }

    private long Elapsed(long since) => time.GetElapsedTime(since).Ticks / TimeSpan.TicksPerMicrosecond;

    private static string NameOf(FrameType type) => type.ToString().ToUpperInvariant();

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "What a trace wanted to know of request {RequestId} could not be told.")]
        public static partial void NotTold(ILogger logger, Exception fault, string requestId);
    }
}
