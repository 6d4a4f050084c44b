using System.Text.Json;
using GenApi.Gateway.Nodes;
using GenApi.Gateway.RateLimits;
using GenApi.Gateway.Telemetry;
using GenApi.Protocol.Configs;
using GenApi.Protocol.Json;

namespace GenApi.Gateway.Diagnostics.Flows;

/// <summary>How the calls of a function go from the client to its nodes and back (the seed's <c>call_flow</c>).</summary>
public record CallFlow
{
    /// <summary>The service.</summary>
    public required string Service { get; init; }

    /// <summary>The function's name.</summary>
    public required string RequestType { get; init; }

    /// <summary>The version that answers; null: the function has none, or there is no such function.</summary>
    public string? Version { get; init; }

    /// <summary>Why calls are refused now: no such function, it is disabled, or none of its nodes can be reached; null: they are not.</summary>
    public string? Error { get; init; }

    /// <summary>The function's config; null: there is no such function, and what follows is empty.</summary>
    public FunConfig? Config { get; init; }

    /// <summary>Whether calls are refused because the function is switched off.</summary>
    public bool Disabled { get; init; }

    /// <summary>Whether the function runs in the gateway's own process (the seed's <c>local?</c>).</summary>
    public bool Local { get; init; }

    /// <summary>The addresses of the nodes that have the function; <c>local</c> for this process.</summary>
    public IReadOnlyList<string> Nodes { get; init; } = [];

    /// <summary>Those of them that calls reach now.</summary>
    public IReadOnlyList<string> ReachableNodes { get; init; } = [];

    /// <summary>The others.</summary>
    public IReadOnlyList<string> UnreachableNodes { get; init; } = [];

    /// <summary>More about each node.</summary>
    public IReadOnlyList<NodeState> NodeStates { get; init; } = [];

    /// <summary>How the function answers.</summary>
    public ResponseType? ResponseType { get; init; }

    /// <summary>How a node is chosen.</summary>
    public ChooseNodeMode? ChooseNodeMode { get; init; }

    /// <summary>How long a call may take.</summary>
    public CallTimeout? Timeout { get; init; }

    /// <summary>What runs on the node (the seed's <c>mfa</c>).</summary>
    public FlowFunction? Function { get; init; }

    /// <summary>The rate limits that apply.</summary>
    public FlowLimits? RateLimit { get; init; }

    /// <summary>Who may call.</summary>
    public FlowAccess? Permission { get; init; }

    /// <summary>What runs before and after.</summary>
    public FlowHooks? Hooks { get; init; }

    /// <summary>What happens after <c>unavailable</c> and <c>timeout</c>.</summary>
    public FlowRetry? Retry { get; init; }

    /// <summary>The calls so far, on this gateway.</summary>
    public CallFigures? Calls { get; init; }

    /// <summary>The stations of a call in their order, as the pipeline has them.</summary>
    public IReadOnlyList<FlowStep> Steps { get; init; } = [];
}

/// <summary>A node as this gateway sees it.</summary>
/// <param name="Address">Its address; <c>local</c> for this process.</param>
/// <param name="NodeId">The id of the process that answers there; null: nobody does.</param>
/// <param name="Reachable">Whether a call sent now would arrive.</param>
/// <param name="Breaker">Its breaker: <c>closed</c>, <c>open</c> or <c>half_open</c>.</param>
/// <param name="InFlight">This gateway's calls under way there.</param>
/// <param name="LastFailure">Why there was no link the last time there was none; null: there always was one.</param>
public sealed record NodeState(string Address, string? NodeId, bool Reachable, string Breaker, int InFlight, string? LastFailure)
{
    /// <summary>A node as it is, whatever it serves.</summary>
    internal static NodeState Of(NodeEndpoint node) =>
        new(node.Address, node.NodeId, node.IsReachable, node.Breaker.State.Name, node.InFlight, node.IsReachable ? null : node.LastFailure);
}

/// <summary>What runs on the node.</summary>
/// <param name="Name">The function's name there.</param>
/// <param name="FixedArgs">The arguments that the config sets; null: none.</param>
public sealed record FlowFunction(string Name, IReadOnlyDictionary<string, JsonElement>? FixedArgs);

/// <summary>The rate limits that apply to a function.</summary>
/// <param name="Enabled">Whether limits are enforced.</param>
/// <param name="Global">Those over all functions.</param>
/// <param name="Api">Those of this function.</param>
/// <param name="Note">Why it cannot be told how far the caller has used them; null: it can, or nobody asked.</param>
public sealed record FlowLimits(bool Enabled, IReadOnlyList<FlowLimit> Global, IReadOnlyList<FlowLimit> Api, string? Note = null);

