using System.Diagnostics;
using GenApi.Gateway.Calls;
using GenApi.Gateway.Calls.Modes;
using GenApi.Protocol.Calls;
using GenApi.Protocol.Cluster;
using GenApi.Protocol.Configs;

namespace GenApi.Gateway.Telemetry.Events;

/// <summary>
/// The one place where events are raised, with a method for each. Where nobody listens to an event it is never made, and
/// raising it costs a read. What metrics count of the same things is counted here too, so that a station has one line to say.
/// </summary>
internal sealed partial class GatewayEvents(GatewayMeter meter, TimeProvider time, ILogger<GatewayEvents> logger) : IDisposable
{
    private readonly DiagnosticListener _listener = new(EventNames.ListenerName);

    /// <summary>Calls the observer for each event that its filter wants, until the subscription is disposed of.</summary>
    public IDisposable Subscribe(IObserver<KeyValuePair<string, object?>> observer, EventFilter filter) =>
        _listener.Subscribe(new WantedEvents(observer, filter), filter.Wants);

    public void RequestStarted(Call call)
    {
        if (Wanted(EventNames.RequestStart))
        {
            Raise(EventNames.RequestStart, Start(), Request(call));
        }
    }

    /// <summary>A call has its answer. Each call that started ends here once.</summary>
    public void RequestEnded(Call call, CallError? error, long started)
    {
        var failed = error is not null && (error.Code == ErrorCode.FunctionError || error.Code == ErrorCode.Internal);
        if (Wanted(failed ? EventNames.RequestException : EventNames.RequestStop))
        {
            var (requestId, service, requestType, version, userId) = Request(call);
            if (failed)
            {
                Raise(EventNames.RequestException, Since(started), new RequestExceptionMetadata(requestId, service, requestType, version, userId, error!.Code.Name, error.CauseOrMessage));
            }
            else
            {
                var acknowledged = call.Function is { Config.ResponseType: not ResponseType.Sync };
                Raise(EventNames.RequestStop, Since(started), new RequestStopMetadata(requestId, service, requestType, version, userId, error is null, acknowledged, error?.Code.Name));
            }
        }
    }

    /// <param name="call">The call.</param>
    /// <param name="policy">How it is retried.</param>
    /// <param name="attempt">Which retry it is, from 1.</param>
    /// <param name="pause">The time until it.</param>
    public void Retried(Call call, RetryPolicy policy, int attempt, TimeSpan pause)
    {
        if (Wanted(EventNames.Retry))
        {
            Raise(EventNames.Retry, new RetryMeasurements(attempt), Retry(call, policy, Microseconds(pause)));
        }
    }

    public void RetriesExhausted(Call call, RetryPolicy policy)
    {
        if (Wanted(EventNames.RetryExhausted))
        {
            Raise(EventNames.RetryExhausted, new RetriesMeasurements(policy.Attempts), Retry(call, policy, null));
        }
    }

    /// <summary>Whether somebody hears how long checks of limits take.</summary>
    public bool HearsLimitChecks => Wanted(EventNames.LimitCheck);

    /// <summary>The limits of a call or request were checked.</summary>
    /// <param name="userId">Whose it is; null: nobody known.</param>
    /// <param name="result"><c>ok</c>, <c>rate_limited</c> or <c>unavailable</c>.</param>
    /// <param name="started">When the check began, as a timestamp.</param>
    public void LimitsChecked(string? userId, string result, long started)
    {
        if (Wanted(EventNames.LimitCheck))
        {
            Raise(EventNames.LimitCheck, Since(started), new LimitCheckMetadata(result, userId));
        }
    }

    public void LimitExceeded(string? userId, string key, string scope, long maxRequests, long currentRequests, long retryAfterMs)
    {
        if (Wanted(EventNames.LimitExceeded))
        {
            Raise(EventNames.LimitExceeded, new ExceededMeasurements(retryAfterMs), new LimitExceededMetadata(key, scope, maxRequests, currentRequests, userId));
        }
    }

    public void LimitReset(string key, string value, string scope)
    {
        if (Wanted(EventNames.LimitReset))
        {
            Raise(EventNames.LimitReset, One, new LimitKeyMetadata(key, value, scope));
        }
    }

    public void AllLimitsReset(long counters)
    {
        if (Wanted(EventNames.LimitReset))
        {
            Raise(EventNames.LimitReset, new CountMeasurements(counters), new LimitKeyMetadata(null, null, null));
        }
    }

