using GenApi.Gateway.Calls;
using GenApi.Gateway.Configs;
using GenApi.Gateway.Telemetry.Events;
using GenApi.Protocol.Calls;
using GenApi.Protocol.Configs;

namespace GenApi.Gateway.Hooks;

/// <summary>Shows the answer to the after hook. A hook that fails or takes too long leaves the answer as it is.</summary>
internal sealed partial class AfterHookStep(HookRunner hooks, GatewayEvents events, TimeProvider time, ILogger<AfterHookStep> logger) : ICallStep
{
    public string Phase => "hooks_after";

    public string Describe(FunctionEntry function) => function.Config is { AfterExecute: not null, ResponseType: ResponseType.Stream or ResponseType.None }
        ? "after_execute hook (not run for streams and fire-and-forget calls)"
        : HookRunner.Describe("after_execute", function.Config.AfterExecute, function.Config.HookTimeout);

    public ValueTask<StepForecast> ForecastAsync(Call call) => new(
        !HasAnswerToShow(call) ? default
        : hooks.NameMissing<IAfterCall>(call.Function.Config.AfterExecute) is { } missing ? new StepForecast(null, Note: $"{missing}; the answer stays as it is, and each call logs an error")
        : new StepForecast(null, "the hook is not run; it may change the answer"));

    public ValueTask<CallError?> RunAsync(Call call) => HasAnswerToShow(call) ? ShowAsync(call) : default;

    private static bool HasAnswerToShow(Call call) => call.Function.Config is { AfterExecute: not null, ResponseType: ResponseType.Sync or ResponseType.Async };

    private async ValueTask<CallError?> ShowAsync(Call call)
    {
        var config = call.Function.Config;
        var hook = config.AfterExecute!;
        var started = time.GetTimestamp();
        events.HookStarted(HookPhase.After, call, hook);
        using var timeout = new CancellationTokenSource(TimeSpan.FromMilliseconds(config.HookTimeout), time);
        try
        {
            var response = CallResponse.Ok(call.Request.RequestId, call.Result);
            var changed = await hooks.AfterAsync(hook, call, response, timeout.Token).AsTask().WaitAsync(timeout.Token).ConfigureAwait(false);
            if (changed is { IsEmpty: false } result)
            {
                call.Result = result;
            }

            events.HookEnded(HookPhase.After, call, hook, started, changed is { IsEmpty: false } ? "changed" : "continue");
        }
        catch (Exception fault)
        {
            events.HookFailed(HookPhase.After, call, hook, started, fault);
            Log.Failed(logger, fault, config.Service, config.RequestType, call.Request.RequestId);
        }

        return null;
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "The after hook of {Service}/{RequestType} failed on request {RequestId}; the answer stays as it is.")]
        public static partial void Failed(ILogger logger, Exception fault, string service, string requestType, string requestId);
    }
}
