using System.Collections.Frozen;
using GenApi.Protocol.Configs;

namespace GenApi.Gateway.Nodes;

/// <summary>Who serves what at one moment. Never changes; a change of leases or links makes a new one.</summary>
internal sealed class DirectorySnapshot(FrozenDictionary<string, DirectorySnapshot.Registration[]> services)
{
    public static DirectorySnapshot Empty { get; } = new(FrozenDictionary<string, Registration[]>.Empty);

    /// <summary>The nodes of each service, with what each has.</summary>
    public FrozenDictionary<string, Registration[]> Services => services;

    /// <summary>The same registrations, with the reachability of this moment.</summary>
    public DirectorySnapshot Renewed() => new(services);

    /// <summary>The nodes that have a function, reachable or not.</summary>
    public IEnumerable<NodeEndpoint> NodesOf(FunctionKey function) =>
        services.TryGetValue(function.Service, out var registrations)
            ? registrations.Where(registration => registration.Lease.Functions.Contains(function)).Select(registration => registration.Node)
            : [];

    /// <summary>A node and what it has of a service.</summary>
    internal readonly record struct Registration(NodeEndpoint Node, NodeLease Lease);
}

/// <summary>The reachable nodes of one function, worked out again only after the directory has changed.</summary>
internal sealed class CandidateCache
{
    private volatile Entry? _entry;

    public NodeEndpoint[] Get(DirectorySnapshot directory, FunctionKey function)
    {
        if (_entry is { } entry && ReferenceEquals(entry.Directory, directory))
        {
            return entry.Nodes;
        }

        NodeEndpoint[] nodes = [.. directory.NodesOf(function).Where(node => node.IsReachable)];
        _entry = new Entry(directory, nodes);
        return nodes;
    }

    private sealed record Entry(DirectorySnapshot Directory, NodeEndpoint[] Nodes);
}
