using System.Text.Json.Serialization;
using GenApi.Gateway.Diagnostics.Flows;

namespace GenApi.Gateway.Diagnostics.Cluster;

/// <summary>The cluster as one gateway sees it (the seed's <c>cluster_view</c>).</summary>
public sealed record ClusterView
{
    /// <summary>The gateway that looks.</summary>
    public required string Self { get; init; }

    /// <summary>The addresses of the nodes that it has a link to.</summary>
    public required IReadOnlyList<string> Connected { get; init; }

    /// <summary>How many these are.</summary>
    public required int ConnectedCount { get; init; }

    /// <summary>All gateways that are alive, this one among them; this one alone while Redis is away.</summary>
    public required IReadOnlyList<ClusterGateway> Gateways { get; init; }

    /// <summary>Whether these are all gateways; <c>false</c> while Redis is away, which knows the others.</summary>
    public required bool KnowsAllGateways { get; init; }

    /// <summary>All nodes that have a lease, and those that configs name.</summary>
    public required IReadOnlyList<ClusterNode> Nodes { get; init; }

    /// <summary>The services on each node, by its address (the seed's <c>phoenix_gen_api_services</c>).</summary>
    [JsonPropertyName("genapi_services")]
    public required IReadOnlyDictionary<string, IReadOnlyList<string>> Services { get; init; }

    /// <summary>What runs in the background on each gateway, by its id, and the functions of each node, by its address (the seed's <c>registered_processes</c>).</summary>
    public required IReadOnlyDictionary<string, IReadOnlyList<string>> RegisteredProcesses { get; init; }
}

/// <summary>A gateway of the cluster.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Self">Whether it is the one that looks.</param>
/// <param name="LeaseEndMs">When it counts as gone unless it gives a sign of life before, in Unix milliseconds.</param>
/// <param name="Figures">What it told of itself last, and for the one that looks what it knows of itself now; null: nothing lately.</param>
public sealed record ClusterGateway(string Id, bool Self, long LeaseEndMs, GatewayFigures? Figures);

/// <summary>A node of the cluster.</summary>
/// <param name="State">Its link, as this gateway sees it.</param>
/// <param name="Leases">What it serves, as it said itself.</param>
public sealed record ClusterNode(NodeState State, IReadOnlyList<ClusterLease> Leases);

/// <summary>A node's word that it serves a service.</summary>
/// <param name="Service">The service.</param>
/// <param name="NodeId">The process that gave it.</param>
/// <param name="ConfigVersion">The version of the configs that it pushed.</param>
/// <param name="Functions">How many functions it has.</param>
/// <param name="Answers">Whether that process is the one that answers at the address.</param>
public sealed record ClusterLease(string Service, string NodeId, string ConfigVersion, int Functions, bool Answers);
