namespace GenApi.Gateway.Telemetry.Events;

/// <summary>
/// The names of all events (the seed's telemetry events, with <c>genapi.</c> in place of <c>[:phoenix_gen_api, …]</c>, and
/// those of nodes, links, streams and relay groups, which are ours). Each is the name that the diagnostic listener
/// <see cref="ListenerName"/> carries it by.
/// </summary>
public static class EventNames
{
    /// <summary>The diagnostic listener that carries the events.</summary>
    public const string ListenerName = "GenApi";

    /// <summary>What all names start with.</summary>
    public const string Prefix = "genapi.";

    /// <summary>A call has come in.</summary>
    public const string RequestStart = "genapi.executor.request.start";

    /// <summary>A call has been answered, also with a refusal.</summary>
    public const string RequestStop = "genapi.executor.request.stop";

    /// <summary>A call has ended because its function or the gateway failed; in place of <see cref="RequestStop"/>.</summary>
    public const string RequestException = "genapi.executor.request.exception";

    /// <summary>A call is about to be tried again.</summary>
    public const string Retry = "genapi.executor.retry";

    /// <summary>A call has failed although all its retries were used.</summary>
    public const string RetryExhausted = "genapi.executor.retry.exhausted";

    /// <summary>The rate limits of a call were checked.</summary>
    public const string LimitCheck = "genapi.rate_limiter.check";

    /// <summary>A call was refused by a rate limit.</summary>
    public const string LimitExceeded = "genapi.rate_limiter.exceeded";

    /// <summary>The counter of a rate limit was reset, or all counters were.</summary>
    public const string LimitReset = "genapi.rate_limiter.reset";

    /// <summary>Counters of rate limits that nobody uses any more were removed.</summary>
    public const string LimitCleanup = "genapi.rate_limiter.cleanup";

    /// <summary>A before hook starts.</summary>
    public const string BeforeHookStart = "genapi.hook.before.start";

    /// <summary>A before hook has decided.</summary>
    public const string BeforeHookStop = "genapi.hook.before.stop";

    /// <summary>A before hook failed or took too long.</summary>
    public const string BeforeHookException = "genapi.hook.before.exception";

    /// <summary>An after hook starts.</summary>
    public const string AfterHookStart = "genapi.hook.after.start";

    /// <summary>An after hook has looked at the answer.</summary>
    public const string AfterHookStop = "genapi.hook.after.stop";

    /// <summary>An after hook failed or took too long.</summary>
    public const string AfterHookException = "genapi.hook.after.exception";

    /// <summary>A call or stream has got a worker.</summary>
    public const string TaskStart = "genapi.worker_pool.task.start";

    /// <summary>A worker has finished its call or stream.</summary>
    public const string TaskStop = "genapi.worker_pool.task.stop";

    /// <summary>A worker's call or stream was lost, timed out or broke the gateway; in place of <see cref="TaskStop"/>.</summary>
    public const string TaskException = "genapi.worker_pool.task.exception";

    /// <summary>A call or stream got no worker.</summary>
    public const string TaskRejected = "genapi.worker_pool.task.rejected";

    /// <summary>The breaker of a pool has opened.</summary>
    public const string PoolBreakerOpen = "genapi.worker_pool.circuit_breaker.open";

    /// <summary>The breaker of a pool has closed again.</summary>
    public const string PoolBreakerClose = "genapi.worker_pool.circuit_breaker.close";

    /// <summary>The configs of a service are about to be pulled.</summary>
    public const string PullStart = "genapi.config.pull.start";

    /// <summary>A pull has ended, well or not.</summary>
    public const string PullStop = "genapi.config.pull.stop";

    /// <summary>A node has pushed its configs.</summary>
    public const string ConfigPush = "genapi.config.push";

    /// <summary>One function was stored.</summary>
    public const string ConfigAdd = "genapi.config.add";

    /// <summary>Several functions were stored at once.</summary>
    public const string ConfigBatchAdd = "genapi.config.batch_add";

    /// <summary>A function was removed.</summary>
    public const string ConfigDelete = "genapi.config.delete";

    /// <summary>All functions of a service, or all there are, were removed.</summary>
    public const string ConfigClear = "genapi.config.clear";

    /// <summary>A function was switched off.</summary>
    public const string ConfigDisable = "genapi.config.disable";

    /// <summary>A function was switched on.</summary>
    public const string ConfigEnable = "genapi.config.enable";

    /// <summary>A node was seen for the first time, by this gateway.</summary>
    public const string NodeJoined = "genapi.node.joined";

    /// <summary>A node has deregistered, or its lease has ended.</summary>
    public const string NodeLeft = "genapi.node.left";

    /// <summary>The breaker of a node has opened, on this gateway.</summary>
    public const string NodeBreakerOpen = "genapi.node.circuit_breaker.open";

    /// <summary>The breaker of a node has closed again.</summary>
    public const string NodeBreakerClose = "genapi.node.circuit_breaker.close";

    /// <summary>The link to a node takes calls.</summary>
    public const string LinkUp = "genapi.link.up";

    /// <summary>The link to a node has ended.</summary>
    public const string LinkDown = "genapi.link.down";

    /// <summary>A stream has a worker and starts.</summary>
    public const string StreamStarted = "genapi.stream.started";

    /// <summary>A stream has ended.</summary>
    public const string StreamStopped = "genapi.stream.stopped";

    /// <summary>A relay group was created.</summary>
    public const string GroupCreated = "genapi.relay.group.created";

    /// <summary>A relay group was deleted.</summary>
    public const string GroupDeleted = "genapi.relay.group.deleted";

    /// <summary>A member's state in a relay group has changed: joined, accepted, left, muted or unmuted.</summary>
    public const string MemberChanged = "genapi.relay.member.changed";

    /// <summary>A message was relayed to a group.</summary>
    public const string MessageRelayed = "genapi.relay.message";

    /// <summary>Messages to a member were dropped because its connection does not keep up.</summary>
    public const string MessageDropped = "genapi.relay.message.dropped";

    /// <summary>A reader of events does not keep up, and some were dropped. Told to that reader only, whatever events it asked for.</summary>
    public const string EventsDropped = "genapi.events.dropped";

    /// <summary>All names that can be asked for, the seed's first.</summary>
    public static IReadOnlyList<string> All { get; } =
    [
        RequestStart, RequestStop, RequestException, Retry, RetryExhausted,
        LimitCheck, LimitExceeded, LimitReset, LimitCleanup,
        BeforeHookStart, BeforeHookStop, BeforeHookException, AfterHookStart, AfterHookStop, AfterHookException,
        TaskStart, TaskStop, TaskException, TaskRejected, PoolBreakerOpen, PoolBreakerClose,
        PullStart, PullStop, ConfigPush, ConfigAdd, ConfigBatchAdd, ConfigDelete, ConfigClear, ConfigDisable, ConfigEnable,
        NodeJoined, NodeLeft, NodeBreakerOpen, NodeBreakerClose, LinkUp, LinkDown, StreamStarted, StreamStopped,
        GroupCreated, GroupDeleted, MemberChanged, MessageRelayed, MessageDropped,
    ];
}
