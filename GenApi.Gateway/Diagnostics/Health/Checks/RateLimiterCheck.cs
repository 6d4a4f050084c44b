using GenApi.Gateway.RateLimits;

namespace GenApi.Gateway.Diagnostics.Health.Checks;

/// <summary>The rate limiter.</summary>
internal sealed class RateLimiterCheck(RateLimiter limiter) : IComponentCheck
{
    public string Name => "rate_limiter";

    public ComponentHealth Check()
    {
        var config = limiter.Config;
        var limits = limiter.Rules.Limits.ToList();
        return ComponentHealth.Of(
            [
                new("enabled", config.Enabled ? 1 : 0),
                new("global_limits", config.Global.Count),
                new("api_limits", config.Api.Count),
                new("local_counters", limits.Sum(limit => limit.State.Windows.Count)),
                new("local_denials", limits.Sum(limit => limit.State.Denials.Count)),
            ],
            (HealthState.Degraded, limits.Count == 0 || !config.Enabled || !limiter.CountsAlone ? null
                : config.FailOpen ? "Redis is away, so each gateway enforces the rate limits by itself."
                : "Redis is away, and fail_open is off: calls that have a rate limit are refused."));
    }
}
