using GenApi.Gateway.Calls;
using GenApi.Protocol.Calls;
using GenApi.Protocol.Link;
using Microsoft.Extensions.Options;

namespace GenApi.Gateway.Nodes;

/// <summary>Has a node run the function. A call that could not be sent goes to another node.</summary>
internal sealed class ExecutionStep(IOptionsMonitor<GenApiGatewayOptions> options) : ICallStep
{
    public string Phase => "execution";

    public async ValueTask<CallError?> RunAsync(Call call)
    {
        var header = HeaderOf(call);
        var candidates = call.Candidates;
        var first = candidates.Length == 1 ? 0 : Random.Shared.Next(candidates.Length);
        for (var i = 0; i < candidates.Length; i++)
        {
            call.Node = candidates[(first + i) % candidates.Length];
            var reply = await call.Node.CallAsync(header, call.Args, call.Deadline, call.Aborted).ConfigureAwait(false);
            switch (reply.Kind)
            {
                case LinkReplyKind.Result:
                    call.Result = reply.Result;
                    return null;
                case LinkReplyKind.NotSent:
                    continue;
                default:
                    return ErrorOf(call, reply);
            }
        }

        return new CallError(ErrorCode.Unavailable, $"No node of {call.Function.Config.Key} could take the call.");
    }

    /// <summary>What the node is told. Who calls is told only to functions that ask for it.</summary>
    private static CallHeader HeaderOf(Call call)
    {
        var config = call.Function.Config;
        return config.RequestInfo
            ? new CallHeader
            {
                Function = config.FunctionName,
                Traceparent = call.Traceparent,
                Tracestate = call.Tracestate,
                RequestId = call.Request.RequestId,
                Service = config.Service,
                RequestType = config.RequestType,
                Version = config.Version,
                UserId = call.UserId,
                DeviceId = call.DeviceId,
                Roles = call.Roles,
            }
            : new CallHeader
            {
                Function = config.FunctionName,
                Traceparent = call.Traceparent,
                Tracestate = call.Tracestate,
                RequestId = call.Request.RequestId,
            };
    }

    private CallError ErrorOf(Call call, in LinkReply reply) => reply.Kind switch
    {
        LinkReplyKind.Lost => new CallError(ErrorCode.Unavailable, "The node was lost before it answered."),
        LinkReplyKind.Cancelled => new CallError(ErrorCode.Unavailable, "The client left before the answer came."),
        LinkReplyKind.TimedOut => TimedOut(call),
        _ when reply.Error!.Code == ErrorCode.Timeout => TimedOut(call),
        _ when reply.Error!.Code == ErrorCode.FunctionError && !options.CurrentValue.DetailError =>
            new CallError(ErrorCode.FunctionError, "The function failed."),
        _ => reply.Error!,
    };

    private static CallError TimedOut(Call call) =>
        new(ErrorCode.Timeout, $"The call took longer than {call.Function.Config.Timeout} ms.");
}
