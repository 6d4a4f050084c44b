using GenApi.Gateway.Calls.Modes;
using GenApi.Gateway.Configs;
using GenApi.Gateway.Configs.Failed;
using GenApi.Gateway.Diagnostics.Caches;
using GenApi.Gateway.Diagnostics.Cluster;
using GenApi.Gateway.Diagnostics.Debugging;
using GenApi.Gateway.Diagnostics.Flows;
using GenApi.Gateway.Diagnostics.Health;
using GenApi.Gateway.Diagnostics.Statistics;
using GenApi.Gateway.Diagnostics.Tracing;
using GenApi.Gateway.RateLimits;
using GenApi.Gateway.Security;
using GenApi.Gateway.Telemetry.Events;
using GenApi.Protocol.Cluster;
using GenApi.Protocol.Configs;

namespace GenApi.Gateway.Diagnostics;

/// <summary>
/// Every operation of the admin API, for code that runs in the gateway: the same that <c>/admin</c> answers by HTTP and the
/// <c>genapi</c> tool shows. Inject it. Nothing is asked for permission here: the admin token and the admin actions guard the HTTP
/// endpoints. A method that needs what gateways share fails with an exception that names Redis while that is away.
/// </summary>
public interface IGatewayDiagnostics
{
    /// <summary>How well this gateway is (the seed's <c>health_check</c>). Reads what the process knows, and asks nobody.</summary>
    /// <param name="maxMemoryBytes">Memory of the process, in bytes, from which on the runtime counts as degraded; null: what <c>GenApi:Health:MaxMemoryBytes</c> says.</param>
    HealthReport HealthCheck(long? maxMemoryBytes = null);

    /// <summary>The counters of this gateway (the seed's <c>statistics</c>).</summary>
    Task<GatewayStatistics> StatisticsAsync(CancellationToken cancellationToken = default);

    /// <summary>What takes the most on this gateway (the seed's <c>debug_report</c>).</summary>
    /// <param name="limit">The most entries of each list, 1 to 1000 (the seed's <c>process_limit</c>).</param>
    /// <param name="includeCurrentStacktrace">
    /// Whether to take the stacks of all managed threads too. The runtime stops them for some milliseconds then; the report takes up to a
    /// second or two, and waits for another one that does the same.
    /// </param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="limit"/> is not in its range.</exception>
    Task<DebugReport> DebugReportAsync(int limit = 20, bool includeCurrentStacktrace = false, CancellationToken cancellationToken = default);

    /// <summary>How the calls of a function go (the seed's <c>call_flow</c>).</summary>
    /// <param name="service">The service.</param>
    /// <param name="requestType">The function's name.</param>
    /// <param name="version">The version; null: the one that a call without a version gets.</param>
    /// <param name="userId">The user whose current use of the rate limits is wanted; null: nobody's.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The flow; with a config of null and an error where there is no such function.</returns>
    Task<CallFlow> CallFlowAsync(string service, string requestType, string? version = null, string? userId = null, CancellationToken cancellationToken = default);

    /// <summary>All functions, in the order of service, name and version (the seed's <c>list_call_flows</c>).</summary>
    /// <param name="includeDisabled">Also those that are switched off.</param>
    IReadOnlyList<CallFlowSummary> ListCallFlows(bool includeDisabled = false);

    /// <summary>What would become of a request (the seed's <c>inspect_request</c>). The call is not made, and counts nowhere.</summary>
    /// <exception cref="ArgumentException">It is no request; the message says what is wrong.</exception>
    Task<RequestPlan> InspectRequestAsync(InspectRequest request, CancellationToken cancellationToken = default);

    /// <summary>The cluster as this gateway sees it (the seed's <c>cluster_view</c>).</summary>
    Task<ClusterView> ClusterViewAsync(CancellationToken cancellationToken = default);

    /// <summary>The config cache (the seed's <c>cache_status</c>).</summary>
    CacheStatus CacheStatus();

    /// <summary>The worker pools (the seed's <c>pool_status</c>).</summary>
    PoolStatus PoolStatus();

    /// <summary>Compares what this gateway knows with what is stored, now, and has the other gateways do so too.</summary>
    Task<Reconciled> ReconcileAsync(CancellationToken cancellationToken = default);

    /// <summary>Whether callers see what functions say when they fail (the seed's <c>detail_error</c>).</summary>
    bool DetailError { get; }

