using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;

namespace GenApi.Gateway;

/// <summary>
/// Remembers what was used lately, in bounded memory: entries live in a young and an old half, use moves them to the young
/// one, and from time to time, or when the young half is full, the old half is forgotten. Finding an entry takes no lock.
/// </summary>
/// <param name="time">The clock.</param>
/// <param name="capacity">The most entries, in both halves together.</param>
/// <param name="keepFor">How long an unused entry is kept at least, unless the room is needed; at most twice as long.</param>
internal sealed class RecentTable<TKey, TValue>(TimeProvider time, int capacity, TimeSpan keepFor)
    where TKey : notnull
{
    private readonly Lock _turning = new();
    private volatile ConcurrentDictionary<TKey, TValue> _young = new();
    private volatile ConcurrentDictionary<TKey, TValue> _old = new();
    private long _turned = time.GetTimestamp();
    private int _youngCount;

    public bool TryGet(TKey key, [MaybeNullWhen(false)] out TValue value)
    {
        if (_young.TryGetValue(key, out value))
        {
            return true;
        }

        if (!_old.TryGetValue(key, out value))
        {
            return false;
        }

        Set(key, value);
        return true;
    }

    public void Set(TKey key, TValue value)
    {
        if (_young.TryAdd(key, value))
        {
            Interlocked.Increment(ref _youngCount);
        }
        else
        {
            _young[key] = value;
        }

        if (MustTurn)
        {
            Turn();
        }
    }

    private bool MustTurn => Volatile.Read(ref _youngCount) >= capacity / 2 || time.GetElapsedTime(Volatile.Read(ref _turned)) >= keepFor;

    /// <summary>The young become the old; the old are forgotten.</summary>
    private void Turn()
    {
        lock (_turning)
        {
            if (!MustTurn)
            {
                return;
            }

            _old = _young;
            _young = new ConcurrentDictionary<TKey, TValue>();
            Volatile.Write(ref _youngCount, 0);
            Volatile.Write(ref _turned, time.GetTimestamp());
        }
    }
}
