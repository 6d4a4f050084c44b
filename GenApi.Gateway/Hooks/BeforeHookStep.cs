using GenApi.Gateway.Calls;
using GenApi.Gateway.Configs;
using GenApi.Gateway.Telemetry.Events;
using GenApi.Protocol.Calls;

namespace GenApi.Gateway.Hooks;

/// <summary>Asks the before hook. A hook that fails or takes too long refuses the call, because it may be there to guard it.</summary>
internal sealed partial class BeforeHookStep(HookRunner hooks, GatewayEvents events, TimeProvider time, ILogger<BeforeHookStep> logger) : ICallStep
{
    public string Phase => "hooks_before";

    public string Describe(FunctionEntry function) => HookRunner.Describe("before_execute", function.Config.BeforeExecute, function.Config.HookTimeout);

    public ValueTask<StepForecast> ForecastAsync(Call call) => new(
        call.Function.Config.BeforeExecute is not { } hook ? default
        : hooks.NameMissing<IBeforeCall>(hook) is { } missing ? new StepForecast(Refused, Note: missing)
        : new StepForecast(null, "the hook is not run; it may refuse the call or change its arguments"));

    public ValueTask<CallError?> RunAsync(Call call) => call.Function.Config.BeforeExecute is null ? default : AskAsync(call);

    private static CallError Refused { get; } = new(ErrorCode.HookRejected, "The before hook failed, so the call is refused.");

    private async ValueTask<CallError?> AskAsync(Call call)
    {
        var config = call.Function.Config;
        var hook = config.BeforeExecute!;
        var started = time.GetTimestamp();
        events.HookStarted(HookPhase.Before, call, hook);
        using var timeout = new CancellationTokenSource(TimeSpan.FromMilliseconds(config.HookTimeout), time);
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, call.Aborted);
        try
        {
            var result = await hooks.BeforeAsync(hook, call, patience.Token).AsTask().WaitAsync(patience.Token).ConfigureAwait(false);
            if (result.Reason is { } reason)
            {
                events.HookEnded(HookPhase.Before, call, hook, started, "rejected", reason);
                return new CallError(ErrorCode.HookRejected, reason);
            }

            if (!result.Args.IsEmpty)
            {
                call.Args = result.Args;
            }

            events.HookEnded(HookPhase.Before, call, hook, started, result.Args.IsEmpty ? "continue" : "changed");
            return null;
        }
        catch (Exception fault)
        {
            events.HookFailed(HookPhase.Before, call, hook, started, fault);
            Log.Failed(logger, fault, config.Service, config.RequestType, call.Request.RequestId);
            return Refused;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "The before hook of {Service}/{RequestType} failed on request {RequestId}; the call is refused.")]
        public static partial void Failed(ILogger logger, Exception fault, string service, string requestType, string requestId);
    }
}
