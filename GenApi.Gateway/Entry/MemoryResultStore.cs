using GenApi.Protocol.Calls;
using Microsoft.Extensions.Options;

namespace GenApi.Gateway.Entry;

/// <summary>The embedded store: one gateway, nothing to install.</summary>
internal sealed class MemoryResultStore(TimeProvider time, IOptionsMonitor<GenApiGatewayOptions> options) : IResultStore
{
    private readonly Lock _gate = new();
    private readonly Dictionary<(string Owner, string RequestId), Entry> _entries = [];
    private readonly PriorityQueue<(string Owner, string RequestId), DateTimeOffset> _ends = new();

    public Task<bool> TryBeginAsync(string owner, string requestId, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            Expire();
            if (_entries.Count >= options.CurrentValue.MaxStoredResults)
            {
                return Task.FromResult(false);
            }

            var added = !_entries.TryGetValue((owner, requestId), out var known) || known.State == ResultState.Gone;
            if (added)
            {
                Put((owner, requestId), new Entry(ResultState.Pending, null, default));
            }

            return Task.FromResult(added);
        }
    }

    public Task CompleteAsync(string owner, string requestId, CallResponse response, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            Put((owner, requestId), new Entry(ResultState.Ready, response, default));
        }

        return Task.CompletedTask;
    }

    public Task AbandonAsync(string owner, string requestId, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            _entries.Remove((owner, requestId));
        }

        return Task.CompletedTask;
    }

    public Task<(ResultState State, CallResponse? Response)> TakeAsync(string owner, string requestId, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            Expire();
            if (!_entries.TryGetValue((owner, requestId), out var entry))
            {
                return Task.FromResult((ResultState.Unknown, (CallResponse?)null));
            }

            if (entry.State == ResultState.Ready)
            {
                _entries[(owner, requestId)] = entry with { State = ResultState.Gone, Response = null };
            }

            return Task.FromResult((entry.State, entry.Response));
        }
    }

    private void Put((string Owner, string RequestId) key, Entry entry)
    {
        // A call that runs for longer than answers are kept is not forgotten before it ends.
        var end = entry.State == ResultState.Pending ? DateTimeOffset.MaxValue : time.GetUtcNow() + options.CurrentValue.ResultLifetime;
        _entries[key] = entry with { End = end };
        if (entry.State != ResultState.Pending)
        {
            _ends.Enqueue(key, end);
        }
    }

    /// <summary>An answer whose time is over is gone; some time later even that is forgotten.</summary>
    private void Expire()
    {
        var now = time.GetUtcNow();
        while (_ends.TryPeek(out var key, out var end) && end <= now)
        {
            _ends.Dequeue();
            if (!_entries.TryGetValue(key, out var entry) || entry.End != end)
            {
                continue;
            }

            if (entry.State == ResultState.Gone && entry.Forgettable)
            {
                _entries.Remove(key);
                continue;
            }

            var forgotten = now + options.CurrentValue.ResultLifetime;
            _entries[key] = new Entry(ResultState.Gone, null, forgotten, Forgettable: true);
            _ends.Enqueue(key, forgotten);
        }
    }

    private sealed record Entry(ResultState State, CallResponse? Response, DateTimeOffset End, bool Forgettable = false);
}
