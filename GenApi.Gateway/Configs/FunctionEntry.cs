using System.Text.Json;
using GenApi.Gateway.Arguments;
using GenApi.Gateway.Nodes;
using GenApi.Gateway.Nodes.Selection;
using GenApi.Gateway.Permissions;
using GenApi.Gateway.RateLimits;
using GenApi.Gateway.Telemetry;
using GenApi.Protocol.Configs;
using GenApi.Protocol.Json;

namespace GenApi.Gateway.Configs;

/// <summary>One function ready to be called: its config, and what is worked out from it once.</summary>
internal sealed class FunctionEntry(FunConfig config, ArgumentValidator arguments, PermissionCheck permission, NodeChooser chooser)
{
    public FunConfig Config { get; } = config;

    public ArgumentValidator Arguments { get; } = arguments;

    public PermissionCheck Permission { get; } = permission;

    public NodeChooser Chooser { get; } = chooser;

    /// <summary>The calls so far. They go on when the config changes.</summary>
    public CallCounts Counts { get; init; } = new();

    /// <summary>The nodes that can take a call, kept until the directory changes.</summary>
    public CandidateCache Candidates { get; } = new();

    /// <summary>The bytes of its config as it is stored. Counted when somebody asks.</summary>
    public int StoredBytes => field > 0 ? field : field = JsonSerializer.SerializeToUtf8Bytes(Config, ProtocolJson.Default.FunConfig).Length;

    /// <summary>The rate limits that apply, kept until they change.</summary>
    public PlanCache RateLimits { get; } = new();
}
