using System.Collections.Concurrent;
using System.Net.WebSockets;
using System.Text.Json;
using GenApi.Node.Functions;
using GenApi.Protocol.Calls;
using GenApi.Protocol.Link;
using Microsoft.Extensions.Logging;

namespace GenApi.Node.Link;

/// <summary>One gateway's link: starts the calls it sends, and stops those it cancels.</summary>
internal sealed partial class LinkSession(
    LinkConnection connection,
    LinkSessions sessions,
    FunctionRegistry functions,
    IServiceProvider services,
    ILogger<LinkSession> logger) : ILinkHandler
{
    /// <summary>The longest message of an error, in characters; a JSON escape makes at most six bytes of one.</summary>
    private const int MaxErrorLength = 8 * 1024;

    private readonly ConcurrentDictionary<ulong, NodeCall> _cancellable = new();

    public LinkConnection Connection => connection;

    public IServiceProvider Services => services;

    /// <summary>The service that the node's functions belong to.</summary>
    public string Service => functions.Service;

    /// <summary>The id of the gateway on the other side.</summary>
    public string GatewayId { get; private set; } = "";

    /// <summary>Serves the link until it ends, then stops what still runs for it.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        sessions.Add(this);
        try
        {
            await connection.RunAsync(this, cancellationToken).ConfigureAwait(false);
            await CloseAsync(WebSocketCloseStatus.NormalClosure, "", TimeSpan.FromSeconds(1)).ConfigureAwait(false);
        }
        catch (LinkProtocolException error)
        {
            Log.ProtocolBroken(logger, GatewayId, error.Message);
            await CloseAsync(WebSocketCloseStatus.ProtocolError, Shorten(error.Message), TimeSpan.FromSeconds(1)).ConfigureAwait(false);
        }
        catch (Exception error) when (error is WebSocketException or OperationCanceledException)
        {
            Log.Lost(logger, GatewayId, error.Message);
        }
        finally
        {
            sessions.Remove(this);
            connection.Dispose();
            foreach (var call in _cancellable.Values)
            {
                call.Cancel();
            }
        }
    }

    public void SayGoAway() => connection.Send(FrameType.GoAway, 0, 0, []);

    public Task CloseAsync(WebSocketCloseStatus status, string reason, TimeSpan patience) =>
        connection.CloseAsync(status, reason, patience);

    public void OnHello(Hello hello)
    {
        GatewayId = hello.Id;
        Log.Opened(logger, hello.Id);
    }

    public void OnFrame(in Frame frame)
    {
        switch (frame.Type)
        {
            case FrameType.Call:
                Start(frame);
                break;
            case FrameType.Cancel:
                if (_cancellable.TryGetValue(frame.CallId, out var cancelled))
                {
                    cancelled.Cancel();
                }

                break;
            case FrameType.Credit:
                if (frame.Body.Length != 4)
                {
                    throw new LinkProtocolException("The body of CREDIT must have 4 bytes.");
                }

                if (_cancellable.TryGetValue(frame.CallId, out var stream))
                {
                    stream.AddCredit(BitConverter.ToUInt32(frame.Body));
                }

                break;
            default:
                throw new LinkProtocolException($"A gateway does not send {frame.Type} frames.");
        }
    }

    public void Register(ulong callId, NodeCall call) => _cancellable[callId] = call;

    public void Finish(ulong callId, bool registered)
    {
        if (registered)
        {
            _cancellable.TryRemove(callId, out _);
        }

        sessions.Leave();
    }

    public void SendError(ulong callId, CallError error)
    {
        var message = error.Message.Length <= MaxErrorLength ? error.Message : $"{error.Message.AsSpan(0, MaxErrorLength)}…";
        var fits = connection.FitsPeer((MaxErrorLength * 6) + error.Details.Utf8.Length);
        var body = ErrorBody.From(new CallError(error.Code, message) { Details = fits ? error.Details : default });
        connection.Send(FrameType.Error, 0, callId, JsonSerializer.SerializeToUtf8Bytes(body, LinkJson.Default.ErrorBody));
    }

    /// <summary>A close reason may have at most 123 bytes.</summary>
    private static string Shorten(string reason) => reason.Length <= 120 ? reason : reason[..120];

    private void Start(in Frame frame)
    {
        var body = frame.Body;
        var header = CallHeader.Read(ref body);
        if (functions.Find(header.Function) is not { } function)
        {
            Refuse(frame, new CallError(ErrorCode.NotFound, $"The node has no function '{header.Function}'."));
        }
        else if (!sessions.TryEnter())
        {
            Refuse(frame, new CallError(ErrorCode.Unavailable, "The node is running as many calls as it may."));
        }
        else
        {
            NodeCall.Start(this, function.Invoker, frame.CallId, (CallFlags)frame.Flags, header, body, logger);
        }
    }

    private void Refuse(in Frame frame, CallError error)
    {
        if (!((CallFlags)frame.Flags).HasFlag(CallFlags.NoReply))
        {
            SendError(frame.CallId, error);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "Gateway {GatewayId} has linked itself to this node.")]
        public static partial void Opened(ILogger logger, string gatewayId);

        [LoggerMessage(2, LogLevel.Information, "The link to gateway {GatewayId} is lost: {Reason}")]
        public static partial void Lost(ILogger logger, string gatewayId, string reason);

        [LoggerMessage(3, LogLevel.Warning, "The link to gateway '{GatewayId}' is closed because it broke the protocol: {Reason}")]
        public static partial void ProtocolBroken(ILogger logger, string gatewayId, string reason);
    }
}
