using System.Collections.Concurrent;

namespace GenApi.Gateway.Calls.Modes;

/// <summary>The streams under way, so that they can be stopped by their request id.</summary>
internal sealed class StreamRegistry(TimeProvider time)
{
    private readonly ConcurrentDictionary<(string Owner, string RequestId), OpenStream> _streams = new();

    public ICollection<OpenStream> All => _streams.Values;

    public IReadOnlyList<StreamInfo> List() =>
    [
        .. _streams.Values.Select(stream => stream.Call).Select(call => new StreamInfo(
            call.Request.RequestId,
            call.Request.Service,
            call.Request.RequestType,
            call.UserId,
            call.Target?.Address,
            (long)time.GetElapsedTime(call.Started.Timestamp).TotalMilliseconds,
            call.Chunks)),
    ];

    /// <summary>Adds a stream; null when the owner has one of that id already.</summary>
    /// <param name="owner">Who may stop it: a connection.</param>
    /// <param name="call">The call.</param>
    /// <param name="aborted">Ends when the client is gone.</param>
    public OpenStream? TryAdd(string owner, Call call, CancellationToken aborted)
    {
        var stream = new OpenStream(this, owner, call, aborted);
        if (_streams.TryAdd((owner, call.Request.RequestId), stream))
        {
            return stream;
        }

        stream.DisposeUnregistered();
        return null;
    }

    /// <summary>Stops a stream of this owner (the seed's <c>stop_stream</c>). False: there is none of that id.</summary>
    public bool Stop(string owner, string requestId)
    {
        if (!_streams.TryGetValue((owner, requestId), out var stream))
        {
            return false;
        }

        stream.Stop();
        return true;
    }

    /// <summary>Stops every stream of that request id, whoever owns it.</summary>
    public bool StopAny(string requestId)
    {
        var found = _streams.Values.Where(stream => stream.Call.Request.RequestId == requestId).ToList();
        found.ForEach(stream => stream.Stop());
        return found.Count > 0;
    }

    /// <summary>One stream under way. Dispose of it when it has ended.</summary>
    internal sealed class OpenStream : IDisposable
    {
        private readonly StreamRegistry _registry;
        private readonly string _owner;
        private readonly CancellationTokenSource _ending;

        public OpenStream(StreamRegistry registry, string owner, Call call, CancellationToken aborted)
        {
            _registry = registry;
            _owner = owner;
            Call = call;
            _ending = CancellationTokenSource.CreateLinkedTokenSource(aborted);
        }

        public Call Call { get; }

        /// <summary>Whether somebody asked for the stream to be stopped, rather than the client being gone.</summary>
        public bool IsStopped { get; private set; }

        /// <summary>Ends when the stream is stopped or the client is gone.</summary>
        public CancellationToken Ending => _ending.Token;

        public void Stop()
        {
            IsStopped = true;
            try
            {
                _ = _ending.CancelAsync();
            }
            catch (ObjectDisposedException)
            {
                // The stream has just ended by itself.
            }
        }

        public void Dispose()
        {
            _registry._streams.TryRemove(new((_owner, Call.Request.RequestId), this));
            _ending.Dispose();
        }

        public void DisposeUnregistered() => _ending.Dispose();
    }
}
