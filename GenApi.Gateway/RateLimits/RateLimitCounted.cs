namespace GenApi.Gateway.RateLimits;

/// <summary>What a gateway has counted under one limit, for all values of its key.</summary>
/// <param name="Keys">How many values have calls that count now.</param>
/// <param name="LargestUse">The calls of the value with the most; null: there are too many values to look into each.</param>
public sealed record RateLimitCounted(long Keys, long? LargestUse);
