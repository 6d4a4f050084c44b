using GenApi.Gateway.Nodes;
using GenApi.Protocol.Configs;

namespace GenApi.Gateway.Entry.Routes;

/// <summary>One plain HTTP route of a service, and the nodes that have it.</summary>
internal sealed class ServedRoute(string service, HttpRoute route)
{
    private volatile Entry? _nodes;

    public string Service { get; } = service;

    public HttpRoute Route { get; } = route;

    /// <summary>What tells it from the others of its service.</summary>
    public string Key { get; } = HttpRouteRules.KeyOf(route);

    /// <summary>The reachable nodes that have declared it, worked out again only after the directory has changed.</summary>
    public NodeEndpoint[] NodesIn(DirectorySnapshot directory)
    {
        if (_nodes is { } known && ReferenceEquals(known.Directory, directory))
        {
            return known.Nodes;
        }

        NodeEndpoint[] nodes = directory.Services.TryGetValue(Service, out var registrations)
            ? [.. registrations.Where(registration => registration.Lease.HttpRoutes.Contains(Key) && registration.IsAnsweredByItsNode && registration.Node.IsReachable).Select(registration => registration.Node)]
            : [];
        _nodes = new Entry(directory, nodes);
        return nodes;
    }

    private sealed record Entry(DirectorySnapshot Directory, NodeEndpoint[] Nodes);
}
