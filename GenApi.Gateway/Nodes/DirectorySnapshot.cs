using System.Collections.Frozen;
using GenApi.Protocol.Configs;

namespace GenApi.Gateway.Nodes;

/// <summary>Who serves what at one moment. Never changes; a change of leases, addresses or links makes a new one.</summary>
internal sealed class DirectorySnapshot(
    FrozenDictionary<string, DirectorySnapshot.Registration[]> services,
    FrozenDictionary<string, NodeEndpoint> endpoints,
    FrozenDictionary<string, IReadOnlyList<string>> resolved)
{
    public static DirectorySnapshot Empty { get; } = new(
        FrozenDictionary<string, Registration[]>.Empty,
        FrozenDictionary<string, NodeEndpoint>.Empty,
        FrozenDictionary<string, IReadOnlyList<string>>.Empty);

    /// <summary>The nodes of each service, with what each has.</summary>
    public FrozenDictionary<string, Registration[]> Services => services;

    /// <summary>All nodes, by address.</summary>
    public FrozenDictionary<string, NodeEndpoint> Endpoints => endpoints;

    /// <summary>The same nodes, with the reachability of this moment.</summary>
    public DirectorySnapshot Renewed() => new(services, endpoints, resolved);

    /// <summary>The nodes that a function runs on, reachable or not, in the order of their addresses.</summary>
    public IEnumerable<NodeEndpoint> NodesOf(FunConfig function) => function.Nodes is NodeSet.Addresses or NodeSet.Resolver
        ? AllNodesOf(function)
        : RegistrationsOf(function).Where(registration => registration.IsAnsweredByItsNode).Select(registration => registration.Node);

    /// <summary>Also those of its nodes at whose address nobody answers, or somebody else.</summary>
    public IEnumerable<NodeEndpoint> AllNodesOf(FunConfig function) => function.Nodes switch
    {
        NodeSet.Addresses addresses => At(addresses.Items),
        NodeSet.Resolver resolver => At(resolved.GetValueOrDefault(Resolvers.NodeResolution.KeyOf(resolver)) ?? []),
        _ => RegistrationsOf(function).Select(registration => registration.Node),
    };

    private IEnumerable<Registration> RegistrationsOf(FunConfig function) => services.TryGetValue(function.Service, out var registrations)
        ? registrations.Where(registration => registration.Lease.Functions.Contains(function.Key))
        : [];

    private IEnumerable<NodeEndpoint> At(IReadOnlyList<string> addresses) => addresses
        .Select(address => endpoints.GetValueOrDefault(address.TrimEnd('/')))
        .OfType<NodeEndpoint>()
        .Distinct()
        .OrderBy(node => node.Address, StringComparer.Ordinal);

    /// <summary>A node and what it has of a service.</summary>
    internal readonly record struct Registration(NodeEndpoint Node, NodeLease Lease)
    {
        /// <summary>False while another process answers at the address, which may be another service by now.</summary>
        public bool IsAnsweredByItsNode => Node.NodeId == Lease.Node.Id;
    }
}
