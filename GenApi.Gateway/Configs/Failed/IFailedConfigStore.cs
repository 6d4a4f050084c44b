namespace GenApi.Gateway.Configs.Failed;

/// <summary>Where refused configs are kept for a day, for one gateway or for many. An expired entry is never seen.</summary>
internal interface IFailedConfigStore
{
    /// <summary>Adds entries and gives them their ids, in this order. When there are too many, the oldest give way.</summary>
    Task AddAsync(IReadOnlyList<FailedConfig> entries, CancellationToken cancellationToken);

    /// <summary>The entries that a query asks for, in the order of their ids.</summary>
    Task<IReadOnlyList<FailedConfig>> ListAsync(FailedConfigQuery query, CancellationToken cancellationToken);

    /// <summary>How many there are.</summary>
    Task<long> CountAsync(CancellationToken cancellationToken);

    /// <summary>How many there are by source and by service.</summary>
    Task<FailedConfigSummary> SummaryAsync(CancellationToken cancellationToken);

    /// <summary>Removes what has expired.</summary>
    /// <returns>How many entries that were.</returns>
    Task<long> CleanupAsync(CancellationToken cancellationToken);

    /// <summary>Removes all.</summary>
    /// <returns>How many entries that were.</returns>
    Task<long> ClearAsync(CancellationToken cancellationToken);
}
