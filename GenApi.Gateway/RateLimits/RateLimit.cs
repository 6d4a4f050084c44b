namespace GenApi.Gateway.RateLimits;

/// <summary>
/// One rate limit: at most so many calls in any window of so many milliseconds, counted apart for each value of a key. A global
/// limit covers the calls of all functions together; an API limit those of one function, all versions of it.
/// </summary>
public sealed record RateLimit
{
    /// <summary>The key <see cref="Key"/> of a limit for each user.</summary>
    public const string UserIdKey = "user_id";

    /// <summary>The key <see cref="Key"/> of a limit for each device.</summary>
    public const string DeviceIdKey = "device_id";

    /// <summary>The key <see cref="Key"/> of a limit for each address that calls come from.</summary>
    public const string IpAddressKey = "ip_address";

    /// <summary>
    /// What the calls are counted by: <c>user_id</c>, <c>device_id</c>, <c>ip_address</c>, or the name of a claim or argument, 1 to
    /// 128 letters, digits, '_', '-' or '.'. A call that has no value for it is not limited by it.
    /// </summary>
    public string Key { get; init; } = "";

    /// <summary>The most calls in any window. From 1 to 1000000000.</summary>
    public long MaxRequests { get; init; }

    /// <summary>The length of the window in milliseconds. From 100 to 2678400000 (31 days).</summary>
    public long WindowMs { get; init; }

    /// <summary>
    /// Where the value of a key of your own comes from: <c>claim</c>, of the caller's token, or <c>argument</c>, of the call. Null:
    /// the claim of that name, or else the argument. Always null for the three keys that the gateway knows.
    /// </summary>
    public string? Source { get; init; }

    /// <summary>The service of the one function that the limit is for; null for a global limit.</summary>
    public string? Service { get; init; }

    /// <summary>The name of the one function that the limit is for; null for a global limit.</summary>
    public string? RequestType { get; init; }

    /// <summary>What the limit covers: <c>global</c>, or the function as <c>service/request_type</c>.</summary>
    internal string Scope => Service is null ? GlobalScope : $"{Service}/{RequestType}";

    internal const string GlobalScope = "global";
}
