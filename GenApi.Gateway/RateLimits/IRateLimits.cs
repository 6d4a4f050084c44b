namespace GenApi.Gateway.RateLimits;

/// <summary>
/// Reads and changes rate limits, and what has been counted under them. Changes hold on every gateway and are kept where gateways
/// share their state in Redis; without Redis they last as long as the gateway runs.
/// </summary>
public interface IRateLimits
{
    /// <summary>The limits in force (the seed's <c>get_rate_limit_config</c>).</summary>
    RateLimitConfig Config { get; }

    /// <summary>The limits over all functions (the seed's <c>get_global_limits</c>).</summary>
    IReadOnlyList<RateLimit> GlobalLimits => Config.Global;

    /// <summary>Changes several things at once (the seed's <c>update_rate_limit_config</c>).</summary>
    /// <exception cref="ArgumentException">A limit is wrong; the message names each fault.</exception>
    Task UpdateAsync(RateLimitChanges changes, CancellationToken cancellationToken);

    /// <summary>Replaces all limits over all functions (the seed's <c>set_global_limits</c>).</summary>
    /// <exception cref="ArgumentException">A limit is wrong; the message names each fault.</exception>
    Task SetGlobalLimitsAsync(IReadOnlyList<RateLimit> limits, CancellationToken cancellationToken);

    /// <summary>Adds a limit over all functions, in place of the one with the same key (the seed's <c>add_global_limit</c>).</summary>
    /// <exception cref="ArgumentException">The limit is wrong, or there are too many; the message names each fault.</exception>
    Task AddGlobalLimitAsync(RateLimit limit, CancellationToken cancellationToken);

    /// <summary>Removes the limit over all functions that counts by a key, if there is one (the seed's <c>remove_global_limit</c>).</summary>
    Task RemoveGlobalLimitAsync(string key, CancellationToken cancellationToken);

    /// <summary>How far a value has used its limits (the seed's <c>get_rate_limit_status</c>). Counts nothing.</summary>
    /// <param name="keyValue">The value, such as a user id.</param>
    /// <param name="scope"><c>global</c>, or <c>service/request_type</c>; null: every limit of the key.</param>
    /// <param name="rateLimitKey">The limits' key, such as <c>user_id</c>.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>One entry for each limit; empty where there is none.</returns>
    Task<IReadOnlyList<RateLimitStatus>> StatusAsync(string keyValue, string? scope, string rateLimitKey, CancellationToken cancellationToken);

    /// <summary>Forgets what was counted for a value, on every gateway (the seed's <c>reset_rate_limit</c>).</summary>
    /// <inheritdoc cref="StatusAsync"/>
    Task ResetAsync(string keyValue, string? scope, string rateLimitKey, CancellationToken cancellationToken);

    /// <summary>Forgets everything that was counted, for all values under all limits, on every gateway. The limits themselves stay.</summary>
    /// <returns>How many counters there were: one for each limit and value that was counted.</returns>
    Task<long> ResetAllAsync(CancellationToken cancellationToken);

    /// <summary>Counts a call as if it had come in, and says whether it is within its limits (the seed's <c>check_rate_limit</c>).</summary>
    /// <exception cref="InvalidOperationException">The limiter cannot count now, and <c>fail_open</c> is off.</exception>
    Task<RateLimitCheck> CheckAsync(RateLimitRequest request, CancellationToken cancellationToken);
}
