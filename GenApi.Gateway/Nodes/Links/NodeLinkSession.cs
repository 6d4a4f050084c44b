using System.Buffers.Binary;
using System.Net.WebSockets;
using System.Text.Json;
using GenApi.Protocol.Calls;
using GenApi.Protocol.Json;
using GenApi.Protocol.Link;

namespace GenApi.Gateway.Nodes.Links;

/// <summary>One open link to a node: sends calls, and brings each reply to whoever waits for it.</summary>
internal sealed class NodeLinkSession(LinkConnection connection, int maxCalls, TimeProvider time, Action changed) : ILinkHandler, IStreamSource
{
    private static readonly TimeSpan ClosePatience = TimeSpan.FromSeconds(1);

    private readonly PendingCalls _calls = new(maxCalls);
    private long _frames;
    private int _closing;

    /// <summary>Whether the node takes calls: it has introduced itself, and has not said that it stops.</summary>
    public bool IsReady { get; private set; }

    /// <summary>The node's id as it introduced itself; empty before that.</summary>
    public string NodeId { get; private set; } = "";

    /// <summary>Whether the link was asked to end, by the node or by this side.</summary>
    public bool IsDrained { get; private set; }

    /// <summary>What has gone over the link so far.</summary>
    public LinkTraffic Traffic => connection.Traffic;

    /// <summary>The calls under way.</summary>
    public int InFlight => _calls.Count;

    /// <summary>The bytes that wait to be sent.</summary>
    public int UnsentBytes => connection.UnsentBytes;

    /// <summary>Sends a call and waits for its reply.</summary>
    public ValueTask<LinkReply> CallAsync(CallFlags flags, in CallHeader header, RawJson args, long deadline, IFrameObserver? observer, CancellationToken aborted)
    {
        if (flags.HasFlag(CallFlags.NoReply))
        {
            return new(Send(0, flags, header, args, deadline, observer) ?? new LinkReply(LinkReplyKind.Result));
        }

        var call = PendingCall.Rent(this, deadline, observer);
        call.FramesBefore = Volatile.Read(ref _frames);
        if (!_calls.TryAdd(call))
        {
            call.Return();
            return new(new LinkReply(LinkReplyKind.NotSent));
        }

        if (Send(call.Id, flags, header, args, deadline, observer) is { } refused && Take(call.Id) is not null)
        {
            call.Return();
            return new(refused);
        }

        return call.ReplyAsync(aborted);
    }

    /// <summary>Sends a call whose answer is a stream. Null: it could not be sent.</summary>
    public PendingStream? OpenStream(in CallHeader header, RawJson args, long deadline, IFrameObserver? observer)
    {
        var stream = new PendingStream(this, PendingStream.DefaultWindow) { Deadline = deadline, FramesBefore = Volatile.Read(ref _frames), Observer = observer };
        if (!_calls.TryAdd(stream))
        {
            return null;
        }

        if (Send(stream.Id, CallFlags.Stream, header with { Window = PendingStream.DefaultWindow }, args, deadline, observer) is not { } refused || Take(stream.Id) is null)
        {
            return stream;
        }

        if (refused.Kind == LinkReplyKind.NotSent)
        {
            return null;
        }

        stream.Complete(refused);
        return stream;
    }

    void IStreamSource.Credit(PendingStream stream, uint bytes)
    {
        Span<byte> body = stackalloc byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32LittleEndian(body, bytes);
        stream.Observer?.Sent(FrameType.Credit, 0);
        connection.Send(FrameType.Credit, 0, stream.Id, body);
    }

    void IStreamSource.Cancel(PendingStream stream) => GiveUp(Take(stream.Id), LinkReplyKind.Cancelled);

    /// <summary>Gives up a call whose client is gone.</summary>
    public void Abort(PendingCall call) => GiveUp(Take(call.Id), LinkReplyKind.Cancelled);

    /// <summary>Gives up the calls whose deadline has passed.</summary>
    public void GiveUpExpired(long now)
    {
        foreach (var call in _calls.TakeExpired(now) ?? [])
        {
            GiveUp(call, LinkReplyKind.TimedOut);
        }

        CloseIfDrained();
    }

