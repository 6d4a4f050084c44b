using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace GenApi.Bench.Load;

/// <summary>
/// One client connection that keeps a fixed number of calls in flight and checks every answer. It works on the bare socket, so
/// that the generator costs little and costs the same whatever it drives; a subclass knows the bytes of one protocol.
/// </summary>
/// <remarks>
/// After <see cref="Start"/> everything happens in the receive callback, of which there is never more than one at a time, so no
/// state needs a lock. Sends block, which is safe because what can be in flight is far smaller than a socket's buffer.
/// </remarks>
internal abstract class LoadConnection : IDisposable
{
    private const int BufferSize = 32 * 1024;
    private static readonly TimeSpan OpenTimeout = TimeSpan.FromSeconds(10);

    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly SocketAsyncEventArgs _receive = new();
    private readonly TaskCompletionSource _drained = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly LoadPhase _phase;
    private readonly int _inFlight;
    private readonly bool _batched;
    private readonly byte[] _received = new byte[BufferSize];
    private readonly long[] _expectedIds;
    private readonly long[] _sentAt;
    private readonly int[] _chunks;
    private readonly int[] _freeSlots;

    private byte[] _outgoing = [];
    private int _filled;
    private int _free;
    private long _now;

    /// <param name="phase">The switch of the run this connection belongs to.</param>
    /// <param name="shape">How many calls to keep in flight, and whether to batch them.</param>
    protected LoadConnection(LoadPhase phase, LoadShape shape)
    {
        var inFlight = shape.InFlight;
        ArgumentOutOfRangeException.ThrowIfLessThan(inFlight, 1);
        _phase = phase;
        _batched = shape.Batched;
        _inFlight = inFlight;
        _expectedIds = new long[inFlight];
        _sentAt = new long[inFlight];
        _chunks = new int[inFlight];
        _freeSlots = new int[inFlight];
        for (var slot = 0; slot < inFlight; slot++)
        {
            _expectedIds[slot] = slot;
            _freeSlots[slot] = slot;
        }

        _free = inFlight;
        _receive.Completed += (_, _) => Pump();
    }

    /// <summary>Digits of a call's id on the wire. The width is fixed so that a request is built once and only its id is written again.</summary>
    protected const int IdDigits = 10;

    public LatencyLog Latencies { get; } = new();

    /// <summary>Calls that were answered wrongly, or were in flight when the connection failed.</summary>
    public long Errors { get; private set; }

    /// <summary>What went wrong first, or null if nothing did.</summary>
    public string? FirstError { get; private set; }

    /// <summary>Completes when the phase is <see cref="Phase.Draining"/> and nothing is in flight, or when the connection failed.</summary>
    public Task Drained => _drained.Task;

    /// <summary>Calls sent and not answered yet.</summary>
    public int Outstanding => _inFlight - _free;

