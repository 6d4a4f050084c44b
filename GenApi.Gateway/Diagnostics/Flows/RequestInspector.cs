using System.Security.Claims;
using GenApi.Gateway.Arguments;
using GenApi.Gateway.Calls;
using GenApi.Gateway.Configs;
using GenApi.Gateway.Entry;
using GenApi.Gateway.RateLimits;
using GenApi.Gateway.Security;
using GenApi.Protocol.Calls;
using GenApi.Protocol.Json;

namespace GenApi.Gateway.Diagnostics.Flows;

/// <summary>
/// Looks at a request without making it: asks each step of the pipeline for its forecast. Steps behind one that fails are asked
/// all the same, so that one look shows everything that is wrong.
/// </summary>
internal sealed class RequestInspector(CallPipeline pipeline, FlowReporter flows, RateLimiter limiter)
{
    private const string DefaultRequestId = "inspect";

    /// <exception cref="ArgumentException">It is no request; the message says what is wrong.</exception>
    public async Task<RequestPlan> InspectAsync(InspectRequest request, CancellationToken cancellationToken)
    {
        request = Normalise(request);
        var call = ToCall(request, cancellationToken);
        var forecasts = new Dictionary<string, StepForecast>();
        var valid = true;
        foreach (var step in pipeline.Steps)
        {
            forecasts[step.Phase] = await step.ForecastAsync(call).ConfigureAwait(false);
            valid &= step is not ArgumentStep || forecasts[step.Phase].Error is null;

            // There is nothing to ask the steps behind the lookup about a function that is not there.
            if (step is ConfigLookupStep && call.Function is null)
            {
                break;
            }
        }

        var stopsAt = forecasts.FirstOrDefault(forecast => forecast.Value.Error is not null);
        var plan = new RequestPlan
        {
            Service = request.Service,
            RequestType = request.RequestType,
            Version = request.Version,
            Request = request,
            WouldRun = stopsAt.Key is null,
            StopsAt = stopsAt.Key,
            Error = stopsAt.Value.Error?.Message,
        };
        if (call.Function is not { } function)
        {
            return plan with { Steps = [.. forecasts.Select(forecast => Outcome(new FlowStep { Phase = forecast.Key, Desc = "No function is found" }, forecast.Value))] };
        }

        var limits = function.RateLimits.For(limiter.Rules, function.Config.Service, function.Config.RequestType);
        var use = await limiter.UseOfAsync(limits, RateLimitSubject.Of(call), cancellationToken).ConfigureAwait(false);
        return flows.Describe(plan, function, use) with
        {
            Target = call.Target?.Address,
            RateLimitUse = use,
            CompleteArgs = valid ? call.Args : null,
            Steps = [.. flows.StepsOf(function).Select(step => forecasts.TryGetValue(step.Phase, out var forecast) ? Outcome(step, forecast) : step)],
        };
    }

    private static FlowStep Outcome(FlowStep step, StepForecast forecast) => step with
    {
        Outcome = forecast.Error is not null ? "fail" : forecast.Unknown is not null ? "unknown" : "pass",
        Code = forecast.Error?.Code.Name,
        Error = forecast.Error?.Message,
        Details = forecast.Error is { Details: { IsEmpty: false } details } ? details : null,
        Note = forecast.Unknown ?? forecast.Note,
    };

    private static InspectRequest Normalise(InspectRequest request)
    {
        foreach (var (member, value) in new[] { ("service", request.Service), ("request_type", request.RequestType) })
        {
            if (value.Length == 0 || !CallRequestReader.Fits(value))
            {
                throw new ArgumentException($"{member} must be a string of 1 to {CallRequestReader.MaxTextBytes} bytes.");
            }
        }

        var args = request.Args is { IsEmpty: false } given && given != RawJson.Null ? given : RawJson.EmptyObject;
        return args.Utf8.Span[0] != (byte)'{' || !JsonText.IsUnicode(args.Utf8.Span)
            ? throw new ArgumentException("args must be a JSON object in valid Unicode.")
            : request with { RequestId = request.RequestId is { Length: > 0 } id ? id : DefaultRequestId, Version = request.Version is "" ? null : request.Version, UserRoles = request.UserRoles ?? [], Args = args };
    }

    private static Call ToCall(InspectRequest request, CancellationToken aborted)
    {
        var identity = request.UserId is { Length: > 0 } user
            ? new ClaimsIdentity(
                [
                    new Claim(ClaimTypes.NameIdentifier, user),
                    .. request.UserRoles!.Select(role => new Claim(ClaimTypes.Role, role)),
                    .. (request.Claims ?? new Dictionary<string, string>()).Select(claim => new Claim(claim.Key, claim.Value)),
                ],
                authenticationType: "inspection")
            : new ClaimsIdentity();
        return new Call(
            new CallRequest
            {
                Service = request.Service,
                RequestType = request.RequestType,
                RequestId = request.RequestId!,
                Version = request.Version,
                DeviceId = request.DeviceId,
                Args = request.Args!.Value,
            },
            Caller.Of(new ClaimsPrincipal(identity), request.IpAddress),
            aborted);
    }
}
