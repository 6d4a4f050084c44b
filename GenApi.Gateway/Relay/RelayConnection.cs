namespace GenApi.Gateway.Relay;

/// <summary>
/// One connection of a user, and the messages that wait for it. Whoever reads too slowly loses the oldest of them, and nobody
/// else waits. Takes no memory for messages before there are any.
/// </summary>
internal sealed class RelayConnection(string userId, IMessageSink sink, RelayOptions limits, RelayTelemetry telemetry) : IThreadPoolWorkItem
{
    private readonly Lock _gate = new();
    private Queue<OutgoingMessage>? _waiting;
    private SemaphoreSlim? _turn;
    private int _bytes;
    private bool _sending;
    private bool _closed;

    public string UserId => userId;

    /// <summary>The bytes that wait for it.</summary>
    public int QueuedBytes => Volatile.Read(ref _bytes);

    /// <summary>Lets the connection's own messages go one after the other, in the order in which they came in.</summary>
    public SemaphoreSlim Turn => _turn ?? Interlocked.CompareExchange(ref _turn, new SemaphoreSlim(1, 1), null) ?? _turn;

    /// <summary>Sends a message soon. Never waits.</summary>
    public void Send(OutgoingMessage message)
    {
        var dropped = 0;
        bool start;
        lock (_gate)
        {
            if (_closed)
            {
                return;
            }

            _waiting ??= new Queue<OutgoingMessage>();
            while (_waiting.Count > 0 && (_waiting.Count >= limits.MaxQueuedMessages || (long)_bytes + message.Bytes > limits.MaxQueuedBytes))
            {
                _bytes -= _waiting.Dequeue().Bytes;
                dropped++;
            }

            _waiting.Enqueue(message);
            _bytes += message.Bytes;
            start = !_sending;
            _sending = true;
        }

        if (dropped > 0)
        {
            telemetry.DroppedForSlowConnection(userId, dropped);
        }

        if (start)
        {
            ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
        }
    }

    /// <summary>The connection has ended; nothing is sent any more.</summary>
    public void Close()
    {
        lock (_gate)
        {
            _closed = true;
            _waiting = null;
        }
    }

    void IThreadPoolWorkItem.Execute() => _ = SendWaitingAsync();

    private async Task SendWaitingAsync()
    {
        try
        {
            while (TryTake(out var message))
            {
                await sink.SendAsync(message).ConfigureAwait(false);
            }
        }
        catch (Exception)
        {
            // The connection has just ended, or is about to; SignalR logs why.
            Close();
        }
    }

    private bool TryTake([System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out OutgoingMessage? message)
    {
        lock (_gate)
        {
            if (_waiting is { } waiting && waiting.TryDequeue(out message))
            {
                _bytes -= message.Bytes;
                return true;
            }

            // An idle connection keeps no queue.
            _waiting = null;
            _bytes = 0;
            _sending = false;
            message = null;
            return false;
        }
    }
}
