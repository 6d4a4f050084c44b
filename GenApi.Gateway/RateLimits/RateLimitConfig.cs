namespace GenApi.Gateway.RateLimits;

/// <summary>The limits in force (the seed's <c>get_rate_limit_config</c>).</summary>
/// <param name="Enabled">Whether they are enforced.</param>
/// <param name="FailOpen">What happens when the limiter cannot count; see <see cref="RateLimitOptions.FailOpen"/>.</param>
/// <param name="Global">The limits over all functions.</param>
/// <param name="Api">The limits of single functions.</param>
public sealed record RateLimitConfig(bool Enabled, bool FailOpen, IReadOnlyList<RateLimit> Global, IReadOnlyList<RateLimit> Api);

/// <summary>A change of the limits (the seed's <c>update_rate_limit_config</c>). What is null stays as it is.</summary>
public sealed record RateLimitChanges
{
    /// <summary>All limits over all functions.</summary>
    public IReadOnlyList<RateLimit>? GlobalLimits { get; init; }

    /// <summary>All limits of single functions.</summary>
    public IReadOnlyList<RateLimit>? ApiLimits { get; init; }

    /// <summary>Whether limits are enforced.</summary>
    public bool? Enabled { get; init; }

    /// <summary>What happens when the limiter cannot count; see <see cref="RateLimitOptions.FailOpen"/>.</summary>
    public bool? FailOpen { get; init; }
}

/// <summary>How far one value has used one limit (the seed's <c>get_rate_limit_status</c>).</summary>
/// <param name="Key">The limit's key.</param>
/// <param name="KeyValue">The value, such as a user id.</param>
/// <param name="Scope"><c>global</c>, or <c>service/request_type</c>.</param>
/// <param name="MaxRequests">The most calls in any window.</param>
/// <param name="WindowMs">The length of the window in milliseconds.</param>
/// <param name="Current">The calls that count now.</param>
/// <param name="Remaining">The calls that would be admitted now.</param>
/// <param name="RetryAfterMs">Milliseconds until a call is admitted; null: one would be now.</param>
public sealed record RateLimitStatus(
    string Key, string KeyValue, string Scope, long MaxRequests, long WindowMs, long Current, long Remaining, long? RetryAfterMs);

/// <summary>A call to check by hand (the seed's <c>check_rate_limit</c>).</summary>
public sealed record RateLimitRequest
{
    /// <summary>The service.</summary>
    public string Service { get; init; } = "";

    /// <summary>The function's name; null: only the global limits are checked.</summary>
    public string? RequestType { get; init; }

    /// <summary>The user; null: none.</summary>
    public string? UserId { get; init; }

    /// <summary>The device; null: none.</summary>
    public string? DeviceId { get; init; }

    /// <summary>The address that the call comes from; null: none.</summary>
    public string? IpAddress { get; init; }

    /// <summary>The values of keys of your own, claims and arguments alike, by name; null: none.</summary>
    public IReadOnlyDictionary<string, string>? Keys { get; init; }
}

/// <summary>What came of a check by hand.</summary>
/// <param name="Allowed">Whether the call is within all its limits. It is counted then.</param>
/// <param name="Key">The key of the limit that was exceeded; null: none was.</param>
/// <param name="Scope">The scope of that limit.</param>
/// <param name="MaxRequests">The most calls in any window of it.</param>
/// <param name="WindowMs">The length of its window in milliseconds.</param>
/// <param name="Current">The calls that count now.</param>
/// <param name="RetryAfterMs">Milliseconds until a call is admitted.</param>
public sealed record RateLimitCheck(bool Allowed, string? Key, string? Scope, long? MaxRequests, long? WindowMs, long? Current, long? RetryAfterMs);
