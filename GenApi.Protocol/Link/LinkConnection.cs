using System.Buffers;
using System.Net.WebSockets;
using System.Text.Json;

namespace GenApi.Protocol.Link;

/// <summary>What each side of a link does with the frames it receives.</summary>
internal interface ILinkHandler
{
    /// <summary>The other side has introduced itself. Called once, before any other frame.</summary>
    void OnHello(Hello hello);

    /// <summary>A frame has come. Runs on the receive loop: it must neither block nor keep the frame.</summary>
    void OnFrame(in Frame frame);
}

/// <summary>What has gone over a link, without what WebSocket adds.</summary>
internal readonly record struct LinkTraffic(long FramesSent, long BytesSent, long FramesReceived, long BytesReceived)
{
    public static LinkTraffic operator +(LinkTraffic one, LinkTraffic other) => new(
        one.FramesSent + other.FramesSent,
        one.BytesSent + other.BytesSent,
        one.FramesReceived + other.FramesReceived,
        one.BytesReceived + other.BytesReceived);
}

/// <summary>How much one link may hold.</summary>
internal sealed record LinkLimits
{
    public static LinkLimits Default { get; } = new();

    /// <summary>The largest frame accepted, in bytes.</summary>
    public int MaxFrameBytes { get; init; } = 16 * 1024 * 1024;

    /// <summary>Unsent bytes from which on no call is taken, so that a stalled peer costs bounded memory.</summary>
    public int MaxUnsentBytes { get; init; } = 16 * 1024 * 1024;

    /// <summary>Unsent bytes from which on senders of results and chunks are made to wait.</summary>
    public int PauseUnsentBytes { get; init; } = 256 * 1024;
}

/// <summary>
/// One link: a WebSocket that carries frames in both directions. Frames written while a send is under way are gathered
/// and leave together as one message, so that a busy link costs few system calls.
/// </summary>
internal sealed class LinkConnection : IThreadPoolWorkItem, IDisposable
{
    /// <summary>The smallest limit that either side may set: room for any header, and for arguments worth the name.</summary>
    public const int LeastMaxFrameBytes = 256 * 1024;

    private readonly WebSocket _socket;
    private readonly LinkLimits _limits;
    private readonly Lock _gate = new();
    private readonly CancellationTokenSource _closing = new();
    private FrameWriter _unsent = new();
    private FrameWriter _sending = new();
    private TaskCompletionSource? _roomAwaited;
    private bool _flushing;
    private bool _closed;
    private long _framesSent;
    private long _bytesSent;
    private long _framesReceived;
    private long _bytesReceived;

    /// <summary>Takes over an open WebSocket, and introduces this side before anything else can be sent.</summary>
    public LinkConnection(WebSocket socket, string localId, LinkLimits limits)
    {
        _socket = socket;
        _limits = limits;
        PeerMaxFrameBytes = LeastMaxFrameBytes;
        Send(FrameType.Hello, 0, 0, JsonSerializer.SerializeToUtf8Bytes(new Hello(localId, limits.MaxFrameBytes), LinkJson.Default.Hello));
    }

    /// <summary>The largest frame the other side accepts. Known once it has introduced itself.</summary>
    public int PeerMaxFrameBytes { get; private set; }

    /// <summary>What has been handed over to be sent, and what has been received.</summary>
    public LinkTraffic Traffic =>
        new(Volatile.Read(ref _framesSent), Volatile.Read(ref _bytesSent), Volatile.Read(ref _framesReceived), Volatile.Read(ref _bytesReceived));

    /// <summary>The bytes that wait to be sent.</summary>
    public int UnsentBytes
    {
        get
        {
            lock (_gate)
            {
                return _unsent.Length;
            }
        }
    }

    /// <summary>Whether a body of that size fits in one frame for the other side.</summary>
    public bool FitsPeer(int bodyLength) => bodyLength <= PeerMaxFrameBytes - FrameLayout.HeaderSize;