    public void LimitsCleaned(long entries)
    {
        if (Wanted(EventNames.LimitCleanup))
        {
            Raise(EventNames.LimitCleanup, new CleanupMeasurements(entries), NoMetadata.Instance);
        }
    }

    public void HookStarted(HookPhase phase, Call call, HookRef hook)
    {
        if (Wanted(phase.Start))
        {
            Raise(phase.Start, Start(), Hook(call, hook, null, null, null));
        }
    }

    /// <summary>A hook has decided.</summary>
    /// <param name="phase">Before or after.</param>
    /// <param name="call">The call.</param>
    /// <param name="hook">The hook.</param>
    /// <param name="started">When it began, as a timestamp.</param>
    /// <param name="result"><c>continue</c>, <c>changed</c> or <c>rejected</c>.</param>
    /// <param name="reason">Why it refused the call; null: it did not.</param>
    public void HookEnded(HookPhase phase, Call call, HookRef hook, long started, string result, string? reason = null)
    {
        meter.HookRan(phase, result, started);
        if (Wanted(phase.Stop))
        {
            Raise(phase.Stop, Since(started), Hook(call, hook, result, null, reason));
        }
    }

    public void HookFailed(HookPhase phase, Call call, HookRef hook, long started, Exception fault)
    {
        var kind = fault is OperationCanceledException ? "timeout" : "error";
        meter.HookRan(phase, kind, started);
        if (Wanted(phase.Exception))
        {
            Raise(phase.Exception, Since(started), Hook(call, hook, null, kind, fault.Message));
        }
    }

    public void TaskStarted(string pool, Call call, long reserved)
    {
        if (Wanted(EventNames.TaskStart))
        {
            Raise(EventNames.TaskStart, new TaskStartMeasurements(Elapsed(reserved)), PoolTask(pool, call, null, null, null));
        }
    }

    /// <summary>A worker has finished.</summary>
    /// <param name="pool">The pool.</param>
    /// <param name="call">The call.</param>
    /// <param name="started">When it got the worker, as a timestamp.</param>
    /// <param name="error">How the call failed; null: it did not.</param>
    /// <param name="counts">Whether the failure is the pool's.</param>
    public void TaskEnded(string pool, Call call, long started, CallError? error, bool counts)
    {
        var name = counts ? EventNames.TaskException : EventNames.TaskStop;
        if (Wanted(name))
        {
            Raise(name, Since(started), PoolTask(pool, call, error is null, error?.Code.Name, counts ? error?.CauseOrMessage : null));
        }
    }

    /// <summary>A call got no worker.</summary>
    /// <param name="pool">The pool.</param>
    /// <param name="call">The call.</param>
    /// <param name="kind"><c>queue_full</c>, <c>breaker_open</c>, <c>timeout</c> or <c>abandoned</c>.</param>
    /// <param name="reason">What the caller is told.</param>
    public void TaskRejected(WorkerPool pool, Call call, string kind, string reason)
    {
        meter.TaskRejected(pool.Name, kind);
        if (Wanted(EventNames.TaskRejected))
        {
            Raise(EventNames.TaskRejected, new PoolMeasurements(pool.Running, pool.Queued), PoolTask(pool.Name, call, null, kind, reason));
        }
    }

    public void PoolBreakerChanged(WorkerPool pool, BreakerState state)
    {
        var name = state == BreakerState.Open ? EventNames.PoolBreakerOpen : EventNames.PoolBreakerClose;
        if (state != BreakerState.HalfOpen && Wanted(name))
        {
            Raise(name, new PoolMeasurements(pool.Running, pool.Queued), new PoolMetadata(pool.Name));
        }
    }

    public void PullStarted(string service, string? node)
    {
        if (Wanted(EventNames.PullStart))
        {
            Raise(EventNames.PullStart, Start(), new PullMetadata(service, node, null, null));
        }
    }

    /// <summary>A pull has ended.</summary>
    /// <param name="service">The service.</param>
    /// <param name="node">The node that was asked.</param>
    /// <param name="started">When the pull began, as a timestamp.</param>
    /// <param name="result"><c>stored</c>, <c>skipped</c> or <c>error</c>.</param>
    /// <param name="reason">Why it was skipped or failed; null: neither.</param>
    /// <param name="functions">The functions stored.</param>
    /// <param name="rejected">The functions refused.</param>
    public void PullEnded(string service, string? node, long started, string result, string? reason, int functions, int rejected)
    {
        meter.ConfigsCame("pull", result);
        if (Wanted(EventNames.PullStop))
        {
            Raise(EventNames.PullStop, new PullMeasurements(Elapsed(started), functions, rejected), new PullMetadata(service, node, result, reason));
        }
    }

