using GenApi.Gateway.Telemetry.Events;
using GenApi.Protocol.Configs;

namespace GenApi.Gateway.Configs;

/// <summary>Switches functions off and on and removes them, at runtime (the seed's <c>enable</c>, <c>disable</c>, <c>delete</c>, <c>clear</c>, <c>get_latest</c>).</summary>
internal sealed partial class FunctionAdmin(ConfigCatalog catalog, GatewayEvents events, ILogger<FunctionAdmin> logger)
{
    /// <summary>All functions, in the order of service, name and version.</summary>
    public IReadOnlyList<FunConfig> All() =>
    [
        .. catalog.Current.Services.Values
            .SelectMany(service => service.Functions)
            .Select(function => function.Config)
            .OrderBy(config => config.Service, StringComparer.Ordinal)
            .ThenBy(config => config.RequestType, StringComparer.Ordinal)
            .ThenBy(config => config.Version, VersionOrder.Instance),
    ];

    /// <summary>The function that a call without a version gets; null: there is none.</summary>
    public FunConfig? Latest(string service, string requestType) => catalog.Current.Find(service, requestType, null, out _)?.Config;

    /// <returns>False: there is no such function.</returns>
    public Task<bool> SetDisabledAsync(FunctionKey function, bool disabled, CancellationToken cancellationToken) =>
        ChangeAsync(function, service => service.WithSwitch(function, disabled), disabled ? "disabled" : "enabled", () => events.ConfigSwitched(function, disabled), cancellationToken);

    /// <returns>False: there is no such function.</returns>
    public Task<bool> DeleteAsync(FunctionKey function, CancellationToken cancellationToken) =>
        ChangeAsync(function, service => service.Without(function), "deleted", () => events.ConfigDeleted(function), cancellationToken);

    /// <summary>Removes every function of one service, or of all.</summary>
    /// <param name="service">The service; null: all of them.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>How many functions are gone.</returns>
    public async Task<int> ClearAsync(string? service, CancellationToken cancellationToken)
    {
        if (service is null)
        {
            // This gateway may not have heard yet of what another one has just stored.
            await catalog.ReconcileAsync(cancellationToken).ConfigureAwait(false);
        }

        var removed = 0;
        try
        {
            foreach (var name in service is null ? catalog.Current.Services.Keys : [service])
            {
                removed += await ClearOneAsync(name, cancellationToken).ConfigureAwait(false);
            }
        }
        finally
        {
            // Also when the store went away in the middle: what is gone is gone.
            if (removed > 0)
            {
                events.ConfigsCleared(service, removed);
                Log.Cleared(logger, removed, service ?? "all services");
            }
        }

        return removed;
    }

    private async Task<int> ClearOneAsync(string service, CancellationToken cancellationToken)
    {
        var removed = 0;
        await catalog.UpdateAsync(
            service,
            stored =>
            {
                removed = stored?.Functions.Count ?? 0;
                return removed == 0 ? null : stored!.Cleared();
            },
            cancellationToken).ConfigureAwait(false);
        return removed;
    }

    private async Task<bool> ChangeAsync(FunctionKey function, Func<StoredService, StoredService> change, string state, Action tell, CancellationToken cancellationToken)
    {
        var found = false;
        await catalog.UpdateAsync(
            function.Service,
            stored =>
            {
                found = stored?.Has(function) == true;
                return found ? change(stored!) : null;
            },
            cancellationToken).ConfigureAwait(false);
        if (found)
        {
            tell();
            Log.Switched(logger, function.ToString(), state);
        }

        return found;
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "The function {Function} is {State}.")]
        public static partial void Switched(ILogger logger, string function, string state);

        [LoggerMessage(2, LogLevel.Warning, "Functions of {Service} were removed, {Count} of them; a new config version, or a forced push, brings them back.")]
        public static partial void Cleared(ILogger logger, int count, string service);
    }
}
