using GenApi.Gateway.Configs;
using GenApi.Protocol.Configs;

namespace GenApi.Gateway.Nodes.Local;

/// <summary>Makes the functions that this process hosts known, as a push does for those of a node.</summary>
internal sealed class LocalRegistration(LocalFunctions functions, IConfigStore store, ConfigCatalog catalog) : IHostedService
{
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        foreach (var registry in functions.Registries)
        {
            FunConfig[] configs = [.. registry.Configs.Select(config => config with { Nodes = new NodeSet.Local() })];
            await store.SaveAsync(registry.Service, registry.ConfigVersion, configs, cancellationToken).ConfigureAwait(false);
            await catalog.RefreshAsync(registry.Service, cancellationToken).ConfigureAwait(false);
        }
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
