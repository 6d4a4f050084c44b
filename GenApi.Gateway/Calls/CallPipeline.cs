using GenApi.Gateway.Arguments;
using GenApi.Gateway.Configs;
using GenApi.Gateway.Nodes;
using GenApi.Gateway.Permissions;
using GenApi.Gateway.Security;
using GenApi.Gateway.Telemetry;
using GenApi.Protocol.Calls;

namespace GenApi.Gateway.Calls;

/// <summary>
/// The way of every call, whichever door it came in by. This is the one place that states the order of the steps;
/// diagnostics report this same list.
/// </summary>
internal sealed partial class CallPipeline(
    CallerStep caller,
    ConfigLookupStep configLookup,
    PermissionStep permission,
    ArgumentStep arguments,
    NodeSelectionStep nodeSelection,
    ExecutionStep execution,
    CallTelemetry telemetry,
    ILogger<CallPipeline> logger)
{
    /// <summary>The steps in their order.</summary>
    public IReadOnlyList<ICallStep> Steps => _steps;

    private readonly ICallStep[] _steps = [caller, configLookup, permission, arguments, nodeSelection, execution];

    /// <summary>Takes a call to its one final answer. Never throws.</summary>
    public async ValueTask<CallResponse> RunAsync(Call call)
    {
        var started = telemetry.Start(call);
        CallError? error;
        try
        {
            error = await RunStepsAsync(call).ConfigureAwait(false);
        }
        catch (Exception fault)
        {
            // Whatever goes wrong in here is our fault, and the caller still gets an answer.
            Log.StepFailed(logger, fault, call.Request.RequestId, call.Request.Service, call.Request.RequestType);
            error = new CallError(ErrorCode.Internal, "The gateway failed; the fault is logged under this request_id.");
        }

        telemetry.Stop(call, started, error);
        return error is null
            ? CallResponse.Ok(call.Request.RequestId, call.Result)
            : CallResponse.Failed(call.Request.RequestId, error);
    }

    private async ValueTask<CallError?> RunStepsAsync(Call call)
    {
        foreach (var step in _steps)
        {
            if (await step.RunAsync(call).ConfigureAwait(false) is { } error)
            {
                return error;
            }
        }

        return null;
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "Request {RequestId} to {Service}/{RequestType} failed inside the gateway.")]
        public static partial void StepFailed(ILogger logger, Exception fault, string requestId, string service, string requestType);
    }
}
