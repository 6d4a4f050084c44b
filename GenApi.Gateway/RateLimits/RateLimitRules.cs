using System.Collections.Frozen;

namespace GenApi.Gateway.RateLimits;

/// <summary>All limits at one moment. Never changes; a change makes a new one.</summary>
internal sealed class RateLimitRules
{
    private readonly FrozenDictionary<string, ScopedLimit[]> _limits;
    private readonly FrozenDictionary<string, RateLimitPlan> _plans;
    private readonly RateLimitPlan _global;
    private readonly RateLimitPlan _none;
    private long _states;

    /// <param name="config">What the limits are.</param>
    /// <param name="before">The rules so far, whose counts go on; null: there are none.</param>
    /// <param name="maxKeys">The most values of one limit's key that are counted.</param>
    /// <param name="ticksPerSecond">The frequency of the gateway's clock.</param>
    public RateLimitRules(RateLimitConfig config, RateLimitRules? before, int maxKeys, long ticksPerSecond)
    {
        Config = config;
        _states = before?._states ?? 0;
        _limits = config.Global.Concat(config.Api)
            .GroupBy(limit => limit.Scope)
            .ToFrozenDictionary(scope => scope.Key, scope => scope.Select(Compile).ToArray());
        var global = _limits.GetValueOrDefault(RateLimit.GlobalScope) ?? [];
        _none = Plan([]);
        _global = Plan(global);
        _plans = _limits
            .Where(scope => scope.Key != RateLimit.GlobalScope)
            .ToFrozenDictionary(scope => scope.Key, scope => Plan([.. global, .. scope.Value]));

        ScopedLimit Compile(RateLimit rule)
        {
            var known = before?.Find(rule.Scope, rule.Key);
            if (known is not null && known.Rule != rule)
            {
                // It was denied by other numbers.
                known.State.Denials.Clear();
            }

            return new ScopedLimit(rule, known?.State ?? new LimitState(maxKeys, _states++), ticksPerSecond);
        }

        RateLimitPlan Plan(IReadOnlyList<ScopedLimit> limits) => new(
            this,
            [
                .. limits
                    .GroupBy(limit => (limit.Rule.Key, limit.Rule.Source))
                    .Select(group => new LimitGroup(this, KeySource.For(group.First().Rule), [.. group])),
            ]);
    }

    public RateLimitConfig Config { get; }

    public IEnumerable<ScopedLimit> Limits => _limits.Values.SelectMany(scope => scope);

    /// <summary>The limits that apply to the calls of a function.</summary>
    /// <param name="service">Its service.</param>
    /// <param name="requestType">Its name; null where there is no function, but a plain HTTP route: the global limits.</param>
    public RateLimitPlan PlanFor(string service, string? requestType) =>
        !Config.Enabled ? _none
        : _plans.Count > 0 && requestType is not null && _plans.TryGetValue($"{service}/{requestType}", out var plan) ? plan
        : _global;

    /// <summary>The limit of that scope and key; null: there is none.</summary>
    public ScopedLimit? Find(string scope, string key) =>
        _limits.TryGetValue(scope, out var limits) ? Array.Find(limits, limit => limit.Rule.Key == key) : null;
}