    /// <summary>
    /// Hands every received frame to the handler until the link ends. Returns when the other side closes.
    /// </summary>
    /// <exception cref="LinkProtocolException">The other side broke the protocol.</exception>
    /// <exception cref="WebSocketException">The connection failed, or this side gave it up.</exception>
    /// <exception cref="OperationCanceledException">The token ended.</exception>
    public async Task RunAsync(ILinkHandler handler, CancellationToken cancellationToken)
    {
        using var registration = cancellationToken.UnsafeRegister(static state => ((CancellationTokenSource)state!).Cancel(), _closing);
        var buffer = ArrayPool<byte>.Shared.Rent(64 * 1024);
        try
        {
            var filled = 0;
            var greeted = false;
            while (true)
            {
                var received = await _socket.ReceiveAsync(buffer.AsMemory(filled), _closing.Token).ConfigureAwait(false);
                if (received.MessageType == WebSocketMessageType.Close)
                {
                    return;
                }

                if (received.MessageType == WebSocketMessageType.Text)
                {
                    throw new LinkProtocolException("A link carries binary messages only.");
                }

                filled += received.Count;
                var rest = Dispatch(handler, buffer.AsSpan(0, filled), ref greeted, out var missing);
                buffer.AsSpan(filled - rest, rest).CopyTo(buffer);
                filled = rest;
                if (filled + missing > buffer.Length)
                {
                    var larger = ArrayPool<byte>.Shared.Rent(filled + missing);
                    buffer.AsSpan(0, filled).CopyTo(larger);
                    ArrayPool<byte>.Shared.Return(buffer);
                    buffer = larger;
                }
                else if (buffer.Length > 1024 * 1024 && filled + missing <= 64 * 1024)
                {
                    var smaller = ArrayPool<byte>.Shared.Rent(64 * 1024);
                    buffer.AsSpan(0, filled).CopyTo(smaller);
                    ArrayPool<byte>.Shared.Return(buffer);
                    buffer = smaller;
                }
            }
        }
        catch (Exception error) when (error is ObjectDisposedException or InvalidOperationException)
        {
            // Sending has failed and given the connection up while frames were being handled here.
            throw new WebSocketException("The link was given up.", error);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>Sends a CALL frame, unless the link is closed or too much is unsent already.</summary>
    /// <returns>False when the frame was not taken and never will be sent.</returns>
    /// <exception cref="LinkProtocolException">The header does not fit the protocol.</exception>
    public bool TrySendCall(ulong callId, CallFlags flags, in CallHeader header, ReadOnlySpan<byte> args)
    {
        lock (_gate)
        {
            if (_closed || _unsent.Length > _limits.MaxUnsentBytes)
            {
                return false;
            }

            var start = _unsent.Length;
            try
            {
                _unsent.WriteCall(callId, flags, header, args);
            }
            catch
            {
                _unsent.Truncate(start);
                throw;
            }

            CountSent(start);
            ScheduleFlush();
        }

        return true;
    }

    /// <summary>Sends a frame. Does nothing on a closed link, whose handler learns of the end by itself.</summary>
    public void Send(FrameType type, byte flags, ulong callId, ReadOnlySpan<byte> body)
    {
        lock (_gate)
        {
            if (_closed)
            {
                return;
            }

            var start = _unsent.Length;
            try
            {
                _unsent.WriteFrame(type, flags, callId, body);
            }
            catch
            {
                _unsent.Truncate(start);
                throw;
            }

            CountSent(start);
            ScheduleFlush();
        }
    }

    /// <summary>Completes when the link can take more: at once, unless the other side reads more slowly than we write.</summary>
    public Task WaitForRoomAsync(CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            if (_closed || _unsent.Length < _limits.PauseUnsentBytes)
            {
                return Task.CompletedTask;
            }

            _roomAwaited ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return _roomAwaited.Task.WaitAsync(cancellationToken);
        }
    }

    /// <summary>Says goodbye where the connection still works, and ends it.</summary>
    public async Task CloseAsync(WebSocketCloseStatus status, string reason, TimeSpan patience)
    {
        try
        {
            using var timeout = new CancellationTokenSource(patience);
            await FlushedAsync(timeout.Token).ConfigureAwait(false);
            if (_socket.State is WebSocketState.Open or WebSocketState.CloseReceived)
            {
                await _socket.CloseOutputAsync(status, reason, timeout.Token).ConfigureAwait(false);
            }
        }
        catch (Exception error) when (error is WebSocketException or OperationCanceledException or ObjectDisposedException or InvalidOperationException)
        {
            // The other side is gone already; there is nobody to say goodbye to.
        }
    }

    /// <summary>Ends the link at once. Frames not yet sent are lost.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            if (_closed)
            {
                return;
            }

            _closed = true;
            _roomAwaited?.TrySetResult();
            if (!_flushing)
            {
                _unsent.Dispose();
                _sending.Dispose();
            }
        }

