using GenApi.Gateway.RateLimits;

namespace GenApi.Gateway.Diagnostics.Health.Checks;

/// <summary>The rate limiter.</summary>
internal sealed class RateLimiterCheck(RateLimiter limiter) : IComponentCheck
{
    public string Name => "rate_limiter";

    public ComponentHealth Check()
    {
        var figures = limiter.Figures();
        return ComponentHealth.Of(
            [
                new("enabled", figures.Config.Enabled ? 1 : 0),
                new("shared", figures.IsShared ? 1 : 0),
                new("global_limits", figures.Config.Global.Count),
                new("api_limits", figures.Config.Api.Count),
                new("checks", figures.Checks),
                new("denied", figures.Denied),
                new("unavailable", figures.Unavailable),
                new("local_counters", figures.Limits.Sum(limit => limit.LocalCounters)),
                new("local_denials", figures.Limits.Sum(limit => limit.LocalDenials)),
            ],
            (HealthState.Degraded, figures.Limits.Count == 0 || !figures.Config.Enabled || !figures.CountsAlone ? null
                : figures.Config.FailOpen ? "Redis is away or does not answer, so each gateway enforces the rate limits by itself."
                : "Redis is away or does not answer, and fail_open is off: calls that have a rate limit are refused."));
    }
}
