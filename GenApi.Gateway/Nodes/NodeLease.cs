using System.Collections.Frozen;
using GenApi.Protocol.Configs;

namespace GenApi.Gateway.Nodes;

/// <summary>A node's word that it serves these functions of a service, good until its lease ends.</summary>
/// <param name="Service">The service.</param>
/// <param name="Node">The node.</param>
/// <param name="ConfigVersion">The version of the configs it pushed.</param>
/// <param name="Functions">The functions it has.</param>
internal sealed record NodeLease(string Service, NodeIdentity Node, string ConfigVersion, IReadOnlySet<FunctionKey> Functions)
{
    /// <summary>The keys of the plain HTTP routes it has.</summary>
    public IReadOnlySet<string> HttpRoutes { get; init; } = FrozenSet<string>.Empty;

    /// <summary>What is wrong with a node's identity, or null.</summary>
    public static string? FaultOf(NodeIdentity node) =>
        !FunConfigValidator.IsName(node.Id) ? $"node.id must be 1 to 128 letters, digits, '_', '-' or '.', but is '{node.Id}'"
        : node.Address is not { Length: <= 256 } || !FunConfigValidator.IsAddress(node.Address) ? $"node.address must be an http or https address such as http://10.0.0.5:5090, but is '{node.Address}'"
        : null;
}
