using GenApi.Gateway.Calls;
using GenApi.Protocol.Link;

namespace GenApi.Gateway.Nodes;

/// <summary>What a node is told about a call.</summary>
internal static class CallHeaders
{
    /// <param name="call">The call.</param>
    /// <param name="function">The function to run.</param>
    /// <param name="whoCalls">Whether it is told who calls; functions that do not ask for it are not told.</param>
    public static CallHeader Of(Call call, string function, bool whoCalls)
    {
        var header = new CallHeader
        {
            Function = function,
            Traceparent = call.Traceparent,
            Tracestate = call.Tracestate,
            RequestId = call.Request.RequestId,
        };
        if (!whoCalls)
        {
            return header;
        }

        var config = call.Function.Config;
        return header with
        {
            Service = config.Service,
            RequestType = config.RequestType,
            Version = config.Version,
            UserId = call.UserId,
            DeviceId = call.DeviceId,
            Roles = call.Roles,
        };
    }
}
