using GenApi.Protocol.Configs;

namespace GenApi.Gateway.Nodes;

/// <summary>The embedded store: one gateway, nothing to install. After a restart the nodes push again.</summary>
internal sealed class MemoryLeaseStore(TimeProvider time) : ILeaseStore
{
    private readonly Lock _gate = new();
    private readonly Dictionary<(string Service, string Address), (NodeLease Lease, DateTimeOffset End)> _leases = [];

    public Task PutAsync(NodeLease lease, TimeSpan expiry, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            _leases[(lease.Service, lease.Node.Address)] = (lease, time.GetUtcNow() + expiry);
        }

        return Task.CompletedTask;
    }

    public Task<bool> RenewAsync(string service, NodeIdentity node, string configVersion, TimeSpan expiry, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        lock (_gate)
        {
            if (_leases.TryGetValue((service, node.Address), out var held)
                && held.End > now
                && held.Lease.Node.Id == node.Id
                && held.Lease.ConfigVersion == configVersion)
            {
                _leases[(service, node.Address)] = (held.Lease, now + expiry);
                return Task.FromResult(true);
            }
        }

        return Task.FromResult(false);
    }

    public Task RemoveAsync(string service, NodeIdentity node, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            if (_leases.TryGetValue((service, node.Address), out var held) && held.Lease.Node.Id == node.Id)
            {
                _leases.Remove((service, node.Address));
            }
        }

        return Task.CompletedTask;
    }

    public Task<IReadOnlyList<NodeLease>> LoadAsync(CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        lock (_gate)
        {
            foreach (var ended in _leases.Where(lease => lease.Value.End <= now).Select(lease => lease.Key).ToList())
            {
                _leases.Remove(ended);
            }

            return Task.FromResult<IReadOnlyList<NodeLease>>([.. _leases.Values.Select(held => held.Lease)]);
        }
    }
}
