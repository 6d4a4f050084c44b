using GenApi.Gateway.Configs;
using GenApi.Gateway.Storage;
using GenApi.Gateway.Telemetry.Events;
using GenApi.Node.Functions;
using GenApi.Protocol.Configs;
using Microsoft.Extensions.Options;

namespace GenApi.Gateway.Nodes.Local;

/// <summary>Makes the functions that this process hosts known, as a push does for those of a node.</summary>
internal sealed partial class LocalRegistration(
    LocalFunctions functions,
    ConfigCatalog catalog,
    GatewayEvents events,
    IOptions<GenApiGatewayOptions> options,
    TimeProvider time,
    ILogger<LocalRegistration> logger) : BackgroundService
{
    /// <summary>They can be called as soon as the gateway listens, where the store is there.</summary>
    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        if (!await TryAsync(cancellationToken).ConfigureAwait(false))
        {
            await base.StartAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        do
        {
            await Task.Delay(options.Value.Storage.ReconcileInterval, time, stoppingToken).ConfigureAwait(false);
        }
        while (!await TryAsync(stoppingToken).ConfigureAwait(false));
    }

    private async Task<bool> TryAsync(CancellationToken cancellationToken)
    {
        try
        {
            foreach (var registry in functions.Registries)
            {
                await RegisterAsync(registry, cancellationToken).ConfigureAwait(false);
            }

            return true;
        }
        catch (StorageUnavailableException error)
        {
            Log.Later(logger, error.Message);
            return false;
        }
    }

    private async Task RegisterAsync(FunctionRegistry registry, CancellationToken cancellationToken)
    {
        FunConfig[] configs = [.. registry.Configs.Select(config => config with { Nodes = new NodeSet.Local() })];
        var known = false;
        await catalog.UpdateAsync(
            registry.Service,
            stored =>
            {
                known = stored?.ConfigVersion == registry.ConfigVersion;
                return known
                    ? null
                    : (stored ?? new StoredService(registry.Service)).WithPush(registry.ConfigVersion, configs, stored?.HttpRoutes ?? [], time.GetUtcNow());
            },
            cancellationToken).ConfigureAwait(false);
        if (!known)
        {
            events.ConfigsAdded(registry.Service, registry.ConfigVersion, configs);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "The gateway's own functions cannot be registered yet; trying again: {Reason}")]
        public static partial void Later(ILogger logger, string reason);
    }
}
