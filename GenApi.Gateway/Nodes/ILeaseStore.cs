using GenApi.Protocol.Configs;

namespace GenApi.Gateway.Nodes;

/// <summary>Where the leases of nodes are kept, for one gateway or for many.</summary>
internal interface ILeaseStore
{
    /// <summary>Writes a lease, in place of any other of the same service and address.</summary>
    Task PutAsync(NodeLease lease, TimeSpan expiry, CancellationToken cancellationToken);

    /// <summary>Prolongs a lease.</summary>
    /// <returns>False when there is no live lease of this very node with this config version.</returns>
    Task<bool> RenewAsync(string service, NodeIdentity node, string configVersion, TimeSpan expiry, CancellationToken cancellationToken);

    /// <summary>Ends a lease, if it is still this very node's.</summary>
    Task RemoveAsync(string service, NodeIdentity node, CancellationToken cancellationToken);

    /// <summary>All leases that have not ended.</summary>
    Task<IReadOnlyList<NodeLease>> LoadAsync(CancellationToken cancellationToken);
}
