using System.Runtime.CompilerServices;

namespace GenApi.Gateway.RateLimits;

/// <summary>
/// Counts the admissions of one value of one limit's key, in sub-windows of a hundredth of the window. A sub-window counts whole
/// until all of it has left the window, so that no window ever holds more than is allowed; an admission therefore counts for
/// at least the window and at most a sub-window longer. Time and memory do not depend on how many calls there are.
/// Not safe for several threads: whoever uses it holds its lock.
/// </summary>
/// <param name="width">The length of a sub-window, in ticks of the clock.</param>
/// <param name="now">The time.</param>
internal sealed class SlidingWindow(long width, long now)
{
    /// <summary>The sub-windows of a window. The current one is beside them.</summary>
    public const int SubWindows = 100;

    private long _width = width;
    private long _end = now + width;
    private int _current;
    private int _total;
    private Counts _counts;

    /// <summary>Nobody finds it any more; whoever has it must look for its successor.</summary>
    public bool IsClosed { get; private set; }

    /// <summary>The admissions that count now. Right after <see cref="HasRoom"/>.</summary>
    public int Total => _total;

    /// <summary>The length of a sub-window, rounded up, so that all of them together are never shorter than the window.</summary>
    /// <param name="windowMs">The window in milliseconds.</param>
    /// <param name="ticksPerSecond">The clock's frequency.</param>
    public static long WidthOf(long windowMs, long ticksPerSecond)
    {
        const long parts = SubWindows * 1000L;
        return (long)(((Int128)windowMs * ticksPerSecond + parts - 1) / parts);
    }

    /// <summary>Whether one more admission is allowed now.</summary>
    public bool HasRoom(long maxRequests, long width, long now)
    {
        if (now >= _end)
        {
            Advance(now);
        }

        if (width != _width)
        {
            Rescale(width, now);
        }

        return _total < maxRequests;
    }

    /// <summary>Counts one admission. Only after <see cref="HasRoom"/> has said yes.</summary>
    public void Take()
    {
        _counts[_current]++;
        _total++;
    }

    /// <summary>Ticks until <see cref="HasRoom"/> says yes, if nobody else is admitted. Only after it has said no.</summary>
    public long RetryAfter(long maxRequests, long now)
    {
        var left = _total;
        for (var age = SubWindows; age > 0; age--)
        {
            left -= _counts[Slot(age)];
            if (left < maxRequests)
            {
                return _end + ((SubWindows - age) * _width) - now;
            }
        }

        return _end + (SubWindows * _width) - now;
    }

    /// <summary>Ends the window if it counts nothing any more.</summary>
    public bool TryClose(long now) => IsClosed = IsClosed || now >= _end + (SubWindows * _width);

    public void Close() => IsClosed = true;

    private int Slot(int age) => _current >= age ? _current - age : _current - age + SubWindows + 1;

    private void Advance(long now)
    {
        var steps = ((now - _end) / _width) + 1;
        _end += steps * _width;
        if (steps > SubWindows)
        {
            _counts = default;
            _total = 0;
            return;
        }

        while (steps-- > 0)
        {
            _current = _current == SubWindows ? 0 : _current + 1;
            _total -= _counts[_current];
            _counts[_current] = 0;
        }
    }

    /// <summary>
    /// The limit's window has another length now. Each count moves to where the last of its admissions may have been, so that
    /// the new limit holds over what was admitted under the old one as well.
    /// </summary>
    private void Rescale(long width, long now)
    {
        var moved = default(Counts);
        _total = 0;
        for (var age = 0; age <= SubWindows; age++)
        {
            var latest = Math.Min(now, _end - 1 - (age * _width));
            var newAge = (now - latest) / width;
            if (newAge <= SubWindows)
            {
                var count = _counts[Slot(age)];
                moved[newAge == 0 ? 0 : SubWindows + 1 - (int)newAge] += count;
                _total += count;
            }
        }

        _counts = moved;
        _current = 0;
        _width = width;
        _end = now + 1;
    }

    [InlineArray(SubWindows + 1)]
    private struct Counts
    {
        private int _first;
    }
}