    /// <summary>Connects and shakes hands.</summary>
    /// <exception cref="InvalidOperationException">The server refused, or was not done within 10 s.</exception>
    public async Task OpenAsync(Uri server, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(OpenTimeout);
        try
        {
            await _socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, server.Port), limit.Token);
            await ShakeHandsAsync(server, limit.Token);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new InvalidOperationException($"{server} did not open a connection within {OpenTimeout.TotalSeconds:0} s.", e);
        }
        catch (SocketException e)
        {
            throw new InvalidOperationException($"{server} did not open a connection: {e.Message}", e);
        }
    }

    /// <summary>Sends the first calls. From here on the connection runs by itself.</summary>
    public void Start()
    {
        _outgoing = new byte[_inFlight * RequestLength];
        try
        {
            SendFreeSlots();
            Receive();
        }
        catch (SocketException e)
        {
            Fail(e.Message);
        }
    }

    public void Dispose()
    {
        _socket.Dispose();
        _receive.Dispose();
    }

    /// <summary>Bytes of one request; the same for every id.</summary>
    protected abstract int RequestLength { get; }

    /// <summary>Does what comes before the first call. Nothing, unless overridden.</summary>
    protected virtual Task ShakeHandsAsync(Uri server, CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Writes the request with this id, <see cref="RequestLength"/> bytes.</summary>
    protected abstract void WriteRequest(Span<byte> destination, long id);

    /// <summary>
    /// Reads the whole messages at the start of <paramref name="received"/>, calls <see cref="Answer"/> for each answer, and returns
    /// how many bytes those messages took.
    /// </summary>
    protected abstract int Read(ReadOnlySpan<byte> received);

    /// <summary>Notes one chunk of a call that is answered with a stream. Its latency is the time since the chunk before it, or since the call.</summary>
    /// <returns>How many chunks of this call have come, this one included; 0 when the call was not in flight.</returns>
    protected int Chunk(long id, ReadOnlySpan<byte> chunk)
    {
        var slot = (int)(id % _inFlight);
        if (id < 0 || _expectedIds[slot] != id || _free == _inFlight)
        {
            NoteError($"a chunk of a call that was not in flight: {Text(chunk)}");
            return 0;
        }

        if (_phase.Current == Phase.Measuring)
        {
            Latencies.Add(_now - _sentAt[slot]);
        }

        _sentAt[slot] = _now;
        return ++_chunks[slot];
    }

    /// <summary>Notes that the chunks of a call have all come, or that its stream ended in another way.</summary>
    /// <param name="id">The id of the call.</param>
    /// <param name="expected">How many chunks the call must have.</param>
    /// <param name="answer">What ended the stream.</param>
    protected void EndOfChunks(long id, int expected, ReadOnlySpan<byte> answer)
    {
        var slot = (int)(id % _inFlight);
        var came = id < 0 ? 0 : _chunks[slot];
        if (id >= 0)
        {
            _chunks[slot] = 0;
        }

        Answer(id, came == expected, answer, counts: false);
    }

    /// <summary>Notes a message that no call can have.</summary>
    protected void NoteWrong(ReadOnlySpan<byte> message) => NoteError($"a wrong answer: {Text(message)}");

    /// <summary>Notes one answer.</summary>
    /// <param name="id">The id of the call.</param>
    /// <param name="correct">Whether it was the answer the call must have.</param>
    /// <param name="answer">The answer.</param>
    /// <param name="counts">Whether it is what is counted, rather than the end of what was counted.</param>
    protected void Answer(long id, bool correct, ReadOnlySpan<byte> answer, bool counts = true)
    {
        var slot = (int)(id % _inFlight);
        if (id < 0 || _expectedIds[slot] != id || _free == _inFlight)
        {
            NoteError($"an answer to a call that was not in flight: {Text(answer)}");
            return;
        }

        if (!correct)
        {
            NoteError($"a wrong answer: {Text(answer)}");
        }
        else if (counts && _phase.Current == Phase.Measuring)
        {
            Latencies.Add(_now - _sentAt[slot]);
        }

        _expectedIds[slot] += _inFlight;
        _freeSlots[_free++] = slot;
    }

    /// <summary>Notes an error that ends the connection.</summary>
    protected void Fail(string message)
    {
        if (!_drained.Task.IsCompleted)
        {
            NoteError(message);
            Errors += Outstanding;
            _socket.Dispose();
            _drained.TrySetResult();
        }
    }

    protected static string Text(ReadOnlySpan<byte> bytes) => Encoding.UTF8.GetString(bytes[..Math.Min(bytes.Length, 500)]);

    /// <summary>Writes an id as <see cref="IdDigits"/> digits.</summary>
    protected static void WriteId(Span<byte> destination, long id)
    {
        for (var i = IdDigits - 1; i >= 0; i--)
        {
            (id, var digit) = Math.DivRem(id, 10);
            destination[i] = (byte)('0' + digit);
        }
    }

    /// <summary>Reads an id written by <see cref="WriteId"/>, or returns -1 if there is none at the start.</summary>
    protected static long ReadId(ReadOnlySpan<byte> source)
    {
        if (source.Length < IdDigits)
        {
            return -1;
        }

        long id = 0;
        foreach (var digit in source[..IdDigits])
        {
            if (digit is < (byte)'0' or > (byte)'9')
            {
                return -1;
            }

            id = (id * 10) + (digit - '0');
        }

        return id;
    }

    /// <summary>Sends bytes that are not a call.</summary>
    protected void SendNow(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            bytes = bytes[_socket.Send(bytes)..];
        }
    }

    /// <summary>Receives until <paramref name="end"/> has come and returns what came before it. What came after it stays for the calls.</summary>
    /// <exception cref="InvalidOperationException">The server closed the connection, or sent too much.</exception>
    protected async Task<string> ReceiveUntilAsync(ReadOnlyMemory<byte> end, CancellationToken cancellationToken)
    {
        while (true)
        {
            var at = _received.AsSpan(0, _filled).IndexOf(end.Span);
            if (at >= 0)
            {
                var text = Text(_received.AsSpan(0, at));
                Consume(at + end.Length);
                return text;
            }

            var count = _filled == _received.Length ? 0 : await _socket.ReceiveAsync(_received.AsMemory(_filled), cancellationToken);
            if (count == 0)
            {
                throw new InvalidOperationException($"The server broke off the handshake after: {Text(_received.AsSpan(0, _filled))}");
            }

            _filled += count;
        }
    }

    private void Receive()
    {
        _receive.SetBuffer(_received, _filled, _received.Length - _filled);
        if (!_socket.ReceiveAsync(_receive))
        {
            Pump();
        }
    }

    private void Pump()
    {
        try
        {
            do
            {
                if (_receive.SocketError != SocketError.Success || _receive.BytesTransferred == 0)
                {
                    Fail($"the server closed the connection ({_receive.SocketError})");
                    return;
                }

                _now = Stopwatch.GetTimestamp();
                _filled += _receive.BytesTransferred;
                Consume(Read(_received.AsSpan(0, _filled)));
                if (_filled == _received.Length)
                {
                    Fail("an answer larger than the receive buffer");
                    return;
                }

                if (_phase.Current != Phase.Draining)
                {
                    SendFreeSlots();
                }
                else if (Outstanding == 0)
                {
                    _drained.TrySetResult();
                    return;
                }

                _receive.SetBuffer(_received, _filled, _received.Length - _filled);
            }
            while (!_socket.ReceiveAsync(_receive));
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            Fail(e.Message);
        }
    }

    private void SendFreeSlots()
    {
        if (_free == 0)
        {
            return;
        }

        var now = Stopwatch.GetTimestamp();
        var length = 0;
        while (_free > 0)
        {
            var slot = _freeSlots[--_free];
            WriteRequest(_outgoing.AsSpan(length, RequestLength), _expectedIds[slot]);
            length += RequestLength;
            _sentAt[slot] = now;
            if (!_batched)
            {
                SendNow(_outgoing.AsSpan(0, length));
                length = 0;
                now = Stopwatch.GetTimestamp();
            }
        }

        SendNow(_outgoing.AsSpan(0, length));
    }

    private void Consume(int count)
    {
        _received.AsSpan(count, _filled - count).CopyTo(_received);
        _filled -= count;
    }

    private void NoteError(string message)
    {
        Errors++;
        FirstError ??= message;
    }
}
