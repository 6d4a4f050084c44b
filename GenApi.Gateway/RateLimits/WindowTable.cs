using System.Collections.Concurrent;

namespace GenApi.Gateway.RateLimits;

/// <summary>The windows of one limit, one for each value of its key, in bounded memory. Finding one takes no lock and allocates nothing.</summary>
/// <param name="capacity">The most windows.</param>
internal sealed class WindowTable(int capacity)
{
    /// <summary>What a window takes in memory, about: its counts, the value, and its place in the table.</summary>
    public const int BytesPerWindow = 600;

    /// <summary>With more windows than this, nobody looks into each of them.</summary>
    private const int MaxLookedAt = 10_000;

    private readonly ConcurrentDictionary<string, SlidingWindow> _windows = new(StringComparer.Ordinal);
    private int _count;

    public int Count => Volatile.Read(ref _count);

    /// <summary>The window of a value; null where there is none.</summary>
    public SlidingWindow? Find(ReadOnlySpan<char> value) =>
        _windows.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(value, out var window) ? window : null;

    /// <summary>The window of a value, a new one where there is none; null where there is no room for one.</summary>
    public SlidingWindow? FindOrAdd(ReadOnlySpan<char> value, long width, long now)
    {
        var windows = _windows.GetAlternateLookup<ReadOnlySpan<char>>();
        while (true)
        {
            if (windows.TryGetValue(value, out var window))
            {
                return window;
            }

            if (Interlocked.Increment(ref _count) > capacity)
            {
                Interlocked.Decrement(ref _count);
                return null;
            }

            window = new SlidingWindow(width, now);
            if (windows.TryAdd(value, window))
            {
                return window;
            }

            Interlocked.Decrement(ref _count);
        }
    }

    /// <summary>How many values have calls that count now, and how many the one with the most has.</summary>
    public RateLimitCounted Counted(ScopedLimit limit, long now)
    {
        if (Count > MaxLookedAt)
        {
            return new(Count, null);
        }

        var (values, largest) = (0, 0);
        foreach (var (_, window) in _windows)
        {
            lock (window)
            {
                _ = window.HasRoom(limit.MaxRequests, limit.Width, now);
                values += window.Total > 0 ? 1 : 0;
                largest = Math.Max(largest, window.Total);
            }
        }

        return new(values, largest);
    }

    /// <summary>Forgets what was counted for a value.</summary>
    public bool Remove(string value)
    {
        if (!_windows.TryGetValue(value, out var window))
        {
            return false;
        }

        lock (window)
        {
            window.Close();
        }

        return Forget(value, window);
    }

    /// <summary>Forgets what was counted for every value.</summary>
    /// <returns>How many there were.</returns>
    public int RemoveAll() => _windows.Select(window => window.Key).Count(Remove);

    /// <summary>Forgets the windows that count nothing any more.</summary>
    /// <returns>How many there were.</returns>
    public int RemoveIdle(long now)
    {
        var removed = 0;
        foreach (var (value, window) in _windows)
        {
            bool idle;
            lock (window)
            {
                idle = window.TryClose(now);
            }

            if (idle && Forget(value, window))
            {
                removed++;
            }
        }

        return removed;
    }

    private bool Forget(string value, SlidingWindow window)
    {
        if (!_windows.TryRemove(KeyValuePair.Create(value, window)))
        {
            return false;
        }

        Interlocked.Decrement(ref _count);
        return true;
    }
}
