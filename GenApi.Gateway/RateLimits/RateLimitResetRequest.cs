namespace GenApi.Gateway.RateLimits;

/// <summary>The body of <c>POST /admin/rate-limits/reset</c>.</summary>
/// <param name="KeyValue">The value, such as a user id.</param>
/// <param name="Scope"><c>global</c>, or <c>service/request_type</c>; null: every limit of the key.</param>
/// <param name="RateLimitKey">The limits' key; null: <c>user_id</c>.</param>
internal sealed record RateLimitResetRequest(string? KeyValue, string? Scope, string? RateLimitKey);

/// <summary>The answer to <c>POST /admin/rate-limits/reset-all</c>.</summary>
/// <param name="Reset">How many counters are forgotten.</param>
internal sealed record RateLimitsReset(long Reset);