    /// <summary>Shows or hides what functions say when they fail, on all gateways and over restarts where they share Redis.</summary>
    Task ChangeDetailErrorAsync(bool shown, CancellationToken cancellationToken = default);

    /// <summary>What has been pushed and what is pulled (the seed's <c>pushed_services_status</c>).</summary>
    Task<IReadOnlyList<PushedService>> PushedServicesStatusAsync(CancellationToken cancellationToken = default);

    /// <summary>Takes configs as if a node had pushed them (the seed's <c>push_config</c>).</summary>
    /// <param name="push">The configs.</param>
    /// <param name="force">Whether to store them even if this version is stored already.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    Task<PushResult> PushConfigAsync(PushConfig push, bool force = false, CancellationToken cancellationToken = default);

    /// <summary>Whether the stored configs of a service are those of a version (the seed's <c>verify_config</c>).</summary>
    Task<VerifyResult> VerifyConfigAsync(string service, string configVersion, CancellationToken cancellationToken = default);

    /// <summary>The configs that were refused during the last day, by whichever gateway (the seed's <c>failed_configs</c>).</summary>
    Task<IReadOnlyList<FailedConfig>> FailedConfigsAsync(FailedConfigQuery? query = null, CancellationToken cancellationToken = default);

    /// <summary>How many there are by source and by service (the seed's <c>failed_configs_summary</c>).</summary>
    Task<FailedConfigSummary> FailedConfigsSummaryAsync(CancellationToken cancellationToken = default);

    /// <summary>Removes those that are older than 24 hours, and says how many that were (the seed's <c>cleanup_failed_configs</c>).</summary>
    Task<long> CleanupFailedConfigsAsync(CancellationToken cancellationToken = default);

    /// <summary>Removes all of them, and says how many that were (the seed's <c>clear_failed_configs</c>).</summary>
    Task<long> ClearFailedConfigsAsync(CancellationToken cancellationToken = default);

    /// <summary>All functions (the seed's <c>ConfigDb</c>).</summary>
    IReadOnlyList<FunConfig> Functions();

    /// <summary>The function that a call without a version gets; null: there is none (the seed's <c>get_latest</c>).</summary>
    FunConfig? LatestFunction(string service, string requestType);

    /// <summary>Lets a function be called again (the seed's <c>enable</c>). False: there is no such function.</summary>
    Task<bool> EnableFunctionAsync(FunctionKey function, CancellationToken cancellationToken = default);

    /// <summary>Has calls of a function refused (the seed's <c>disable</c>). False: there is no such function.</summary>
    Task<bool> DisableFunctionAsync(FunctionKey function, CancellationToken cancellationToken = default);

    /// <summary>Removes a function, until its service pushes a new config version (the seed's <c>delete</c>). False: there is no such function.</summary>
    Task<bool> DeleteFunctionAsync(FunctionKey function, CancellationToken cancellationToken = default);

    /// <summary>
    /// Removes every function of a service, until that service pushes a new config version, on all gateways (the seed's <c>clear</c> of
    /// <c>ConfigDb</c>). What is not a function stays: the service's HTTP routes, its nodes and their leases.
    /// </summary>
    /// <param name="service">The service; null: all of them.</param>
    /// <param name="cancellationToken">Gives up; what is gone by then stays gone.</param>
    /// <returns>How many functions it removed; 0: there were none, or no such service.</returns>
    Task<int> ClearFunctionsAsync(string? service = null, CancellationToken cancellationToken = default);

    /// <summary>The rate limits in force (the seed's <c>get_rate_limit_config</c>, <c>rl_config</c>).</summary>
    RateLimitConfig GetRateLimitConfig();

    /// <summary>Changes several rate limits at once (the seed's <c>update_rate_limit_config</c>).</summary>
    /// <exception cref="ArgumentException">A limit is wrong; the message names each fault.</exception>
    Task UpdateRateLimitConfigAsync(RateLimitChanges changes, CancellationToken cancellationToken = default);

    /// <summary>The limits over all functions (the seed's <c>get_global_limits</c>, <c>rl_global</c>).</summary>
    IReadOnlyList<RateLimit> GetGlobalLimits();

    /// <summary>Replaces all limits over all functions (the seed's <c>set_global_limits</c>).</summary>
    /// <exception cref="ArgumentException">A limit is wrong; the message names each fault.</exception>
    Task SetGlobalLimitsAsync(IReadOnlyList<RateLimit> limits, CancellationToken cancellationToken = default);

