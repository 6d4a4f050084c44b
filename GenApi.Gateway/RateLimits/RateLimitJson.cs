using System.Text.Json.Serialization;

namespace GenApi.Gateway.RateLimits;

/// <summary>The JSON of limits, in the admin API and in Redis.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow)]
[JsonSerializable(typeof(bool))]
[JsonSerializable(typeof(long))]
[JsonSerializable(typeof(RateLimit))]
[JsonSerializable(typeof(IReadOnlyList<RateLimit>))]
[JsonSerializable(typeof(RateLimitConfig))]
[JsonSerializable(typeof(RateLimitChanges))]
[JsonSerializable(typeof(RateLimitRequest))]
[JsonSerializable(typeof(RateLimitCheck))]
[JsonSerializable(typeof(RateLimitResetRequest))]
[JsonSerializable(typeof(RateLimitsReset))]
[JsonSerializable(typeof(IReadOnlyList<RateLimitStatus>))]
[JsonSerializable(typeof(IReadOnlyDictionary<string, string>))]
[JsonSerializable(typeof(RateLimitReset))]
internal sealed partial class RateLimitJson : JsonSerializerContext;
