using FsCheck;
using FsCheck.Fluent;
using GenApi.Gateway.RateLimits;

namespace GenApi.Gateway.Tests.RateLimits;

/// <summary>Calls of one user, with the pauses between them, under one or two limits that count by the user.</summary>
/// <param name="TicksPerSecond">The fineness of the clock.</param>
/// <param name="Limits">A global limit, and maybe one of the function.</param>
/// <param name="Pauses">Ticks before each call.</param>
internal sealed record Trace(long TicksPerSecond, RateLimit[] Limits, long[] Pauses)
{
    /// <param name="ticksPerSecond">How fine clocks may be.</param>
    /// <param name="windows">How long windows may be, in milliseconds.</param>
    public static Gen<Trace> Generator(long[] ticksPerSecond, long[] windows) =>
        from frequency in Gen.Elements(ticksPerSecond)
        from global in Limit(windows)
        from function in Limit(windows)
        from both in Gen.Elements(false, true)
        let limits = both ? new[] { global, function with { Service = "s", RequestType = "t" } } : [global]
        from pauses in Pause(frequency, limits).ListOf()
        select new Trace(frequency, limits, [.. pauses]);

    public override string ToString() =>
        $"clock {TicksPerSecond}/s, {string.Join(" and ", Limits.Select(limit => $"{limit.MaxRequests} per {limit.WindowMs} ms"))}, pauses {string.Join(' ', Pauses)}";

    private static Gen<RateLimit> Limit(long[] windows) =>
        from max in Gen.Choose(1, 12)
        from window in Gen.Elements(windows)
        select new RateLimit { Key = RateLimit.UserIdKey, MaxRequests = max, WindowMs = window };

    /// <summary>Pauses of nothing, of less and more than a sub-window, and right around a sub-window, a window, and a window with its rounding.</summary>
    private static Gen<long> Pause(long frequency, RateLimit[] limits) =>
        from limit in Gen.Elements(limits)
        let window = limit.WindowMs * frequency / 1000
        let width = SlidingWindow.WidthOf(limit.WindowMs, frequency)
        from around in Gen.Elements(width, window, window + width, 101 * width, window / 2)
        from off in Gen.Choose(-2, 2)
        from share in Gen.Choose(0, 1000)
        from pause in Gen.Frequency(
            (6, Gen.Constant(0L)),
            (3, Gen.Constant(width * share / 1000)),
            (3, Gen.Constant(window * share / 1000 / 8)),
            (2, Gen.Constant(window * share / 1000)),
            (3, Gen.Constant(Math.Max(0, around + off))))
        select pause;
}

/// <summary>
/// A limiter that remembers every admission, against which the real ones are held. The bounds it states are those of the docs:
/// no window holds more than is allowed, and an admission counts for at most as many sub-windows as make up a window, and one more.
/// </summary>
/// <param name="trace">The calls.</param>
/// <param name="inRedis">Whether Redis counts, by whole milliseconds.</param>
internal sealed class Reference(Trace trace, bool inRedis)
{
    private readonly List<long> _admitted = [];

    /// <summary>What is wrong with an answer; null: nothing.</summary>
    public string? Fault(long now, RateLimitDenial? denial)
    {
        if (denial is null)
        {
            _admitted.Add(now);
            var over = trace.Limits.FirstOrDefault(limit => Since(now - (limit.WindowMs * trace.TicksPerSecond / 1000)) > limit.MaxRequests);
            return over is null ? null : $"more than {over.MaxRequests} in a window of {over.WindowMs} ms";
        }

        if (denial.Limit is not { Rule: var limit })
        {
            return "not counted";
        }

        if (Since(now - Longest(limit)) < limit.MaxRequests)
        {
            return $"denied by {limit.MaxRequests} per {limit.WindowMs} ms with only {Since(now - Longest(limit))} in a window and a sub-window";
        }

        if (denial.Current < limit.MaxRequests)
        {
            return $"says that {denial.Current} count, which is less than {limit.MaxRequests}";
        }

        // The moment at which a limiter without sub-windows would have room, under the slowest of the limits.
        var room = trace.Limits.Max(rule => Room(rule, now));
        var said = now + (denial.RetryAfterMs * trace.TicksPerSecond / 1000);
        var widest = trace.Limits.Max(rule => Longest(rule) - (rule.WindowMs * trace.TicksPerSecond / 1000));
        var rounding = (trace.TicksPerSecond / 1000) + 1;
        return said < room ? $"retry after {denial.RetryAfterMs} ms is too early by {room - said} ticks"
            : said > room + widest + rounding ? $"retry after {denial.RetryAfterMs} ms is too late by {said - room} ticks"
            : null;
    }

    /// <summary>The longest that an admission may count.</summary>
    private long Longest(RateLimit limit)
    {
        var width = SlidingWindow.WidthOf(limit.WindowMs, trace.TicksPerSecond);
        var window = limit.WindowMs * trace.TicksPerSecond / 1000;
        return inRedis ? (((window + width - 1) / width) + 1) * width : (SlidingWindow.SubWindows + 1) * width;
    }

    private long Room(RateLimit limit, long now)
    {
        var window = limit.WindowMs * trace.TicksPerSecond / 1000;
        var counted = _admitted.Where(time => time >= now - window).ToList();
        return counted.Count < limit.MaxRequests ? now : counted[counted.Count - (int)limit.MaxRequests] + window;
    }

    private int Since(long time) => _admitted.Count(admitted => admitted >= time);
}
