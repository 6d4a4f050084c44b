namespace GenApi.Gateway.RateLimits;

/// <summary>Counts calls and holds them against their limits.</summary>
internal interface IRateLimitCounters
{
    /// <summary>Counts a call under all limits of a plan, or under none of them.</summary>
    /// <returns>Null: admitted. Else why it is not.</returns>
    ValueTask<RateLimitDenial?> TakeAsync(RateLimitPlan plan, in RateLimitSubject subject);

    /// <summary>Whether gateways count together, where that can be done.</summary>
    bool IsShared => false;

    /// <summary>Whether this process counts by itself what gateways otherwise count together.</summary>
    bool CountsAlone => false;

    /// <summary>What was counted under a limit for all values; null: gateways count together elsewhere, and it would have to be searched for.</summary>
    RateLimitCounted? Counted(ScopedLimit limit) => null;

    /// <summary>How far a value has used each of some limits of one key.</summary>
    Task<IReadOnlyList<RateLimitStatus>> StatusAsync(string value, IReadOnlyList<ScopedLimit> limits, CancellationToken cancellationToken);

    /// <summary>Forgets what was counted for a value under some limits of one key, here and where gateways count together.</summary>
    Task ResetAsync(string value, IReadOnlyList<ScopedLimit> limits, CancellationToken cancellationToken);

    /// <summary>Forgets everything that was counted, here under some limits and where gateways count together under all.</summary>
    /// <returns>How many counters there were.</returns>
    Task<long> ResetAllAsync(IEnumerable<ScopedLimit> limits, CancellationToken cancellationToken);

    /// <summary>Forgets what this process knows of a value under a limit. Quick, and without I/O.</summary>
    void Forget(string value, ScopedLimit limit);

    /// <summary>Forgets what this process knows of all values under a limit. Without I/O.</summary>
    /// <returns>How many of them it counts itself.</returns>
    long ForgetAll(ScopedLimit limit);
}
