using GenApi.Gateway.Calls;
using GenApi.Gateway.Configs;
using GenApi.Gateway.Nodes;
using GenApi.Gateway.RateLimits;
using GenApi.Gateway.Storage;
using GenApi.Protocol.Configs;
using GenApi.Protocol.Json;

namespace GenApi.Gateway.Diagnostics.Flows;

/// <summary>Says how calls go. The steps are those of the pipeline itself, in their own words.</summary>
internal sealed class FlowReporter(CallPipeline pipeline, ConfigCatalog catalog, NodeDirectory directory, RateLimiter limiter)
{
    private const string DoorPhase = "channel";
    private const string DecodePhase = "decode";
    private const string ResponsePhase = "response";

    /// <summary>The way of a function's calls; with a config of null there is no such function.</summary>
    /// <param name="service">The service.</param>
    /// <param name="requestType">The function's name.</param>
    /// <param name="version">The version; null: the one that a call without a version gets.</param>
    /// <param name="userId">The user whose use of the limits is wanted; null: nobody's.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<CallFlow> FlowAsync(string service, string requestType, string? version, string? userId, CancellationToken cancellationToken)
    {
        var found = catalog.Current.Find(service, requestType, version, out var error);
        var function = found ?? FindDisabled(service, requestType, version);
        var flow = new CallFlow { Service = service, RequestType = requestType, Version = version, Error = error?.Message };
        if (function is null)
        {
            return flow;
        }

        var (use, note) = await UseOfAsync(function, userId, cancellationToken).ConfigureAwait(false);
        flow = Describe(flow, function, use) with { Error = flow.Error ?? FaultOf(function), Steps = [.. StepsOf(function)] };
        return flow with { RateLimit = flow.RateLimit! with { Note = note } };
    }

    /// <summary>All functions, in the order of service, name and version.</summary>
    public IReadOnlyList<CallFlowSummary> List(bool includeDisabled) =>
    [
        .. catalog.Current.Services.Values
            .SelectMany(service => service.Functions)
            .Where(function => includeDisabled || !function.Config.Disabled)
            .OrderBy(function => function.Config.Service, StringComparer.Ordinal)
            .ThenBy(function => function.Config.RequestType, StringComparer.Ordinal)
            .ThenBy(function => function.Config.Version, VersionOrder.Instance)
            .Select(Summarise),
    ];

    /// <summary>Everything about a function but the steps.</summary>
    /// <param name="flow">What is completed.</param>
    /// <param name="function">The function.</param>
    /// <param name="use">How far a caller has used the limits; empty: nobody's use is wanted.</param>
    public T Describe<T>(T flow, FunctionEntry function, IReadOnlyList<RateLimitStatus> use)
        where T : CallFlow
    {
        var config = function.Config;
        var states = StatesOf(config);
        var limits = function.RateLimits.For(limiter.Rules, config.Service, config.RequestType).Limits.Select(limit => DescribeLimit(limit, use)).ToLookup(limit => limit.Service is null);
        return (T)(flow with
        {
            Version = config.Version,
            Config = config,
            Disabled = config.Disabled,
            Local = config.Nodes is NodeSet.Local,
            Nodes = [.. states.Select(node => node.Address)],
            ReachableNodes = [.. states.Where(node => node.Reachable).Select(node => node.Address)],
            UnreachableNodes = [.. states.Where(node => !node.Reachable).Select(node => node.Address)],
            NodeStates = states,
            ResponseType = config.ResponseType,
            ChooseNodeMode = config.ChooseNodeMode,
            Timeout = config.Timeout,
            Function = new FlowFunction(config.FunctionName, config.FixedArgs),
            RateLimit = new FlowLimits(limiter.Config.Enabled, [.. limits[true]], [.. limits[false]]),
            Permission = new FlowAccess(function.Permission.Strategy, function.Permission.Description),
            Hooks = new FlowHooks(
                new FlowHook(config.BeforeExecute is not null, config.BeforeExecute),
                new FlowHook(config.AfterExecute is not null, config.AfterExecute),
                config.HookTimeout),
            Retry = new FlowRetry(
                config.Retry is not null,
                config.Retry is null ? null : config.Retry.Mode == RetryMode.SameNode ? "same_node" : "all_nodes",
                config.Retry?.Attempts),
            Calls = function.Counts.Read(),
        });
    }

