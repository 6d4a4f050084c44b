namespace GenApi.Gateway.RateLimits;

/// <summary>
/// The rate limits, from the configuration section <c>GenApi:RateLimits</c> (the seed's <c>:rate_limiter</c>). Changes at runtime
/// take the place of what stands here, and are kept where gateways share their state in Redis.
/// </summary>
public sealed class RateLimitOptions
{
    /// <summary>Whether limits are enforced. Default true.</summary>
    public bool Enabled { get; set; } = true;

    /// <summary>
    /// What happens when the limiter cannot count. True, the default: while Redis is away each gateway enforces the limits on its
    /// own, and a call whose key does not fit into memory any more is admitted. False: the call is refused as unavailable.
    /// </summary>
    public bool FailOpen { get; set; } = true;

    /// <summary>
    /// The most different values of one limit's key that a gateway counts in its own memory at a time, about 600 bytes each. Default
    /// 100000; from 100 to 10000000.
    /// </summary>
    public int MaxKeysPerLimit { get; set; } = 100_000;

    /// <summary>The limits over all functions, at most 16 and one for each key.</summary>
    public IList<RateLimit> GlobalLimits { get; } = [];

    /// <summary>The limits of single functions, at most 16 for a function, one for each key, and 10000 in all.</summary>
    public IList<RateLimit> ApiLimits { get; } = [];
}