/// <summary>A rate limit that applies to a function.</summary>
/// <param name="Scope"><c>global</c>: it counts the calls of all functions together; <c>api</c>: those of this function.</param>
/// <param name="Key">What the calls are counted by.</param>
/// <param name="MaxRequests">The most calls in any window.</param>
/// <param name="WindowMs">The length of the window in milliseconds.</param>
/// <param name="Source">Where the value of a key of one's own comes from: <c>claim</c> or <c>argument</c>; null: see <see cref="RateLimit.Source"/>.</param>
/// <param name="Service">Of <c>api</c>: the service; null: it is global.</param>
/// <param name="RequestType">Of <c>api</c>: the function; null: it is global.</param>
public sealed record FlowLimit(string Scope, string Key, long MaxRequests, long WindowMs, string? Source, string? Service, string? RequestType)
{
    /// <summary>How far the caller has used it; null: nobody asked, or the limit counts by something that is not known of the caller.</summary>
    public FlowLimitUse? Use { get; init; }

    /// <summary>What was counted for all values of the key; null: gateways count together in Redis, which is not searched for it.</summary>
    public RateLimitCounted? Counted { get; init; }
}

/// <summary>How far a caller has used a rate limit.</summary>
/// <param name="KeyValue">The caller's value of the limit's key, such as the user id.</param>
/// <param name="Current">The calls that count now.</param>
/// <param name="Remaining">The calls that are left.</param>
/// <param name="RetryAfterMs">Milliseconds until one more is admitted; null: it is now.</param>
public sealed record FlowLimitUse(string KeyValue, long Current, long Remaining, long? RetryAfterMs);

/// <summary>Who may call a function.</summary>
/// <param name="Strategy"><c>none</c>, <c>authenticated</c>, <c>arg_based</c>, <c>role_based</c>, <c>policy</c> or <c>custom_function</c>.</param>
/// <param name="Description">The rule in one sentence.</param>
public sealed record FlowAccess(string Strategy, string Description);

/// <summary>The hooks of a function.</summary>
/// <param name="BeforeExecute">What runs before.</param>
/// <param name="AfterExecute">What runs after.</param>
/// <param name="TimeoutMs">The time that each has, in milliseconds.</param>
public sealed record FlowHooks(FlowHook BeforeExecute, FlowHook AfterExecute, int TimeoutMs);

/// <summary>One hook.</summary>
/// <param name="Configured">Whether there is one.</param>
/// <param name="Hook">What it is (the seed's <c>mfa</c>); null: there is none.</param>
public sealed record FlowHook(bool Configured, HookRef? Hook);

/// <summary>The retries of a function.</summary>
/// <param name="Configured">Whether calls are tried again.</param>
/// <param name="Mode"><c>same_node</c> or <c>all_nodes</c>; null: they are not.</param>
/// <param name="Attempts">How many more times; null: none.</param>
public sealed record FlowRetry(bool Configured, string? Mode, int? Attempts);

/// <summary>One station on a call's way.</summary>
public sealed record FlowStep
{
    /// <summary>Its name.</summary>
    public required string Phase { get; init; }

    /// <summary>What happens there, in one sentence.</summary>
    public required string Desc { get; init; }

    /// <summary>How it would go for the request looked at: <c>pass</c>, <c>fail</c>, or <c>unknown</c> where that cannot be told without making the call; null where nothing can go wrong or no request is looked at.</summary>
    public string? Outcome { get; init; }

    /// <summary>The error's code; null: it does not fail.</summary>
    public string? Code { get; init; }

    /// <summary>The error in words; null: it does not fail.</summary>
    public string? Error { get; init; }

    /// <summary>What the error says to programs, such as one entry for each bad argument; null: nothing.</summary>
    public RawJson? Details { get; init; }

    /// <summary>What else is worth knowing; null: nothing.</summary>
    public string? Note { get; init; }
}

/// <summary>A function and the way of its calls, in a list of all (the seed's <c>list_call_flows</c>).</summary>
/// <param name="Service">The service.</param>
/// <param name="RequestType">The function's name.</param>
/// <param name="Version">Its version; null: it has none.</param>
/// <param name="Local">Whether it runs in the gateway's own process.</param>
/// <param name="Nodes">The addresses of the nodes that have it.</param>
/// <param name="ReachableNodes">Those of them that calls reach now.</param>
/// <param name="ResponseType">How it answers.</param>
/// <param name="Permission">Who may call it.</param>
/// <param name="Disabled">Whether it is switched off.</param>
/// <param name="Calls">The calls so far, on this gateway.</param>
/// <param name="Steps">The names of the stations of its calls, in their order.</param>
public sealed record CallFlowSummary(
    string Service,
    string RequestType,
    string? Version,
    bool Local,
    IReadOnlyList<string> Nodes,
    IReadOnlyList<string> ReachableNodes,
    ResponseType ResponseType,
    string Permission,
    bool Disabled,
    CallFigures Calls,
    IReadOnlyList<string> Steps);
