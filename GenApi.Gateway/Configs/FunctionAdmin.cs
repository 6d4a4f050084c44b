using GenApi.Protocol.Configs;

namespace GenApi.Gateway.Configs;

/// <summary>Switches functions off and on and removes them, at runtime (the seed's <c>enable</c>, <c>disable</c>, <c>delete</c>, <c>get_latest</c>).</summary>
internal sealed partial class FunctionAdmin(IConfigStore store, ConfigCatalog catalog, ILogger<FunctionAdmin> logger)
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
    public async Task<bool> SetDisabledAsync(FunctionKey function, bool disabled, CancellationToken cancellationToken)
    {
        if (!await store.SetDisabledAsync(function, disabled, cancellationToken).ConfigureAwait(false))
        {
            return false;
        }

        await catalog.RefreshAsync(function.Service, cancellationToken).ConfigureAwait(false);
        Log.Switched(logger, function.ToString(), disabled ? "disabled" : "enabled");
        return true;
    }

    /// <returns>False: there is no such function.</returns>
    public async Task<bool> DeleteAsync(FunctionKey function, CancellationToken cancellationToken)
    {
        if (!await store.DeleteAsync(function, cancellationToken).ConfigureAwait(false))
        {
            return false;
        }

        await catalog.RefreshAsync(function.Service, cancellationToken).ConfigureAwait(false);
        Log.Switched(logger, function.ToString(), "deleted");
        return true;
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "The function {Function} is {State}.")]
        public static partial void Switched(ILogger logger, string function, string state);
    }
}
