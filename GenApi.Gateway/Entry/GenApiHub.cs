using System.Runtime.CompilerServices;
using GenApi.Gateway.Calls;
using GenApi.Gateway.Calls.Modes;
using GenApi.Gateway.Diagnostics.Connections;
using GenApi.Gateway.Diagnostics.Tracing;
using GenApi.Gateway.Relay;
using GenApi.Gateway.Security;
using GenApi.Protocol.Calls;
using GenApi.Protocol.Configs;
using GenApi.Protocol.Json;
using Microsoft.AspNetCore.SignalR;
using Microsoft.Extensions.Options;

namespace GenApi.Gateway.Entry;

/// <summary>The SignalR door.</summary>
internal sealed partial class GenApiHub(CallDispatcher calls, StreamRegistry streams, IHubContext<GenApiHub> hub, IOptionsMonitor<GenApiGatewayOptions> options, CallTracing tracing, ConnectionTable connections, TimeProvider time) : Hub
{
    /// <summary>The hub's path.</summary>
    public const string Path = "/genapi";

    private static readonly object ConnectionKey = new();

    /// <summary>
    /// Calls a function. Sync functions answer with the result; the others with an acknowledgement, and later by event. Takes
    /// the request as its bytes, so that a malformed one gets an answer too.
    /// </summary>
    public async Task<CallResponse> Call(RawJson request) =>
        Read(request, Context.ConnectionAborted, out var call) ?? await calls.CallAsync(call!, Own.Sink);

    /// <summary>Calls a function and answers with a stream: each chunk of a stream function, or the one answer of any other.</summary>
    public async IAsyncEnumerable<CallResponse> Stream(RawJson request, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var refused = Read(request, cancellationToken, out var call) ?? await calls.AdmitAsync(call!);
        if (refused is not null)
        {
            yield return refused;
        }
        else if (call!.Function.Config.ResponseType == ResponseType.Stream)
        {
            await foreach (var response in calls.StreamAsync(call, Context.ConnectionId, cancellationToken))
            {
                yield return response;
            }
        }
        else
        {
            yield return await calls.AnswerAsync(call, Own.Sink);
        }
    }

    /// <summary>Stops a stream of this connection. False: there is none with that request id.</summary>
    public bool StopStream(string requestId) => streams.Stop(Context.ConnectionId, requestId);

    /// <summary>The answer to a request that is none; null when there is a call.</summary>
    private CallResponse? Read(RawJson request, CancellationToken aborted, out Call? call)
    {
        call = null;
        var error = CallRequestReader.Read(request.Utf8, out var read, out var requestId);
        error = CallLimits.TooLarge(request.Utf8.Length, options.CurrentValue) ?? error;
        if (error is not null)
        {
            return CallResponse.Failed(requestId, error);
        }

        call = new Call(read!, Own.Caller, aborted) { Connection = Own.Client };
        return null;
    }

    /// <summary>What stays the same as long as the connection lasts.</summary>
    public override Task OnConnectedAsync()
    {
        var caller = Caller.Of(Context.User ?? new(), Context.GetHttpContext()?.Connection.RemoteIpAddress?.ToString());

        // Not this hub's own proxy, which ends with this invocation.
        var client = hub.Clients.Client(Context.ConnectionId);
        var sink = new HubAnswerSink(client, Context.ConnectionId, options.CurrentValue.EventName, Context.ConnectionAborted);
        var connection = new ClientConnection(Context.ConnectionId, caller.UserId, time.GetTimestamp());
        Context.Items[ConnectionKey] = new Connection(caller, sink, connection);
        connections.Add(connection, Context.Features.Get<RelayConnection>());
        tracing.Connected(connection);
        return base.OnConnectedAsync();
    }

    public override Task OnDisconnectedAsync(Exception? exception)
    {
        connections.Remove(Own.Client);
        tracing.Disconnected(Own.Client);
        return base.OnDisconnectedAsync(exception);
    }

    private Connection Own => (Connection)Context.Items[ConnectionKey]!;

    private sealed record Connection(Caller Caller, HubAnswerSink Sink, ClientConnection Client);
}