    public void ConfigsPushed(PushConfig push, PushResult result)
    {
        meter.ConfigsCame("push", result.Status);
        if (Wanted(EventNames.ConfigPush))
        {
            Raise(
                EventNames.ConfigPush,
                new PushMeasurements(push.FunConfigs.Count, result.Rejected?.Count ?? 0),
                new PushMetadata(push.Service, push.ConfigVersion, push.Node?.Address, result.Status, result.Reason));
        }
    }

    /// <summary>Functions were stored, by a push, a pull or the gateway itself.</summary>
    public void ConfigsAdded(string service, string configVersion, IReadOnlyList<FunConfig> functions)
    {
        if (functions is [var only])
        {
            if (Wanted(EventNames.ConfigAdd))
            {
                Raise(EventNames.ConfigAdd, One, new ConfigMetadata(service, only.RequestType, only.Version, configVersion));
            }
        }
        else if (Wanted(EventNames.ConfigBatchAdd))
        {
            Raise(EventNames.ConfigBatchAdd, new CountMeasurements(functions.Count), new ConfigMetadata(service, null, null, configVersion));
        }
    }

    public void ConfigDeleted(FunctionKey function) => ConfigChanged(EventNames.ConfigDelete, function);

    public void ConfigSwitched(FunctionKey function, bool disabled) => ConfigChanged(disabled ? EventNames.ConfigDisable : EventNames.ConfigEnable, function);

    /// <param name="service">The service; null: all.</param>
    /// <param name="functions">The functions that are gone.</param>
    public void ConfigsCleared(string? service, int functions)
    {
        if (Wanted(EventNames.ConfigClear))
        {
            Raise(EventNames.ConfigClear, new CountMeasurements(functions), new ConfigMetadata(service, null, null, null));
        }
    }

    public void NodeJoined(string address, string? nodeId) => NodeChanged(EventNames.NodeJoined, address, nodeId);

    public void NodeLeft(string address, string? nodeId) => NodeChanged(EventNames.NodeLeft, address, nodeId);

    public void NodeBreakerChanged(string address, BreakerState state)
    {
        if (state != BreakerState.HalfOpen)
        {
            NodeChanged(state == BreakerState.Open ? EventNames.NodeBreakerOpen : EventNames.NodeBreakerClose, address, null);
        }
    }

    public void LinkUp(string address, string nodeId) => NodeChanged(EventNames.LinkUp, address, nodeId);

    /// <summary>A link that was up has ended.</summary>
    /// <param name="address">The node.</param>
    /// <param name="nodeId">The process that was there.</param>
    /// <param name="up">When it came up, as a timestamp.</param>
    /// <param name="reason">Why it ended; null: in good order.</param>
    public void LinkDown(string address, string nodeId, long up, string? reason)
    {
        if (Wanted(EventNames.LinkDown))
        {
            Raise(EventNames.LinkDown, Since(up), new NodeMetadata(address, nodeId, reason));
        }
    }

    public void StreamStarted(Call call)
    {
        if (Wanted(EventNames.StreamStarted))
        {
            Raise(EventNames.StreamStarted, Start(), Stream(call, null));
        }
    }

    /// <summary>A stream has ended.</summary>
    /// <param name="call">The call.</param>
    /// <param name="started">When it began, as a timestamp.</param>
    /// <param name="chunks">The chunks that went to the client.</param>
    /// <param name="reason"><c>completed</c>, <c>stopped</c>, <c>client_gone</c>, or the code of its failure.</param>
    public void StreamStopped(Call call, long started, long chunks, string reason)
    {
        meter.StreamEnded(reason, started, chunks);
        if (Wanted(EventNames.StreamStopped))
        {
            Raise(EventNames.StreamStopped, new StreamMeasurements(Elapsed(started), chunks), Stream(call, reason));
        }
    }

    public void GroupCreated(string group, string? type, string userId) => GroupChanged(EventNames.GroupCreated, group, type, userId, null);

    public void GroupDeleted(string group, string? type, string userId) => GroupChanged(EventNames.GroupDeleted, group, type, userId, null);

