using GenApi.Protocol.Configs;

namespace GenApi.Gateway.Configs;

/// <summary>Where the configs of all services are kept, for one gateway or for many.</summary>
internal interface IConfigStore
{
    /// <summary>All services.</summary>
    Task<IReadOnlyList<StoredService>> LoadAsync(CancellationToken cancellationToken);

    /// <summary>One service, or null.</summary>
    Task<StoredService?> FindAsync(string service, CancellationToken cancellationToken);

    /// <summary>Adds these functions to the service, in place of those with the same key, and notes the version.</summary>
    Task SaveAsync(string service, string configVersion, IReadOnlyList<FunConfig> functions, CancellationToken cancellationToken);

    /// <summary>Switches a function off or on. What is switched off stays so when its service pushes again.</summary>
    /// <returns>False: there is no such function.</returns>
    Task<bool> SetDisabledAsync(FunctionKey function, bool disabled, CancellationToken cancellationToken);

    /// <summary>Removes a function, until its service pushes a new version of its configs.</summary>
    /// <returns>False: there is no such function.</returns>
    Task<bool> DeleteAsync(FunctionKey function, CancellationToken cancellationToken);
}
