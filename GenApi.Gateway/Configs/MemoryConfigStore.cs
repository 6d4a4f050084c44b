using System.Collections.Concurrent;
using GenApi.Protocol.Configs;

namespace GenApi.Gateway.Configs;

/// <summary>The embedded store: one gateway, nothing to install. After a restart the nodes push again.</summary>
internal sealed class MemoryConfigStore : IConfigStore
{
    private readonly ConcurrentDictionary<string, StoredService> _services = new();

    public Task<IReadOnlyList<StoredService>> LoadAsync(CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<StoredService>>([.. _services.Values]);

    public Task<StoredService?> FindAsync(string service, CancellationToken cancellationToken) =>
        Task.FromResult(_services.GetValueOrDefault(service));

    public Task SaveAsync(string service, string configVersion, IReadOnlyList<FunConfig> functions, CancellationToken cancellationToken)
    {
        _services.AddOrUpdate(
            service,
            static (name, pushed) => new StoredService(name, pushed.configVersion, pushed.functions),
            static (name, stored, pushed) => new StoredService(
                name,
                pushed.configVersion,
                [.. pushed.functions, .. stored.Functions.ExceptBy(pushed.functions.Select(function => function.Key), function => function.Key)]),
            (configVersion, functions));
        return Task.CompletedTask;
    }
}
