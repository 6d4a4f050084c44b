using GenApi.Gateway.Calls;
using GenApi.Protocol.Calls;

namespace GenApi.Gateway.RateLimits;

/// <summary>Counts the call under every limit that applies to it, or refuses it.</summary>
internal sealed class RateLimitStep(RateLimiter limiter) : ICallStep
{
    public string Phase => "rate_limit";

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
