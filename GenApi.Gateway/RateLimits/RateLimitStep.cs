using GenApi.Gateway.Calls;
using GenApi.Gateway.Configs;
using GenApi.Protocol.Calls;

namespace GenApi.Gateway.RateLimits;

/// <summary>Counts the call under every limit that applies to it, or refuses it.</summary>
internal sealed class RateLimitStep(RateLimiter limiter) : ICallStep
{
    public string Phase => "rate_limit";

    public string Describe(FunctionEntry function)
    {
        var config = function.Config;
        ScopedLimit[] limits = [.. function.RateLimits.For(limiter.Rules, config.Service, config.RequestType).Limits];
        return !limiter.Config.Enabled ? "Rate limits are switched off"
            : limits.Length == 0 ? "No rate limit applies"
            : $"Counts the call in a sliding window under {string.Join(", ", limits.Select(limit => $"{limit.Scope} by {limit.Rule.Key}: {limit.MaxRequests} per {limit.Rule.WindowMs} ms"))}";
    }

    public async ValueTask<StepForecast> ForecastAsync(Call call)
    {
        var config = call.Function.Config;
        var plan = call.Function.RateLimits.For(limiter.Rules, config.Service, config.RequestType);
        var use = await limiter.UseOfAsync(plan, RateLimitSubject.Of(call), call.Aborted).ConfigureAwait(false);
        return new(use.Where(limit => limit.Remaining == 0).Select(RateLimitDenial.ErrorOf).FirstOrDefault());
    }

    public ValueTask<CallError?> RunAsync(Call call)
    {
        var config = call.Function.Config;
        var plan = call.Function.RateLimits.For(limiter.Rules, config.Service, config.RequestType);
        if (plan.IsEmpty)
        {
            return default;
        }

        var check = limiter.CheckAsync(plan, RateLimitSubject.Of(call));
        return check.IsCompletedSuccessfully ? new(check.Result?.ToError()) : WaitAsync(check);
    }

    private static async ValueTask<CallError?> WaitAsync(ValueTask<RateLimitDenial?> check) => (await check.ConfigureAwait(false))?.ToError();
}