    /// <summary>Adds a limit over all functions, in place of the one with the same key (the seed's <c>add_global_limit</c>).</summary>
    /// <exception cref="ArgumentException">The limit is wrong; the message names each fault.</exception>
    Task AddGlobalLimitAsync(RateLimit limit, CancellationToken cancellationToken = default);

    /// <summary>Removes the limit over all functions that counts by a key, if there is one (the seed's <c>remove_global_limit</c>).</summary>
    Task RemoveGlobalLimitAsync(string key, CancellationToken cancellationToken = default);

    /// <summary>How far a value has used its limits (the seed's <c>get_rate_limit_status</c>, <c>rl_status</c>). See <see cref="IRateLimits.StatusAsync"/>.</summary>
    Task<IReadOnlyList<RateLimitStatus>> GetRateLimitStatusAsync(
        string keyValue, string? scope = null, string rateLimitKey = RateLimit.UserIdKey, CancellationToken cancellationToken = default);

    /// <summary>Forgets what was counted for a value, on every gateway (the seed's <c>reset_rate_limit</c>). See <see cref="IRateLimits.ResetAsync"/>.</summary>
    Task ResetRateLimitAsync(string keyValue, string? scope = null, string rateLimitKey = RateLimit.UserIdKey, CancellationToken cancellationToken = default);

    /// <summary>Forgets everything that was counted, on every gateway, and says how many counters that were. See <see cref="IRateLimits.ResetAllAsync"/>.</summary>
    Task<long> ResetAllRateLimitsAsync(CancellationToken cancellationToken = default);

    /// <summary>Counts a call as if it had come in, and says whether it is within its limits (the seed's <c>check_rate_limit</c>).</summary>
    /// <exception cref="InvalidOperationException">The limiter cannot count now, and <c>fail_open</c> is off.</exception>
    Task<RateLimitCheck> CheckRateLimitAsync(RateLimitRequest request, CancellationToken cancellationToken = default);

    /// <summary>The streams under way on this gateway.</summary>
    IReadOnlyList<StreamInfo> Streams();

    /// <summary>Stops every stream of a request id on this gateway, and its producer on the node (the seed's <c>stop_stream</c>). False: there is none.</summary>
    bool StopStream(string requestId);

    /// <summary>Traces functions, or connections, until the time is up or the trace is stopped (the seed's <c>trace_functions</c>, <c>trace_processes</c>).</summary>
    /// <inheritdoc cref="IGatewayTracing.Start"/>
    TraceInfo StartTrace(TraceRequest request);

    /// <summary>Ends a trace (the seed's <c>stop_trace</c>, <c>stop_trace_functions</c>). Null: there is none of that id.</summary>
    /// <inheritdoc cref="IGatewayTracing.Stop"/>
    TraceInfo? StopTrace(string id);

    /// <summary>Ends all traces, and says which ran.</summary>
    IReadOnlyList<TraceInfo> StopAllTraces();

    /// <summary>All traces (the seed's <c>trace_status</c>).</summary>
    TraceStatus TraceStatus();

    /// <summary>What a trace sees, as it happens. See <see cref="IGatewayTracing.ReadAsync"/>.</summary>
    IAsyncEnumerable<TraceEvent> ReadTraceAsync(string id, CancellationToken cancellationToken = default);

    /// <summary>Calls a handler for each event (the seed's <c>attach_telemetry</c>). See <see cref="IGatewayTelemetry.Attach"/>.</summary>
    void AttachTelemetry(string handlerId, Action<GatewayEvent> handler, params IReadOnlyCollection<string> events);

    /// <summary>Ends what <see cref="AttachTelemetry"/> began (the seed's <c>detach_telemetry</c>). False: no handler of that id is attached.</summary>
    bool DetachTelemetry(string handlerId);

    /// <summary>The events as they happen. See <see cref="IGatewayTelemetry.ReadAsync"/>.</summary>
    IAsyncEnumerable<GatewayEvent> ReadEventsAsync(IReadOnlyCollection<string> events, CancellationToken cancellationToken = default);

    /// <summary>Makes the token by which a client proves who it is (the counterpart of Phoenix.Token).</summary>
    /// <exception cref="ArgumentException">A member is wrong; the message names it and its range.</exception>
    ClientToken CreateToken(TokenRequest request);
}
