using System.Runtime.CompilerServices;
using GenApi.Gateway.Calls;
using GenApi.Gateway.Calls.Modes;
using GenApi.Gateway.Configs;
using GenApi.Gateway.Gateways;
using Microsoft.Extensions.Options;

namespace GenApi.Gateway.Diagnostics.Tracing;

/// <summary>The traces of this gateway. While there is none, a call costs one read of a field.</summary>
internal sealed partial class CallTracing(
    ConfigCatalog catalog, StreamRegistry streams, GatewayIdentity identity, IOptions<GenApiGatewayOptions> options, TimeProvider time, ILogger<CallTracing> logger)
    : IGatewayTracing, IDisposable
{
    /// <summary>How long what an ended trace saw can still be read.</summary>
    private static readonly TimeSpan Linger = TimeSpan.FromMinutes(1);

    private readonly TracingOptions _options = options.Value.Tracing;
    private readonly ValueView _view = new(options.Value.Tracing);
    private readonly Lock _gate = new();
    private readonly List<TraceSession> _sessions = [];
    private volatile TraceSession[]? _active;
    private int _lastId;

    /// <summary>A call has come in.</summary>
    public void Begin(Call call)
    {
        if (_active is { } active)
        {
            Begin(call, active);
        }
    }

    public void Connected(ClientConnection connection) => Tell(connection, "start");

    public void Disconnected(ClientConnection connection) => Tell(connection, "end");

    public TraceInfo Start(TraceRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        var target = TraceTarget.Read(request, time.GetTimestamp(), out var fault);
        var names = request.Flags is { Count: > 0 } asked ? asked : DefaultFlags(request.Target);
        var flags = TraceFlagNames.Read(names, out var unknown);
        var duration = request.DurationMs is { } milliseconds ? TimeSpan.FromMilliseconds(Math.Clamp(milliseconds, 0, int.MaxValue)) : Shorter(_options.DefaultDuration, _options.MaxDuration);
        fault ??= flags is { } some && (some & TraceFlagNames.Shown) == 0
            ? $"flags has {string.Join(", ", TraceFlagNames.Of(some))}, which only says how things are shown, and nothing to show: add one or more of {string.Join(", ", TraceFlagNames.Of(TraceFlagNames.Shown))}."
            : flags is null ? $"flags has '{unknown}'; the flags are {string.Join(", ", TraceFlagNames.All)}."
            : duration < TimeSpan.FromMilliseconds(1) || duration > _options.MaxDuration ? $"duration_ms must be from 1 to {(long)_options.MaxDuration.TotalMilliseconds}, or be left out."
            : null;
        if (fault is not null)
        {
            throw new ArgumentException(fault);
        }

        if (!_options.Enabled)
        {
            throw new InvalidOperationException("Tracing is switched off by GenApi:Tracing:Enabled.");
        }

        lock (_gate)
        {
            if (_sessions.Count(session => session.Ended is null) >= _options.MaxTraces)
            {
                throw new InvalidOperationException($"{_options.MaxTraces} traces run already, the most that GenApi:Tracing:MaxTraces allows; stop one first.");
            }

            // Traces that have ended hold memory too.
            if (_sessions.Count >= 2 * _options.MaxTraces)
            {
                Forget(_sessions.First(session => session.Ended is not null));
            }

            var now = time.GetUtcNow();
            var session = new TraceSession($"t{++_lastId}", request, target!, flags!.Value, now, now + duration, _options.Buffer, time);
            _sessions.Add(session);
            session.Timer = time.CreateTimer(_ => End(session, "expired"), null, duration, Timeout.InfiniteTimeSpan);
            Publish();
            JoinStreams(session);
            Log.Started(logger, session.Id, request.Target, string.Join(",", TraceFlagNames.Of(flags.Value)), duration.TotalSeconds);
            return session.ToInfo();
        }
    }

    public TraceInfo? Stop(string id)
    {
        if (Find(id) is not { } session)
        {
            return null;
        }

        End(session, "stopped");
        return session.ToInfo();
    }

    public IReadOnlyList<TraceInfo> StopAll()
    {
        TraceSession[] running;
        lock (_gate)
        {
            running = [.. _sessions.Where(session => session.Ended is null)];
        }

        return [.. running.Select(session => Stop(session.Id)).OfType<TraceInfo>()];
    }

    public TraceStatus Status()
    {
        lock (_gate)
        {
            return new TraceStatus(
                identity.Id,
                _options.Enabled,
                _sessions.Count(session => session.Ended is null),
                _options.MaxTraces,
                [.. _sessions.Select(session => session.ToInfo())]);
        }
    }

    public IAsyncEnumerable<TraceEvent> ReadAsync(string id, CancellationToken cancellationToken = default) =>
        ReadAsync(Find(id) ?? throw new KeyNotFoundException($"There is no trace '{id}'."), cancellationToken);

    public void Dispose()
    {
        lock (_gate)
        {
            _sessions.ForEach(session => session.Dispose());
        }
    }

    private static IReadOnlyList<string> DefaultFlags(string? target) => target == TraceTarget.Connections
        ? ["call", "return_trace", "procs", "timestamp"]
        : ["call", "return_trace", "timestamp"];

    private static TimeSpan Shorter(TimeSpan one, TimeSpan other) => one < other ? one : other;

    private async IAsyncEnumerable<TraceEvent> ReadAsync(TraceSession session, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        try
        {
            await foreach (var seen in session.ReadAsync(cancellationToken).ConfigureAwait(false))
            {
                yield return seen;
            }
        }
        finally
        {
            // One that has ended and was read to its end is forgotten.
            if (session.IsOver)
            {
                Forget(session);
            }
        }
    }

    private TraceSession? Find(string id)
    {
        lock (_gate)
        {
            return _sessions.Find(session => session.Id == id);
        }
    }

    private void Begin(Call call, TraceSession[] active)
    {
        var request = call.Request;
        var function = catalog.Current.Find(request.Service, request.RequestType, request.Version, out _);
        var version = function is null ? request.Version : function.Config.Version;
        List<TraceSession>? about = null;
        foreach (var session in active)
        {
            if (session.Target.Has(call, version))
            {
                (about ??= []).Add(session);
            }
        }

        if (about is not null)
        {
            call.Trace = new TracedCall(call, version, about, _view, time, logger);
            call.Trace.Called();
        }
    }

    /// <summary>Streams may run for hours, so a trace is about those too that are under way when it begins. Their calls pay nothing for it.</summary>
    private void JoinStreams(TraceSession session)
    {
        foreach (var call in streams.All.Select(stream => stream.Call))
        {
            try
            {
                Join(session, call);
            }
            catch (Exception fault)
            {
                // A stream by HTTP that ends just now has no connection any more, and nothing to tell of.
                Log.NotJoined(logger, fault, session.Id, call.Request.RequestId);
            }
        }
    }

    private void Join(TraceSession session, Call call)
    {
        var version = call.Function.Config.Version;
        if (!session.Target.HadAlready(call, version))
        {
            return;
        }

        call.Trace = call.Trace?.With(session) ?? new TracedCall(call, version, [session], _view, time, logger);

        // One that still waits for its worker will say itself that it starts.
        if (call.Stream is not null)
        {
            call.Trace.StreamIsThere(session);
        }
    }

    private void Tell(ClientConnection connection, string action)
    {
        foreach (var session in _active ?? [])
        {
            if (session.Target.Has(connection) && session.Wants(TraceDetails.Procs))
            {
                session.Add(new TraceEvent
                {
                    Type = "procs",
                    TraceId = session.Id,
                    Process = "connection",
                    Action = action,
                    Door = "hub",
                    ConnectionId = connection.Id,
                    UserId = connection.UserId,
                    DurationUs = action == "end" ? time.GetElapsedTime(connection.Since).Ticks / TimeSpan.TicksPerMicrosecond : null,
                });
            }
        }
    }

    private void End(TraceSession session, string reason)
    {
        lock (_gate)
        {
            if (session.Ended is not null)
            {
                return;
            }

            session.End(reason);
            Publish();
            session.Timer?.Dispose();
            session.Timer = time.CreateTimer(_ => Forget(session), null, Linger, Timeout.InfiniteTimeSpan);
        }

        Log.Ended(logger, session.Id, reason, session.Dropped);
    }

    private void Forget(TraceSession session)
    {
        lock (_gate)
        {
            _sessions.Remove(session);
            session.Dispose();
        }
    }

    private void Publish() => _active = _sessions.Where(session => session.Ended is null).ToArray() is { Length: > 0 } active ? active : null;

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "Trace {Id} of {Target} has started, with {Flags}, for {Seconds} s at the longest.")]
        public static partial void Started(ILogger logger, string id, string? target, string flags, double seconds);

        [LoggerMessage(2, LogLevel.Information, "Trace {Id} has {Reason}; {Dropped} events found no room.")]
        public static partial void Ended(ILogger logger, string id, string reason, long dropped);

        [LoggerMessage(3, LogLevel.Debug, "Trace {Id} shows nothing of the stream {RequestId}, which ended as the trace began.")]
        public static partial void NotJoined(ILogger logger, Exception fault, string id, string requestId);
    }
}