        _closing.Cancel();
        _socket.Abort();
        _socket.Dispose();
    }

    /// <summary>Runs on the thread pool: sends what has gathered.</summary>
    void IThreadPoolWorkItem.Execute() => _ = FlushAsync();

    private static Hello ReadHello(ReadOnlySpan<byte> body)
    {
        try
        {
            return JsonSerializer.Deserialize(body, LinkJson.Default.Hello) is { Id.Length: > 0, MaxFrameBytes: >= LeastMaxFrameBytes } hello
                ? hello
                : throw new LinkProtocolException($"HELLO must carry an id, and a max_frame_bytes of at least {LeastMaxFrameBytes}.");
        }
        catch (JsonException error)
        {
            throw new LinkProtocolException($"The body of HELLO is not the JSON expected: {error.Message}");
        }
    }

    /// <summary>Handles all whole frames and returns how many bytes are left over.</summary>
    private int Dispatch(ILinkHandler handler, ReadOnlySpan<byte> bytes, ref bool greeted, out int missing)
    {
        var unread = bytes.Length;
        while (FrameReader.TryRead(ref bytes, _limits.MaxFrameBytes, out var frame, out missing))
        {
            // Only this loop counts what comes in.
            Volatile.Write(ref _framesReceived, _framesReceived + 1);
            Volatile.Write(ref _bytesReceived, _bytesReceived + unread - bytes.Length);
            unread = bytes.Length;
            if (greeted != (frame.Type != FrameType.Hello))
            {
                throw new LinkProtocolException("HELLO must be the first frame, and come once.");
            }

            if (greeted)
            {
                handler.OnFrame(frame);
                continue;
            }

            greeted = true;
            var hello = ReadHello(frame.Body);
            PeerMaxFrameBytes = hello.MaxFrameBytes;
            handler.OnHello(hello);
        }

        return bytes.Length;
    }

    /// <summary>Counts the frame that begins there. The caller holds the lock.</summary>
    private void CountSent(int start)
    {
        Volatile.Write(ref _framesSent, _framesSent + 1);
        Volatile.Write(ref _bytesSent, _bytesSent + _unsent.Length - start);
    }

    private void ScheduleFlush()
    {
        if (!_flushing)
        {
            _flushing = true;

            // To the end of the shared queue: work that is ready already runs first, and its frames leave with ours.
            ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
        }
    }

    private async Task FlushAsync()
    {
        try
        {
            while (TakeUnsent())
            {
                await _socket.SendAsync(_sending.Written, WebSocketMessageType.Binary, endOfMessage: true, _closing.Token).ConfigureAwait(false);
                _sending.Reset();
            }
        }
        catch (Exception)
        {
            // Whatever it is, nothing more can be sent. The receive loop sees the end of the connection and reports it.
            lock (_gate)
            {
                _flushing = false;
            }

            Dispose();
        }
    }

    private bool TakeUnsent()
    {
        lock (_gate)
        {
            if (_closed || _unsent.Length == 0)
            {
                _flushing = false;
                if (_closed)
                {
                    _unsent.Dispose();
                    _sending.Dispose();
                }

                return false;
            }

            (_unsent, _sending) = (_sending, _unsent);
            _roomAwaited?.TrySetResult();
            _roomAwaited = null;
            return true;
        }
    }

    private async Task FlushedAsync(CancellationToken cancellationToken)
    {
        // Bounded by the caller's patience; each turn gives the flush its chance to run.
        while (true)
        {
            lock (_gate)
            {
                if (_closed || !_flushing)
                {
                    return;
                }
            }

            await Task.Delay(TimeSpan.FromMilliseconds(1), cancellationToken).ConfigureAwait(false);
        }
    }
}