    /// <param name="group">The group.</param>
    /// <param name="type">Its type; null: not known here.</param>
    /// <param name="userId">The member.</param>
    /// <param name="state">Its state now: <c>active</c>, <c>pending</c>, <c>muted</c> or <c>left</c>.</param>
    public void MemberChanged(string group, string? type, string userId, string state) => GroupChanged(EventNames.MemberChanged, group, type, userId, state);

    /// <param name="group">The group.</param>
    /// <param name="type">Its type; null: not known here.</param>
    /// <param name="sender">Who sent the message.</param>
    /// <param name="recipients">The members it goes to.</param>
    /// <param name="started">When it came in, as a timestamp.</param>
    public void MessageRelayed(string group, string? type, string sender, int recipients, long started)
    {
        if (Wanted(EventNames.MessageRelayed))
        {
            Raise(EventNames.MessageRelayed, new RelayMeasurements(Elapsed(started), recipients), new GroupMetadata(group, type, sender, null));
        }
    }

    /// <summary>Messages to a connection of a user were dropped, of whichever groups.</summary>
    public void MessagesDropped(string userId, long count)
    {
        if (Wanted(EventNames.MessageDropped))
        {
            Raise(EventNames.MessageDropped, new CountMeasurements(count), new GroupMetadata(null, null, userId, null));
        }
    }

    public void Dispose() => _listener.Dispose();

    private static CountMeasurements One { get; } = new(1);

    private bool Wanted(string name) => _listener.IsEnabled() && _listener.IsEnabled(name);

    private void Raise<TMeasurements, TMetadata>(string name, TMeasurements measurements, TMetadata metadata)
        where TMeasurements : class
        where TMetadata : class
    {
        try
        {
            _listener.Write(name, new GatewayEvent<TMeasurements, TMetadata>(name, time.GetUtcNow(), measurements, metadata));
        }
        catch (Exception fault)
        {
            // A listener that throws is no reason to fail the call it was told about.
            Log.ListenerFailed(logger, fault, name);
        }
    }

    private StartMeasurements Start() => new((time.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond);

    private DurationMeasurements Since(long started) => new(Elapsed(started));

    private long Elapsed(long started) => Microseconds(time.GetElapsedTime(started));

    private static long Microseconds(TimeSpan time) => time.Ticks / TimeSpan.TicksPerMicrosecond;

    private static RequestMetadata Request(Call call) => new(
        call.Request.RequestId,
        call.Request.Service,
        call.Request.RequestType,
        call.Function is null ? call.Request.Version : call.Function.Config.Version,
        call.UserId);

    private static RetryMetadata Retry(Call call, RetryPolicy policy, long? delay)
    {
        var (requestId, service, requestType, version, userId) = Request(call);
        return new(requestId, service, requestType, version, userId, policy.ModeName, delay);
    }

    private static HookMetadata Hook(Call call, HookRef hook, string? result, string? kind, string? reason)
    {
        var (requestId, service, requestType, version, userId) = Request(call);
        var name = hook switch
        {
            HookRef.Gateway gateway => $"gateway:{gateway.Name}",
            HookRef.Function function => $"function:{function.Name}",
            _ => "",
        };
        return new(requestId, service, requestType, version, userId, name, result, kind, reason);
    }

    private static TaskMetadata PoolTask(string pool, Call call, bool? success, string? kind, string? reason)
    {
        var (requestId, service, requestType, version, userId) = Request(call);
        return new(requestId, service, requestType, version, userId, pool, success, kind, reason);
    }

    private static StreamMetadata Stream(Call call, string? reason)
    {
        var (requestId, service, requestType, version, userId) = Request(call);
        return new(requestId, service, requestType, version, userId, call.Target?.Address, reason);
    }

    private void ConfigChanged(string name, FunctionKey function)
    {
        if (Wanted(name))
        {
            Raise(name, One, new ConfigMetadata(function.Service, function.RequestType, function.Version, null));
        }
    }

    private void NodeChanged(string name, string address, string? nodeId)
    {
        if (Wanted(name))
        {
            Raise(name, One, new NodeMetadata(address, nodeId, null));
        }
    }

    private void GroupChanged(string name, string group, string? type, string userId, string? state)
    {
        if (Wanted(name))
        {
            Raise(name, One, new GroupMetadata(group, type, userId, state));
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "A listener to the event {Event} threw; the gateway goes on.")]
        public static partial void ListenerFailed(ILogger logger, Exception fault, string @event);
    }
}
