using GenApi.Gateway.Diagnostics.Flows;
using GenApi.Gateway.Gateways;
using GenApi.Gateway.Nodes;
using GenApi.Gateway.Storage;

namespace GenApi.Gateway.Diagnostics.Cluster;

/// <summary>Looks at the cluster from this gateway.</summary>
internal sealed class ClusterReporter(
    GatewayIdentity identity,
    IGatewayRegistry registry,
    IGatewayFigureStore figures,
    OwnFigures own,
    NodeDirectory directory,
    TimeProvider time)
{
    public async Task<ClusterView> ViewAsync(CancellationToken cancellationToken)
    {
        var now = directory.Current;
        var leases = now.Services.Values.SelectMany(registrations => registrations).ToLookup(registration => registration.Node.Address);
        var nodes = now.Endpoints.Values.OrderBy(node => node.Address, StringComparer.Ordinal).ToList();
        string[] connected = [.. nodes.Where(node => node.IsReachable).Select(node => node.Address)];
        var processes = nodes.ToDictionary(
            node => node.Address,
            node => (IReadOnlyList<string>)[.. leases[node.Address].SelectMany(registration => registration.Lease.Functions).Select(function => function.ToString()).Order(StringComparer.Ordinal)]);
        var (gateways, areAll) = await GatewaysAsync(cancellationToken).ConfigureAwait(false);
        foreach (var gateway in gateways)
        {
            if (gateway.Figures?.Background is { } background)
            {
                processes[gateway.Id] = background;
            }
        }

        return new ClusterView
        {
            Self = identity.Id,
            Connected = connected,
            ConnectedCount = connected.Length,
            Gateways = [.. gateways.Select(gateway => gateway with { Figures = gateway.Figures is { } told ? told with { Background = null } : null })],
            KnowsAllGateways = areAll,
            Nodes = [.. nodes.Select(node => new ClusterNode(
                NodeState.Of(node),
                [.. leases[node.Address].OrderBy(registration => registration.Lease.Service, StringComparer.Ordinal).Select(ToLease)]))],
            Services = nodes.ToDictionary(
                node => node.Address,
                node => (IReadOnlyList<string>)[.. leases[node.Address].Select(registration => registration.Lease.Service).Order(StringComparer.Ordinal)]),
            RegisteredProcesses = processes,
        };
    }

    private static ClusterLease ToLease(DirectorySnapshot.Registration registration) => new(
        registration.Lease.Service,
        registration.Lease.Node.Id,
        registration.Lease.ConfigVersion,
        registration.Lease.Functions.Count,
        registration.IsAnsweredByItsNode);

    private async Task<(IReadOnlyList<ClusterGateway> Gateways, bool AreAll)> GatewaysAsync(CancellationToken cancellationToken)
    {
        try
        {
            var live = await registry.LiveAsync(cancellationToken).ConfigureAwait(false);
            var told = await Task.WhenAll(live.OrderBy(gateway => gateway.Id, StringComparer.Ordinal).Select(async gateway => new ClusterGateway(
                gateway.Id,
                gateway.Id == identity.Id,
                gateway.LeaseEnd.ToUnixTimeMilliseconds(),
                gateway.Id == identity.Id ? own.Now() : await figures.FindAsync(gateway.Id, cancellationToken).ConfigureAwait(false)))).ConfigureAwait(false);
            return (told, AreAll: true);
        }
        catch (StorageUnavailableException)
        {
            // Whoever looks for what is wrong must see the rest all the more.
            return ([new ClusterGateway(identity.Id, Self: true, time.GetUtcNow().ToUnixTimeMilliseconds(), own.Now())], AreAll: false);
        }
    }
}
