using System.Text.Json;
using GenApi.Protocol.Calls;
using GenApi.Protocol.Json;
using GenApi.Protocol.Link;

namespace GenApi.Gateway.Nodes;

/// <summary>One open link to a node: sends calls, and brings each reply to whoever waits for it.</summary>
internal sealed class NodeLinkSession(LinkConnection connection, int maxCalls, TimeProvider time, Action changed) : ILinkHandler
{
    private readonly PendingCalls _calls = new(maxCalls);

    /// <summary>Whether the node takes calls: it has introduced itself, and has not said that it stops.</summary>
    public bool IsReady { get; private set; }

    /// <summary>The node's id as it introduced itself; empty before that.</summary>
    public string NodeId { get; private set; } = "";

    /// <summary>The calls under way.</summary>
    public int InFlight => _calls.Count;

    /// <summary>Sends a call and waits for its reply.</summary>
    /// <param name="header">What the node is told; the time left is filled in here.</param>
    /// <param name="args">The arguments.</param>
    /// <param name="deadline">When to give up, as a timestamp.</param>
    /// <param name="aborted">Ends when the client is gone.</param>
    public ValueTask<LinkReply> CallAsync(in CallHeader header, RawJson args, long deadline, CancellationToken aborted)
    {
        if (!IsReady)
        {
            return new(new LinkReply(LinkReplyKind.NotSent));
        }

        if (!connection.FitsPeer(args.Utf8.Length + ushort.MaxValue))
        {
            return new(new LinkReply(LinkReplyKind.Error, Error: new CallError(
                ErrorCode.PayloadTooLarge,
                $"The arguments have {args.Utf8.Length} bytes, more than the node takes ({connection.PeerMaxFrameBytes - ushort.MaxValue}).")));
        }

        uint timeoutMs = 0;
        if (deadline != long.MaxValue)
        {
            var left = (deadline - time.GetTimestamp()) * 1000 / time.TimestampFrequency;
            if (left <= 0)
            {
                return new(new LinkReply(LinkReplyKind.TimedOut));
            }

            timeoutMs = (uint)left;
        }

        var call = PendingCall.Rent(this, deadline);
        if (!_calls.TryAdd(call))
        {
            call.Return();
            return new(new LinkReply(LinkReplyKind.NotSent));
        }

        if (!connection.TrySendCall(call.Id, CallFlags.None, header with { TimeoutMs = timeoutMs }, args.Utf8.Span) && _calls.Take(call.Id) is not null)
        {
            call.Return();
            return new(new LinkReply(LinkReplyKind.NotSent));
        }

        return call.ReplyAsync(aborted);
    }

    /// <summary>Gives up a call whose client is gone.</summary>
    public void Abort(PendingCall call) => GiveUp(_calls.Take(call.Id), LinkReplyKind.Cancelled);

    /// <summary>Gives up the calls whose deadline has passed.</summary>
    public void GiveUpExpired(long now)
    {
        foreach (var call in _calls.TakeExpired(now) ?? [])
        {
            GiveUp(call, LinkReplyKind.TimedOut);
        }
    }

    /// <summary>The link has ended: every call under way gets its answer.</summary>
    public void Close()
    {
        IsReady = false;
        foreach (var call in _calls.Close())
        {
            call.Complete(new LinkReply(LinkReplyKind.Lost));
        }
    }

    public void OnHello(Hello hello)
    {
        NodeId = hello.Id;
        IsReady = true;
        changed();
    }

    public void OnFrame(in Frame frame)
    {
        switch (frame.Type)
        {
            case FrameType.Result:
                _calls.Take(frame.CallId)?.Complete(new LinkReply(LinkReplyKind.Result, new RawJson(frame.Body.ToArray())));
                break;
            case FrameType.Error:
                _calls.Take(frame.CallId)?.Complete(new LinkReply(LinkReplyKind.Error, Error: ReadError(frame.Body)));
                break;
            case FrameType.GoAway:
                IsReady = false;
                changed();
                break;
            default:
                throw new LinkProtocolException($"A node does not send {frame.Type} frames to a call that is no stream.");
        }
    }

    private static CallError ReadError(ReadOnlySpan<byte> body)
    {
        try
        {
            return JsonSerializer.Deserialize(body, LinkJson.Default.ErrorBody)?.ToCallError()
                ?? throw new LinkProtocolException("The body of ERROR is null.");
        }
        catch (JsonException error)
        {
            throw new LinkProtocolException($"The body of ERROR is not the JSON expected: {error.Message}");
        }
    }

    private void GiveUp(PendingCall? call, LinkReplyKind kind)
    {
        if (call is not null)
        {
            connection.Send(FrameType.Cancel, 0, call.Id, []);
            call.Complete(new LinkReply(kind));
        }
    }
}