    /// <summary>The stations before the pipeline, those of the pipeline, and the one behind it.</summary>
    public IEnumerable<FlowStep> StepsOf(FunctionEntry function) =>
    [
        new FlowStep { Phase = DoorPhase, Desc = "The request comes in by SignalR (Call or Stream of the hub /genapi) or by HTTP (POST /api/{service}/{request_type})" },
        new FlowStep { Phase = DecodePhase, Desc = "The request is read in one pass; its arguments stay JSON bytes" },
        .. pipeline.Steps.Select(step => new FlowStep { Phase = step.Phase, Desc = step.Describe(function) }),
        new FlowStep { Phase = ResponsePhase, Desc = DescribeAnswer(function.Config.ResponseType) },
    ];

    private FlowLimit DescribeLimit(ScopedLimit limit, IReadOnlyList<RateLimitStatus> use)
    {
        var rule = limit.Rule;
        var own = use.FirstOrDefault(used => used.Key == rule.Key && used.Scope == limit.Scope);
        return new FlowLimit(rule.Service is null ? "global" : "api", rule.Key, rule.MaxRequests, rule.WindowMs, rule.Source, rule.Service, rule.RequestType)
        {
            Use = own is null ? null : new FlowLimitUse(own.KeyValue, own.Current, own.Remaining, own.RetryAfterMs),
            Counted = limiter.Counted(limit),
        };
    }

    /// <summary>A report that says nearly all is better than none.</summary>
    private async Task<(IReadOnlyList<RateLimitStatus> Use, string? Note)> UseOfAsync(FunctionEntry function, string? userId, CancellationToken cancellationToken)
    {
        if (userId is null)
        {
            return ([], null);
        }

        try
        {
            var plan = function.RateLimits.For(limiter.Rules, function.Config.Service, function.Config.RequestType);
            return (await limiter.UseOfAsync(plan, new RateLimitSubject(userId, null, null, null, RawJson.EmptyObject), cancellationToken).ConfigureAwait(false), null);
        }
        catch (StorageUnavailableException error)
        {
            return ([], $"How far {userId} has used the limits cannot be told now: {error.Message}");
        }
    }

    private CallFlowSummary Summarise(FunctionEntry function)
    {
        var config = function.Config;
        var states = StatesOf(config);
        return new CallFlowSummary(
            config.Service,
            config.RequestType,
            config.Version,
            config.Nodes is NodeSet.Local,
            [.. states.Select(node => node.Address)],
            [.. states.Where(node => node.Reachable).Select(node => node.Address)],
            config.ResponseType,
            function.Permission.Strategy,
            config.Disabled,
            function.Counts.Read(),
            [DoorPhase, DecodePhase, .. pipeline.Steps.Select(step => step.Phase), ResponsePhase]);
    }

    private string? FaultOf(FunctionEntry function) => directory.Serves(function)
        ? null
        : $"No node of {function.Config.Key} can be reached: calls are refused as unavailable.";

    /// <summary>A call finds no disabled function, and who looks for it wants to see just that.</summary>
    private FunctionEntry? FindDisabled(string service, string requestType, string? version) =>
        catalog.Current.Services.GetValueOrDefault(service)?.Functions
            .Where(function => function.Config.RequestType == requestType && (version is null || function.Config.Version == version))
            .MaxBy(function => function.Config.Version, VersionOrder.Instance);

    private List<NodeState> StatesOf(FunConfig config)
    {
        if (config.Nodes is NodeSet.Local)
        {
            var local = directory.Local;
            return [new NodeState(local.Address, null, Reachable: true, local.Breaker.State.Name, local.InFlight, null)];
        }

        var answering = directory.Current.NodesOf(config).ToHashSet();
        return
        [
            .. directory.Current.AllNodesOf(config).Select(node => NodeState.Of(node) is var state && answering.Contains(node) ? state : state with { Reachable = false }),
        ];
    }

    private static string DescribeAnswer(ResponseType mode) => mode switch
    {
        ResponseType.Async => "An acknowledgement at once; the result later, by event or at GET /api/results/{request_id}",
        ResponseType.Stream => "An acknowledgement at once; then chunks as they come, by SignalR stream, event, or server-sent events",
        ResponseType.None => "An acknowledgement at once, and no further answer",
        _ => "The result is the answer",
    };
}
