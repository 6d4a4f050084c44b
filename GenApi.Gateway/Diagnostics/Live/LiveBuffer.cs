using System.Runtime.CompilerServices;
using System.Threading.Channels;

namespace GenApi.Gateway.Diagnostics.Live;

/// <summary>
/// Holds what somebody watches live until they have read it. Never larger than it may be: what does not fit is dropped, and
/// counted.
/// </summary>
internal sealed class LiveBuffer<T>(int capacity)
{
    private readonly Channel<T> _items = Channel.CreateBounded<T>(new BoundedChannelOptions(capacity) { SingleReader = true });
    private long _dropped;

    /// <summary>What waits to be read.</summary>
    public int Count => _items.Reader.Count;

    /// <summary>How many found no room so far.</summary>
    public long Dropped => Volatile.Read(ref _dropped);

    public void Add(T item)
    {
        if (!_items.Writer.TryWrite(item))
        {
            Interlocked.Increment(ref _dropped);
        }
    }

    /// <summary>Nothing more will come. What is in can still be read.</summary>
    public void Complete() => _items.Writer.TryComplete();

    /// <summary>What comes, until nothing more will.</summary>
    /// <param name="dropped">What the reader is told of items that found no room: how many since the last time, and how many in all.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    public async IAsyncEnumerable<T> ReadAllAsync(Func<long, long, T> dropped, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var told = 0L;
        bool more;
        do
        {
            more = await _items.Reader.WaitToReadAsync(cancellationToken).ConfigureAwait(false);
            while (_items.Reader.TryRead(out var item))
            {
                yield return item;
            }

            if (Dropped is var all && all > told)
            {
                yield return dropped(all - told, all);
                told = all;
            }
        }
        while (more);
    }
}
