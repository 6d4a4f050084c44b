using System.Collections.Concurrent;

namespace GenApi.Gateway.Nodes.Selection;

/// <summary>
/// Which node each key sticks to. Bounded: an entry that is not used for a while is forgotten, and a full table forgets
/// what it learned before the last turn.
/// </summary>
internal sealed class StickyTable(TimeProvider time, int capacity = StickyTable.DefaultCapacity)
{
    public const int DefaultCapacity = 100_000;

    /// <summary>How long an unused entry is kept at least.</summary>
    public static readonly TimeSpan KeepFor = TimeSpan.FromMinutes(30);

    private readonly Lock _turning = new();
    private volatile ConcurrentDictionary<ulong, string> _young = new();
    private volatile ConcurrentDictionary<ulong, string> _old = new();
    private long _turned = time.GetTimestamp();
    private int _youngCount;

    public string? Find(ulong key)
    {
        if (_young.TryGetValue(key, out var address))
        {
            return address;
        }

        if (_old.TryGetValue(key, out address))
        {
            Remember(key, address);
            return address;
        }

        return null;
    }

    public void Remember(ulong key, string address)
    {
        if (_young.TryGetValue(key, out var known))
        {
            if (known != address)
            {
                _young[key] = address;
            }

            return;
        }

        if (_young.TryAdd(key, address) && Interlocked.Increment(ref _youngCount) >= capacity / 2 || time.GetElapsedTime(_turned) >= KeepFor)
        {
            Turn();
        }
    }

    /// <summary>The young become the old; the old are forgotten.</summary>
    private void Turn()
    {
        lock (_turning)
        {
            if (_youngCount < capacity / 2 && time.GetElapsedTime(_turned) < KeepFor)
            {
                return;
            }

            _old = _young;
            _young = new ConcurrentDictionary<ulong, string>();
            _youngCount = 0;
            _turned = time.GetTimestamp();
        }
    }
}
