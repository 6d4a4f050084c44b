using System.Globalization;
using GenApi.Protocol.Configs;

namespace GenApi.Gateway.RateLimits;

/// <summary>Says what is wrong with limits, from the configuration or from the admin API.</summary>
internal static class RateLimitValidation
{
    public const int MaxGlobalLimits = 16;
    public const int MaxLimitsOfFunction = 16;
    public const int MaxApiLimits = 10_000;
    public const long MostRequests = 1_000_000_000;
    public const long ShortestWindowMs = 100;
    public const long LongestWindowMs = 31L * 24 * 60 * 60 * 1000;

    /// <summary>Sources of keys of one's own.</summary>
    public const string Claim = "claim";

    public const string Argument = "argument";

    private const int LeastKeys = 100;
    private const int MostKeys = 10_000_000;

    /// <summary>The faults of the configuration section, each a sentence.</summary>
    public static IEnumerable<string> Faults(RateLimitOptions options)
    {
        if (options.MaxKeysPerLimit is < LeastKeys or > MostKeys)
        {
            yield return $"GenApi:RateLimits:MaxKeysPerLimit is {options.MaxKeysPerLimit}; it must be from {LeastKeys} to {MostKeys}.";
        }

        foreach (var fault in GlobalFaults("GenApi:RateLimits:GlobalLimits", [.. options.GlobalLimits]).Concat(ApiFaults("GenApi:RateLimits:ApiLimits", [.. options.ApiLimits])))
        {
            yield return fault;
        }
    }

    /// <summary>The faults of a list of global limits, each a sentence that begins with the list's name.</summary>
    public static IEnumerable<string> GlobalFaults(string list, IReadOnlyList<RateLimit?> limits)
    {
        foreach (var (limit, place) in limits.Select((limit, index) => (limit, $"{list}[{index}]")))
        {
            if (limit?.Service is not null || limit?.RequestType is not null)
            {
                yield return $"{place} names a service or request_type; a global limit has none. Put it among the API limits.";
            }

            foreach (var fault in LimitFaults(place, limit))
            {
                yield return fault;
            }
        }

        if (limits.Count > MaxGlobalLimits)
        {
            yield return $"{list} has {limits.Count} limits; at most {MaxGlobalLimits} are allowed.";
        }

        foreach (var twice in Doubles(limits.Select(limit => limit?.Key)))
        {
            yield return $"{list} has two limits for the key '{twice}'; keep one.";
        }
    }

    /// <summary>The faults of a list of API limits, each a sentence that begins with the list's name.</summary>
    public static IEnumerable<string> ApiFaults(string list, IReadOnlyList<RateLimit?> limits)
    {
        foreach (var (limit, place) in limits.Select((limit, index) => (limit, $"{list}[{index}]")))
        {
            if (limit is not null && (!FunConfigValidator.IsName(limit.Service) || !FunConfigValidator.IsName(limit.RequestType)))
            {
                yield return $"{place} needs the service and the request_type that it is for, each 1 to 128 letters, digits, '_', '-' or '.'.";
            }

            foreach (var fault in LimitFaults(place, limit))
            {
                yield return fault;
            }
        }

        if (limits.Count > MaxApiLimits)
        {
            yield return $"{list} has {limits.Count} limits; at most {MaxApiLimits} are allowed.";
        }

        foreach (var function in limits.OfType<RateLimit>().GroupBy(limit => limit.Scope))
        {
            if (function.Count() > MaxLimitsOfFunction)
            {
                yield return $"{list} has {function.Count()} limits for {function.Key}; at most {MaxLimitsOfFunction} are allowed for one function.";
            }

            foreach (var twice in Doubles(function.Select(limit => limit.Key)))
            {
                yield return $"{list} has two limits of {function.Key} for the key '{twice}'; keep one.";
            }
        }
    }

    private static IEnumerable<string> LimitFaults(string place, RateLimit? limit)
    {
        if (limit is null)
        {
            yield return $"{place} is null; it must be a limit with key, max_requests and window_ms.";
            yield break;
        }

        if (!FunConfigValidator.IsName(limit.Key))
        {
            yield return $"{place} has the key '{limit.Key}'; it must be user_id, device_id, ip_address, or the name of a claim or argument: 1 to 128 letters, digits, '_', '-' or '.'.";
        }

        if (limit.MaxRequests is < 1 or > MostRequests)
        {
            yield return string.Create(CultureInfo.InvariantCulture, $"{place} has max_requests {limit.MaxRequests}; it must be from 1 to {MostRequests}.");
        }

        if (limit.WindowMs is < ShortestWindowMs or > LongestWindowMs)
        {
            yield return string.Create(CultureInfo.InvariantCulture, $"{place} has window_ms {limit.WindowMs}; it must be from {ShortestWindowMs} to {LongestWindowMs}.");
        }

        if (limit.Source is not (null or Claim or Argument))
        {
            yield return $"{place} has the source '{limit.Source}'; it must be claim or argument, or be left out.";
        }
        else if (limit is { Source: not null, Key: RateLimit.UserIdKey or RateLimit.DeviceIdKey or RateLimit.IpAddressKey })
        {
            yield return $"{place} has a source; the gateway knows the {limit.Key} itself. Leave the source out.";
        }
    }

    private static IEnumerable<string?> Doubles(IEnumerable<string?> keys) =>
        keys.Where(key => key is not null).GroupBy(key => key, StringComparer.Ordinal).Where(group => group.Count() > 1).Select(group => group.Key);
}
