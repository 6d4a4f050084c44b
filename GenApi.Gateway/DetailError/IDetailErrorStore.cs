namespace GenApi.Gateway.DetailError;

/// <summary>Where an operator's word about details of errors is kept, for one gateway or for many.</summary>
internal interface IDetailErrorStore
{
    /// <summary>The last word; null: there is none.</summary>
    /// <exception cref="Storage.StorageUnavailableException">The store is away.</exception>
    Task<bool?> ReadAsync(CancellationToken cancellationToken);

    /// <exception cref="Storage.StorageUnavailableException">The store is away; nothing has changed.</exception>
    Task WriteAsync(bool shown, CancellationToken cancellationToken);
}

/// <summary>The embedded store: the switch itself remembers.</summary>
internal sealed class MemoryDetailErrorStore : IDetailErrorStore
{
    private bool? _shown;

    public Task<bool?> ReadAsync(CancellationToken cancellationToken) => Task.FromResult(_shown);

    public Task WriteAsync(bool shown, CancellationToken cancellationToken)
    {
        _shown = shown;
        return Task.CompletedTask;
    }
}
