using System.Collections.Concurrent;

namespace GenApi.Gateway.RateLimits;

/// <summary>
/// The values of one limit's key that Redis has denied, until when. Whoever goes on calling meanwhile is denied here, and
/// Redis hears nothing of it, but for a question from time to time, in case a reset was not heard of. Bounded; what does not fit is asked of Redis again.
/// </summary>
internal sealed class DenialTable
{
    private const int Capacity = 10_000;

    private readonly ConcurrentDictionary<string, Denied> _denied = new(StringComparer.Ordinal);
    private int _count;

    public int Count => Volatile.Read(ref _count);

    /// <summary>Until when the value is denied, and what was counted for it; null where Redis is to be asked.</summary>
    public Denied? Find(string value, long now) =>
        Count > 0 && _denied.TryGetValue(value, out var denied) && now < denied.AskAt ? denied : null;

    public void Set(string value, Denied denied)
    {
        if (_denied.TryGetValue(value, out var before))
        {
            _denied.TryUpdate(value, denied, before);
        }
        else if (Count < Capacity && _denied.TryAdd(value, denied))
        {
            Interlocked.Increment(ref _count);
        }
    }

    public void Remove(string value)
    {
        if (_denied.TryRemove(value, out _))
        {
            Interlocked.Decrement(ref _count);
        }
    }

    public void Clear()
    {
        foreach (var value in _denied.Keys)
        {
            Remove(value);
        }
    }

    public int RemoveExpired(long now)
    {
        var removed = 0;
        foreach (var entry in _denied)
        {
            if (now >= entry.Value.AskAt && _denied.TryRemove(entry))
            {
                Interlocked.Decrement(ref _count);
                removed++;
            }
        }

        return removed;
    }

    /// <param name="Until">The timestamp from which a call is admitted.</param>
    /// <param name="AskAt">The timestamp from which Redis is asked again; never later than <paramref name="Until"/>.</param>
    /// <param name="Current">The calls that were counted.</param>
    internal readonly record struct Denied(long Until, long AskAt, long Current);
}
