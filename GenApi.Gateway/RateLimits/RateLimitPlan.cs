using StackExchange.Redis;

namespace GenApi.Gateway.RateLimits;

/// <summary>The limits that apply to the calls of one function, grouped by the key that they count by.</summary>
internal sealed class RateLimitPlan(RateLimitRules rules, IReadOnlyList<LimitGroup> groups)
{
    /// <summary>The most limits that can apply to a call.</summary>
    public const int MaxLimits = RateLimitValidation.MaxGlobalLimits + RateLimitValidation.MaxLimitsOfFunction;

    private readonly LimitGroup[] _groups = [.. groups];

    /// <summary>The rules that the plan is part of.</summary>
    public RateLimitRules Rules => rules;

    public ReadOnlySpan<LimitGroup> Groups => _groups;

    /// <summary>Whether no limit applies.</summary>
    public bool IsEmpty => _groups.Length == 0;

    /// <summary>The one limit that applies; null where there are several or none.</summary>
    public ScopedLimit? Single { get; } = groups is [{ Limits: [var only] }] ? only : null;

    public IEnumerable<ScopedLimit> Limits => _groups.SelectMany(group => group.Limits);
}

/// <summary>Limits that count by the same value. Their counters share a slot of Redis and are checked in one step.</summary>
internal sealed class LimitGroup
{
    public LimitGroup(RateLimitRules rules, KeySource source, IReadOnlyList<ScopedLimit> limits)
    {
        Source = source;
        Limits = [.. limits];
        Alone = new RateLimitPlan(rules, [this]);
        Key = limits[0].Rule.Key;
        RedisArguments = [.. limits.Select(limit => (RedisValue)limit.LifeAfterMs)];
    }

    public string Key { get; }

    public KeySource Source { get; }

    public ScopedLimit[] Limits { get; }

    /// <summary>A plan of this group alone.</summary>
    public RateLimitPlan Alone { get; }

    /// <summary>For each limit, how long a counter has to live when its sub-window ends, as the scripts take it.</summary>
    public RedisValue[] RedisArguments { get; }

    /// <summary>The counters of a value, in the order of the limits.</summary>
    public RedisKey[] RedisKeys(string value) => Array.ConvertAll(Limits, limit => (RedisKey)RedisKey(value, limit));

    /// <summary>The counter of one value under one limit. Braces make all scopes of a value share a slot.</summary>
    public static string RedisKey(string value, ScopedLimit limit) => string.Concat("genapi:rl:{", string.Concat(limit.Rule.Key, ":", value, "}"), limit.RedisEnding);
}

/// <summary>The plan of a function, remembered beside it until the rules change.</summary>
internal sealed class PlanCache
{
    private volatile RateLimitPlan? _plan;

    public RateLimitPlan For(RateLimitRules rules, string service, string requestType)
    {
        var plan = _plan;
        if (plan is null || plan.Rules != rules)
        {
            _plan = plan = rules.PlanFor(service, requestType);
        }

        return plan;
    }
}
