using GenApi.Gateway.Calls;
using GenApi.Gateway.Configs;
using GenApi.Protocol.Calls;
using Microsoft.Extensions.Options;

namespace GenApi.Gateway.Security;

/// <summary>Settles for whom the call is made (<c>require_verified_user_id</c>, <c>override_user_id</c>).</summary>
internal sealed class CallerStep(IOptionsMonitor<GenApiGatewayOptions> options) : ICallStep
{
    private static readonly CallError AuthenticationRequired = new(
        ErrorCode.Unauthenticated,
        "Authentication required: send a valid access token.");

    public string Phase => "caller";

    public string Describe(FunctionEntry function) =>
        $"{(options.CurrentValue.RequireVerifiedUserId ? "Verified users only" : "Callers need not be verified")}; the user id comes from {(options.CurrentValue.OverrideUserId ? "the token" : "the payload, where it names one")}";

    public ValueTask<StepForecast> ForecastAsync(Call call) => StepForecast.OfAsync(RunAsync(call));

    public ValueTask<CallError?> RunAsync(Call call)
    {
        var settings = options.CurrentValue;
        if (settings.RequireVerifiedUserId && call.Caller.UserId is null)
        {
            return new(AuthenticationRequired);
        }

        if (!settings.OverrideUserId && call.Request.UserId is { Length: > 0 } claimed)
        {
            call.UserId = claimed;
            call.Roles = call.Request.UserRoles;
        }

        return default;
    }
}
