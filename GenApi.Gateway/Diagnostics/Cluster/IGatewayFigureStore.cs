using GenApi.Gateway.Gateways;

namespace GenApi.Gateway.Diagnostics.Cluster;

/// <summary>Where gateways tell one another how they are.</summary>
internal interface IGatewayFigureStore
{
    /// <summary>How long what a gateway told counts.</summary>
    static TimeSpan Expiry => IGatewayRegistry.LeaseExpiry;

    /// <summary>Tells.</summary>
    /// <exception cref="Storage.StorageUnavailableException">The store is away.</exception>
    Task PutAsync(GatewayFigures figures, CancellationToken cancellationToken);

    /// <summary>What a gateway told last; null: nothing lately.</summary>
    /// <exception cref="Storage.StorageUnavailableException">The store is away.</exception>
    Task<GatewayFigures?> FindAsync(string gateway, CancellationToken cancellationToken);
}
