using GenApi.Gateway.Calls.Modes;
using GenApi.Gateway.Configs;
using GenApi.Gateway.Configs.Failed;
using GenApi.Gateway.DetailError;
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

/// <summary>Hands each operation to the part of the gateway that does it.</summary>
internal sealed class GatewayDiagnostics(
    HealthReporter health,
    StatisticsReporter statistics,
    DebugReporter debugging,
    FlowReporter flows,
    RequestInspector inspector,
    ClusterReporter cluster,
    CacheReporter caches,
    Reconciliation reconciliation,
    PushedServices pushed,
    ConfigReceiver receiver,
    FailedConfigs failed,
    FunctionAdmin functions,
    IRateLimits limits,
    StreamRegistry streams,
    IGatewayTracing tracing,
    DetailErrorSwitch detailError,
    IGatewayTelemetry telemetry,
    TokenIssuer tokens) : IGatewayDiagnostics
{
    /// <summary>The most entries of a debug report's lists.</summary>
    public const int MaxDebugEntries = 1000;

    public HealthReport HealthCheck(long? maxMemoryBytes) => health.Report(maxMemoryBytes);

    public Task<GatewayStatistics> StatisticsAsync(CancellationToken cancellationToken) => statistics.ReportAsync(cancellationToken);

    public Task<DebugReport> DebugReportAsync(int limit, bool includeCurrentStacktrace, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(limit, MaxDebugEntries);
        return debugging.ReportAsync(limit, includeCurrentStacktrace, cancellationToken);
    }

    public Task<CallFlow> CallFlowAsync(string service, string requestType, string? version, string? userId, CancellationToken cancellationToken) =>
        flows.FlowAsync(service, requestType, version, userId, cancellationToken);

    public IReadOnlyList<CallFlowSummary> ListCallFlows(bool includeDisabled) => flows.List(includeDisabled);

    public Task<RequestPlan> InspectRequestAsync(InspectRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        return inspector.InspectAsync(request, cancellationToken);
    }

    public Task<ClusterView> ClusterViewAsync(CancellationToken cancellationToken) => cluster.ViewAsync(cancellationToken);

    public CacheStatus CacheStatus() => caches.Configs();

    public PoolStatus PoolStatus() => caches.Pools();

    public Task<Reconciled> ReconcileAsync(CancellationToken cancellationToken) => reconciliation.RunAsync(cancellationToken);

    public bool DetailError => detailError.IsOn;

    public Task ChangeDetailErrorAsync(bool shown, CancellationToken cancellationToken) => detailError.SetAsync(shown, cancellationToken);

    public Task<IReadOnlyList<PushedService>> PushedServicesStatusAsync(CancellationToken cancellationToken) => pushed.StatusAsync(cancellationToken);

    public Task<PushResult> PushConfigAsync(PushConfig push, bool force, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(push);
        return receiver.PushAsync(push, force, cancellationToken);
    }

    public Task<VerifyResult> VerifyConfigAsync(string service, string configVersion, CancellationToken cancellationToken) =>
        receiver.VerifyAsync(service, configVersion, cancellationToken);

    public Task<IReadOnlyList<FailedConfig>> FailedConfigsAsync(FailedConfigQuery? query, CancellationToken cancellationToken) =>
        failed.ListAsync(query ?? new FailedConfigQuery(), cancellationToken);

    public Task<FailedConfigSummary> FailedConfigsSummaryAsync(CancellationToken cancellationToken) => failed.SummaryAsync(cancellationToken);

    public Task<long> CleanupFailedConfigsAsync(CancellationToken cancellationToken) => failed.CleanupAsync(cancellationToken);

    public Task<long> ClearFailedConfigsAsync(CancellationToken cancellationToken) => failed.ClearAsync(cancellationToken);

    public IReadOnlyList<FunConfig> Functions() => functions.All();

    public FunConfig? LatestFunction(string service, string requestType) => functions.Latest(service, requestType);

    public Task<bool> EnableFunctionAsync(FunctionKey function, CancellationToken cancellationToken) => functions.SetDisabledAsync(function, disabled: false, cancellationToken);

    public Task<bool> DisableFunctionAsync(FunctionKey function, CancellationToken cancellationToken) => functions.SetDisabledAsync(function, disabled: true, cancellationToken);

    public Task<bool> DeleteFunctionAsync(FunctionKey function, CancellationToken cancellationToken) => functions.DeleteAsync(function, cancellationToken);

    public Task<int> ClearFunctionsAsync(string? service, CancellationToken cancellationToken) => functions.ClearAsync(service, cancellationToken);

    public RateLimitConfig GetRateLimitConfig() => limits.Config;

    public Task UpdateRateLimitConfigAsync(RateLimitChanges changes, CancellationToken cancellationToken) => limits.UpdateAsync(changes, cancellationToken);

    public IReadOnlyList<RateLimit> GetGlobalLimits() => limits.GlobalLimits;

    public Task SetGlobalLimitsAsync(IReadOnlyList<RateLimit> all, CancellationToken cancellationToken) => limits.SetGlobalLimitsAsync(all, cancellationToken);

    public Task AddGlobalLimitAsync(RateLimit limit, CancellationToken cancellationToken) => limits.AddGlobalLimitAsync(limit, cancellationToken);

    public Task RemoveGlobalLimitAsync(string key, CancellationToken cancellationToken) => limits.RemoveGlobalLimitAsync(key, cancellationToken);

    public Task<IReadOnlyList<RateLimitStatus>> GetRateLimitStatusAsync(string keyValue, string? scope, string rateLimitKey, CancellationToken cancellationToken) =>
        limits.StatusAsync(keyValue, scope, rateLimitKey, cancellationToken);

    public Task ResetRateLimitAsync(string keyValue, string? scope, string rateLimitKey, CancellationToken cancellationToken) =>
        limits.ResetAsync(keyValue, scope, rateLimitKey, cancellationToken);

    public Task<long> ResetAllRateLimitsAsync(CancellationToken cancellationToken) => limits.ResetAllAsync(cancellationToken);

    public Task<RateLimitCheck> CheckRateLimitAsync(RateLimitRequest request, CancellationToken cancellationToken) => limits.CheckAsync(request, cancellationToken);

    public IReadOnlyList<StreamInfo> Streams() => streams.List();

    public bool StopStream(string requestId) => streams.StopAny(requestId);

    public TraceInfo StartTrace(TraceRequest request) => tracing.Start(request);

    public TraceInfo? StopTrace(string id) => tracing.Stop(id);

    public IReadOnlyList<TraceInfo> StopAllTraces() => tracing.StopAll();

    public TraceStatus TraceStatus() => tracing.Status();

    public IAsyncEnumerable<TraceEvent> ReadTraceAsync(string id, CancellationToken cancellationToken) => tracing.ReadAsync(id, cancellationToken);

    public void AttachTelemetry(string handlerId, Action<GatewayEvent> handler, params IReadOnlyCollection<string> events) => telemetry.Attach(handlerId, handler, events);

    public bool DetachTelemetry(string handlerId) => telemetry.Detach(handlerId);

    public IAsyncEnumerable<GatewayEvent> ReadEventsAsync(IReadOnlyCollection<string> events, CancellationToken cancellationToken) => telemetry.ReadAsync(events, cancellationToken);

    public ClientToken CreateToken(TokenRequest request) => tokens.Issue(request);
}
