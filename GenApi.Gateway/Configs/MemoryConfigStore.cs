using System.Globalization;

namespace GenApi.Gateway.Configs;

/// <summary>The embedded store: one gateway, nothing to install. After a restart the nodes push again.</summary>
internal sealed class MemoryConfigStore : IConfigStore
{
    private const string OnlyEpoch = "memory";

    private readonly Lock _gate = new();
    private readonly Dictionary<string, StoredService> _services = [];
    private long _revision;

    public Task<ConfigRevisions> RevisionsAsync(CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            return Task.FromResult(new ConfigRevisions(OnlyEpoch, _services.ToDictionary(service => service.Key, service => service.Value.Revision)));
        }
    }

    public Task<string> EpochAsync(CancellationToken cancellationToken) => Task.FromResult(OnlyEpoch);

    public Task<StoredService?> FindAsync(string service, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            return Task.FromResult(_services.GetValueOrDefault(service));
        }
    }

    public Task<StoredService?> UpdateAsync(string service, Func<StoredService?, StoredService?> change, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            var stored = _services.GetValueOrDefault(service);
            if (change(stored) is { } changed)
            {
                stored = changed with { Revision = (++_revision).ToString(CultureInfo.InvariantCulture) };
                _services[service] = stored;
            }

            return Task.FromResult(stored);
        }
    }
}
