using GenApi.Gateway.Telemetry.Events;
using GenApi.Protocol.Configs;

namespace GenApi.Gateway.Configs;

/// <summary>Switches functions off and on and removes them, at runtime (the seed's <c>enable</c>, <c>disable</c>, <c>delete</c>, <c>get_latest</c>).</summary>
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
    }
}
