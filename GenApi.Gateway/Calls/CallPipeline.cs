using System.Runtime.CompilerServices;
using GenApi.Gateway.Arguments;
using GenApi.Gateway.Configs;
using GenApi.Gateway.Hooks;
using GenApi.Gateway.Nodes;
using GenApi.Gateway.Nodes.Links;
using GenApi.Gateway.Permissions;
using GenApi.Gateway.RateLimits;
using GenApi.Gateway.Security;
using GenApi.Gateway.Telemetry;
using GenApi.Protocol.Calls;
using GenApi.Protocol.Json;

namespace GenApi.Gateway.Calls;

/// <summary>
/// The way of every call, whichever door it came in by. This is the one place that states the order of the steps;
/// diagnostics report this same list. The steps up to the node selection admit the call; those from the execution on run
/// it, for some modes after the client has its acknowledgement.
/// </summary>
internal sealed partial class CallPipeline(
    CallerStep caller,
    ConfigLookupStep configLookup,
    BeforeHookStep beforeHook,
    PermissionStep permission,
    RateLimitStep rateLimit,
    ArgumentStep arguments,
    NodeSelectionStep nodeSelection,
    ExecutionStep execution,
    AfterHookStep afterHook,
    CallTelemetry telemetry,
    ILogger<CallPipeline> logger)
{
    private readonly ICallStep[] _admission = [caller, configLookup, beforeHook, permission, rateLimit, arguments, nodeSelection];

    private readonly ICallStep[] _running = [execution, afterHook];

    /// <summary>The steps in their order.</summary>
    public IEnumerable<ICallStep> Steps => _admission.Concat(_running);

    /// <summary>Finds out whether a call may run. Never throws.</summary>
    /// <returns>The answer that refuses it; null when it may run, and then it must be completed, streamed or failed.</returns>
    public async ValueTask<CallResponse?> AdmitAsync(Call call)
    {
        telemetry.Start(call);
        var error = await RunAsync(_admission, call).ConfigureAwait(false);
        return error is null ? null : Fail(call, error);
    }

    /// <summary>Runs an admitted call to its answer. Never throws.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<CallResponse> CompleteAsync(Call call)
    {
        var error = await RunAsync(_running, call).ConfigureAwait(false);
        if (error is not null)
        {
            return Fail(call, error);
        }

        telemetry.Stop(call, null);
        return CallResponse.Ok(call.Request.RequestId, call.Result);
    }

    /// <summary>
    /// Runs an admitted call of a stream function and answers with its chunks. When the stream fails or is given up, no last
    /// answer comes from here, and <see cref="Call.Error"/> says why.
    /// </summary>
    public async IAsyncEnumerable<CallResponse> StreamAsync(Call call)
    {
        call.Error = await RunAsync([execution], call).ConfigureAwait(false);
        try
        {
            while (call.Error is null)
            {
                var part = await ReadAsync(call).ConfigureAwait(false);
                if (part.End is { Kind: not LinkReplyKind.Result } end)
                {
                    call.Error = execution.ErrorOf(call, end);
                    break;
                }

                var last = part.End is not null;
                call.Chunks += part.Chunk.IsEmpty ? 0 : 1;
                call.Trace?.Chunk(part.Chunk, !last);
                yield return new CallResponse
                {
                    RequestId = call.Request.RequestId,
                    Success = true,
                    Result = part.Chunk.IsEmpty ? RawJson.Null : part.Chunk,
                    Async = true,
                    HasMore = !last,
                };
                if (last)
                {
                    break;
                }
            }
        }
        finally
        {
            // Also when the reader stops in the middle.
            call.Stream?.Stop();
            telemetry.Stop(call, call.Error);
        }
    }

    /// <summary>Ends a call with an error.</summary>
    public CallResponse Fail(Call call, CallError error)
    {
        call.Error = error;
        telemetry.Stop(call, error);
        return CallResponse.Failed(call.Request.RequestId, error);
    }

    private static async ValueTask<StreamPart> ReadAsync(Call call)
    {
        try
        {
            return await call.Stream!.ReadAsync(call.Aborted).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            return new StreamPart(default, new LinkReply(LinkReplyKind.Cancelled));
        }
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<CallError?> RunAsync(ICallStep[] steps, Call call)
    {
        try
        {
            foreach (var step in steps)
            {
                if (await step.RunAsync(call).ConfigureAwait(false) is { } error)
                {
                    return error;
                }
            }

            return null;
        }
        catch (Exception fault)
        {
            // Whatever goes wrong in here is our fault, and the caller still gets an answer.
            Log.StepFailed(logger, fault, call.Request.RequestId, call.Request.Service, call.Request.RequestType);
            return new CallError(ErrorCode.Internal, "The gateway failed; the fault is logged under this request_id.");
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "Request {RequestId} to {Service}/{RequestType} failed inside the gateway.")]
        public static partial void StepFailed(ILogger logger, Exception fault, string requestId, string service, string requestType);
    }
}
