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
}
