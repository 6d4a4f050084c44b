using System.Text.Json.Serialization;
using GenApi.Gateway.Diagnostics.Caches;
using GenApi.Gateway.Telemetry;

namespace GenApi.Gateway.Diagnostics.Statistics;

/// <summary>The counters of a gateway (the seed's <c>statistics</c>).</summary>
/// <param name="Gateway">The gateway.</param>
/// <param name="TakenAtMs">When they were read, in Unix milliseconds.</param>
/// <param name="Runtime">The process and its runtime (the seed's <c>vm</c>).</param>
/// <param name="GenApi">The gateway's own parts (the seed's <c>phoenix_gen_api</c>).</param>
public sealed record GatewayStatistics(
    string Gateway, long TakenAtMs, RuntimeStatistics Runtime, [property: JsonPropertyName("genapi")] GenApiStatistics GenApi);

/// <summary>The process and its runtime.</summary>
/// <param name="Figures">Memory, garbage collections, thread pool.</param>
/// <param name="ProcessId">The process.</param>
/// <param name="Threads">The system's threads of the process (the seed's process count comes nearest).</param>
/// <param name="WorkItems">Pieces of work done by the thread pool (the seed's <c>reductions</c>).</param>
/// <param name="CpuTimeMs">Milliseconds of processor time (the seed's <c>runtime</c>).</param>
/// <param name="SchedulerWallTime">How busy the processors and the threads of the pool are (the seed's <c>scheduler_wall_time</c>).</param>
/// <param name="LockContentions">How often a thread had to wait for a lock.</param>
/// <param name="ActiveTimers">Timers that are set.</param>
public sealed record RuntimeStatistics(
    RuntimeFigures Figures,
    int ProcessId,
    int Threads,
    Progress WorkItems,
    Progress CpuTimeMs,
    SchedulerTime SchedulerWallTime,
    long LockContentions,
    long ActiveTimers);

/// <summary>A counter that only grows.</summary>
/// <param name="Total">Since the start.</param>
/// <param name="SinceLastCall">Since statistics were read last, by whomever.</param>
public sealed record Progress(long Total, long SinceLastCall);

/// <summary>How busy the process was since statistics were read last, by whomever. The runtime does not tell it for each thread.</summary>
/// <param name="WallMs">That long ago, in milliseconds.</param>
/// <param name="ActiveMs">Processor time used, in milliseconds.</param>
/// <param name="TotalMs">Processor time that was there, in milliseconds: the time times the processors.</param>
public sealed record SchedulerTime(long WallMs, long ActiveMs, long TotalMs);

/// <summary>The gateway's own parts.</summary>
public sealed record GenApiStatistics
{
    /// <summary>The config cache (the seed's <c>config_db</c>).</summary>
    public required ConfigStatistics Configs { get; init; }

    /// <summary>All calls.</summary>
    public required CallStatistics Calls { get; init; }

    /// <summary>The rate limiter.</summary>
    public required LimiterStatistics RateLimiter { get; init; }

    /// <summary>The worker pools (the seed's <c>worker_pool</c>).</summary>
    public required PoolStatus Pools { get; init; }

    /// <summary>The relay.</summary>
    public required RelayStatistics Relay { get; init; }

    /// <summary>The links to nodes.</summary>
    public required LinkStatistics Links { get; init; }

    /// <summary>Connections to the hub.</summary>
    public required int Connections { get; init; }

    /// <summary>Streams under way.</summary>
    public required int Streams { get; init; }

    /// <summary>Configs that were refused during the last day, by whichever gateway; null: the store is away.</summary>
    public required long? FailedConfigs { get; init; }

    /// <summary>The kinds of events that the gateway raises (the seed's <c>telemetry_events</c>).</summary>
    public required int TelemetryEvents { get; init; }
}

/// <summary>The config cache.</summary>
/// <param name="Count">How many functions there are.</param>
/// <param name="Disabled">How many of them are switched off.</param>
/// <param name="Services">The services.</param>
public sealed record ConfigStatistics(int Count, int Disabled, IReadOnlyList<string> Services);

/// <summary>Calls since the gateway started.</summary>
/// <param name="All">All of them.</param>
/// <param name="InFlight">Those that nodes, or this process, work on now.</param>
/// <param name="ErrorsByCode">Those that failed, by error code.</param>
/// <param name="Functions">The functions with the most calls, at most 20.</param>
public sealed record CallStatistics(CallFigures All, int InFlight, IReadOnlyDictionary<string, long> ErrorsByCode, IReadOnlyList<FunctionCalls> Functions);

/// <summary>The calls of one function.</summary>
/// <param name="Function">The function, as <c>service/request_type@version</c>.</param>
/// <param name="Calls">Its calls.</param>
public sealed record FunctionCalls(string Function, CallFigures Calls);

/// <summary>The rate limiter.</summary>
/// <param name="Enabled">Whether limits are enforced.</param>
/// <param name="FailOpen">What happens when the limiter cannot count.</param>
/// <param name="Shared">Whether all gateways count together now; false without Redis, and while Redis is away.</param>
/// <param name="Checks">Calls that this gateway held against limits, since it started.</param>
/// <param name="Denied">Those of them that a limit denied.</param>
/// <param name="Unavailable">Those of them that were refused because they could not be counted, and <c>fail_open</c> is off.</param>
/// <param name="Instances">What this gateway did and keeps for each limit.</param>
public sealed record LimiterStatistics(
    bool Enabled, bool FailOpen, bool Shared, long Checks, long Denied, long Unavailable, IReadOnlyList<LimitStatistics> Instances);

/// <summary>What this gateway did and keeps for one limit.</summary>
/// <param name="Scope"><c>global</c>, or <c>service/request_type</c>.</param>
/// <param name="Key">What calls are counted by.</param>
/// <param name="MaxRequests">The most calls in any window.</param>
/// <param name="WindowMs">The length of the window in milliseconds.</param>
/// <param name="Denied">Calls that the limit denied at this gateway, since it started.</param>
/// <param name="LocalCounters">Values that this process counts itself: all of them without Redis, and with Redis those that it counted while that was away.</param>
/// <param name="LocalDenials">Values that it remembers as denied by Redis, so that it need not ask again for a while. They come and go.</param>
public sealed record LimitStatistics(string Scope, string Key, long MaxRequests, long WindowMs, long Denied, int LocalCounters, int LocalDenials)
{
    /// <summary>The same as <see cref="LocalCounters"/>, by its older name.</summary>
    public int Counters => LocalCounters;

    /// <summary>The same as <see cref="LocalDenials"/>, by its older name. It is no count of denied calls.</summary>
    public int Denials => LocalDenials;
}

/// <summary>The relay on this gateway.</summary>
/// <param name="GroupCount">Groups with members here.</param>
/// <param name="Users">Users with a connection here, or with one that they lost a moment ago.</param>
public sealed record RelayStatistics(int GroupCount, int Users);

/// <summary>The links to nodes.</summary>
/// <param name="Nodes">Nodes that have a lease.</param>
/// <param name="Reachable">Those of them that calls reach.</param>
/// <param name="InFlight">Calls under way.</param>
/// <param name="UnsentBytes">Bytes that wait to be sent.</param>
public sealed record LinkStatistics(int Nodes, int Reachable, int InFlight, long UnsentBytes);
