using GenApi.Gateway.Calls;
using GenApi.Protocol.Calls;

namespace GenApi.Gateway.Hooks;

/// <summary>Asks the before hook. A hook that fails or takes too long refuses the call, because it may be there to guard it.</summary>
internal sealed partial class BeforeHookStep(HookRunner hooks, TimeProvider time, ILogger<BeforeHookStep> logger) : ICallStep
{
    public string Phase => "hooks_before";

    public ValueTask<CallError?> RunAsync(Call call) => call.Function.Config.BeforeExecute is null ? default : AskAsync(call);

    private async ValueTask<CallError?> AskAsync(Call call)
    {
        var config = call.Function.Config;
        using var timeout = new CancellationTokenSource(TimeSpan.FromMilliseconds(config.HookTimeout), time);
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, call.Aborted);
        try
        {
            var result = await hooks.BeforeAsync(config.BeforeExecute!, call, patience.Token).AsTask().WaitAsync(patience.Token).ConfigureAwait(false);
            if (result.Reason is { } reason)
            {
                return new CallError(ErrorCode.HookRejected, reason);
            }

            if (!result.Args.IsEmpty)
            {
                call.Args = result.Args;
            }

            return null;
        }
        catch (Exception fault)
        {
            Log.Failed(logger, fault, config.Service, config.RequestType, call.Request.RequestId);
            return new CallError(ErrorCode.HookRejected, "The before hook failed, so the call is refused.");
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "The before hook of {Service}/{RequestType} failed on request {RequestId}; the call is refused.")]
        public static partial void Failed(ILogger logger, Exception fault, string service, string requestType, string requestId);
    }
}