    /// <summary>Takes no further calls, and closes the link once those under way have been answered.</summary>
    public void Drain()
    {
        IsReady = false;
        IsDrained = true;
        _calls.StopAdding();
        changed();
        CloseIfDrained();
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
        Volatile.Write(ref _frames, _frames + 1);

        // The body is read before the call is taken out: a broken one ends the link, and with it every call that is still in.
        switch (frame.Type)
        {
            case FrameType.Result:
            case FrameType.Item when ((ItemFlags)frame.Flags).HasFlag(ItemFlags.Last):
                var result = ReadValue(frame);
                Complete(frame, new LinkReply(LinkReplyKind.Result, result));
                break;
            case FrameType.Error:
                var error = ReadError(frame.Body);
                Complete(frame, new LinkReply(LinkReplyKind.Error, Error: error));
                break;
            case FrameType.Item:
                switch (_calls.Find(frame.CallId))
                {
                    case PendingStream stream:
                        stream.Observer?.Received(frame.Type, frame.Body.Length);
                        stream.Add(ReadValue(frame));
                        break;
                    case not null:
                        throw new LinkProtocolException("An ITEM came for a call that is no stream.");
                }

                break;
            case FrameType.End:
                Complete(frame, new LinkReply(LinkReplyKind.Result));
                break;
            case FrameType.GoAway:
                Drain();
                break;
            default:
                throw new LinkProtocolException($"A node does not send {frame.Type} frames.");
        }
    }

    private void Complete(in Frame frame, in LinkReply reply)
    {
        if (Take(frame.CallId) is { } call)
        {
            call.Observer?.Received(frame.Type, frame.Body.Length);
            call.Complete(reply);
        }
    }

    /// <summary>The value goes to clients as it is, so it must be what it says.</summary>
    private static RawJson ReadValue(in Frame frame) => JsonText.IsOneValue(frame.Body) && JsonText.IsUnicode(frame.Body)
        ? new RawJson(frame.Body.ToArray())
        : throw new LinkProtocolException($"The body of {frame.Type} is not one JSON value in valid Unicode.");

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

    /// <summary>Sends a CALL frame. Null when it is on its way; else why it is not.</summary>
    private LinkReply? Send(ulong id, CallFlags flags, in CallHeader header, RawJson args, long deadline, IFrameObserver? observer)
    {
        if (!IsReady)
        {
            return new LinkReply(LinkReplyKind.NotSent);
        }

        if (!connection.FitsPeer(args.Utf8.Length + ushort.MaxValue))
        {
            return new LinkReply(LinkReplyKind.Error, Error: new CallError(
                ErrorCode.PayloadTooLarge,
                $"The arguments have {args.Utf8.Length} bytes, more than the node takes ({connection.PeerMaxFrameBytes - ushort.MaxValue})."));
        }

        uint timeoutMs = 0;
        if (deadline != long.MaxValue)
        {
            var left = (deadline - time.GetTimestamp()) * 1000 / time.TimestampFrequency;
            if (left <= 0)
            {
                return new LinkReply(LinkReplyKind.TimedOut);
            }

            timeoutMs = (uint)left;
        }

        // Told before it is sent, or the answer could be told first.
        observer?.Sent(FrameType.Call, args.Utf8.Length);
        try
        {
            return connection.TrySendCall(id, flags, header with { TimeoutMs = timeoutMs }, args.Utf8.Span)
                ? null
                : new LinkReply(LinkReplyKind.NotSent);
        }
        catch (LinkProtocolException error)
        {
            // An id or a role too long for the header: this call cannot travel, but others can.
            return new LinkReply(LinkReplyKind.Error, Error: new CallError(ErrorCode.InvalidRequest, error.Message));
        }
    }

    private PendingEntry? Take(ulong id)
    {
        var call = _calls.Take(id);
        CloseIfDrained();
        return call;
    }

    private void CloseIfDrained()
    {
        if (_calls.IsDrained && Interlocked.Exchange(ref _closing, 1) == 0)
        {
            _ = connection.CloseAsync(WebSocketCloseStatus.NormalClosure, "drained", ClosePatience);
        }
    }

    private void GiveUp(PendingEntry? call, LinkReplyKind kind)
    {
        if (call is not null)
        {
            call.Observer?.Sent(FrameType.Cancel, 0);
            connection.Send(FrameType.Cancel, 0, call.Id, []);
            call.Complete(new LinkReply(kind, NodeSilent: Volatile.Read(ref _frames) == call.FramesBefore));
        }
    }
}
