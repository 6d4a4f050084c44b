using GenApi.Gateway.Calls;
using GenApi.Gateway.Security;
using GenApi.Protocol.Calls;
using GenApi.Protocol.Json;
using Microsoft.AspNetCore.SignalR;
using Microsoft.Extensions.Options;

namespace GenApi.Gateway.Entry;

/// <summary>The SignalR door.</summary>
internal sealed class GenApiHub(CallPipeline pipeline, IOptionsMonitor<GenApiGatewayOptions> options) : Hub
{
    /// <summary>The hub's path.</summary>
    public const string Path = "/genapi";

    private static readonly object CallerKey = new();

    /// <summary>Calls a function. Takes the request as its bytes, so that a malformed one gets an answer too.</summary>
    public async Task<CallResponse> Call(RawJson request)
    {
        if (CallLimits.TooLarge(request.Utf8.Length, options.CurrentValue) is { } tooLarge)
        {
            _ = CallRequestReader.Read(request.Utf8, out _, out var id);
            return CallResponse.Failed(id, tooLarge);
        }

        if (CallRequestReader.Read(request.Utf8, out var read, out var requestId) is { } error)
        {
            return CallResponse.Failed(requestId, error);
        }

        return await pipeline.RunAsync(new Call(read!, Caller, Context.ConnectionAborted));
    }

    /// <summary>The caller is the connection's, and stays the same as long as it lasts.</summary>
    private Caller Caller
    {
        get
        {
            if (Context.Items.TryGetValue(CallerKey, out var known))
            {
                return (Caller)known!;
            }

            var caller = Security.Caller.Of(Context.User ?? new(), Context.GetHttpContext()?.Connection.RemoteIpAddress?.ToString());
            Context.Items[CallerKey] = caller;
            return caller;
        }
    }
}
