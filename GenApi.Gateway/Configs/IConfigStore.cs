namespace GenApi.Gateway.Configs;

/// <summary>Where the configs of all services are kept, for one gateway or for many.</summary>
internal interface IConfigStore
{
    /// <summary>What there is, without its content.</summary>
    /// <exception cref="Storage.StorageUnavailableException">The store is away.</exception>
    Task<ConfigRevisions> RevisionsAsync(CancellationToken cancellationToken);

    /// <summary>See <see cref="ConfigRevisions.Epoch"/>.</summary>
    /// <exception cref="Storage.StorageUnavailableException">The store is away.</exception>
    Task<string> EpochAsync(CancellationToken cancellationToken);

    /// <summary>One service, or null.</summary>
    /// <exception cref="Storage.StorageUnavailableException">The store is away.</exception>
    Task<StoredService?> FindAsync(string service, CancellationToken cancellationToken);

    /// <summary>Changes one service. Gateways that do so at the same time do it one after the other.</summary>
    /// <param name="service">The service.</param>
    /// <param name="change">
    /// Gets what is stored, or null, and comes back with what shall be; null leaves things as they are. It may be asked again, when
    /// another gateway was faster.
    /// </param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>What is stored now; null: nothing.</returns>
    /// <exception cref="Storage.StorageUnavailableException">The store is away.</exception>
    Task<StoredService?> UpdateAsync(string service, Func<StoredService?, StoredService?> change, CancellationToken cancellationToken);
}

/// <summary>What a store has.</summary>
/// <param name="Epoch">Another one when the store has lost what it had.</param>
/// <param name="Services">The revision of each service.</param>
internal sealed record ConfigRevisions(string Epoch, IReadOnlyDictionary<string, string> Services);
