using System.Globalization;

namespace GenApi.Gateway.RateLimits;

/// <summary>A limit ready to be checked.</summary>
/// <param name="rule">What it says.</param>
/// <param name="state">What this gateway has counted for it.</param>
/// <param name="ticksPerSecond">The frequency of the gateway's clock.</param>
internal sealed class ScopedLimit(RateLimit rule, LimitState state, long ticksPerSecond)
{
    private const long MillisecondsPerSecond = 1000;

    public RateLimit Rule { get; } = rule;

    /// <summary><c>global</c>, or <c>service/request_type</c>.</summary>
    public string Scope { get; } = rule.Scope;

    public long MaxRequests { get; } = rule.MaxRequests;

    /// <summary>The length of a sub-window in ticks of the gateway's clock.</summary>
    public long Width { get; } = SlidingWindow.WidthOf(rule.WindowMs, ticksPerSecond);

    /// <summary>The length of a sub-window in Redis, which counts in whole milliseconds.</summary>
    public long WidthMs { get; } = SlidingWindow.WidthOf(rule.WindowMs, MillisecondsPerSecond);

    /// <summary>The end of the name of the limit's counters in Redis. Counters of other numbers have other names.</summary>
    public string RedisEnding { get; } = string.Create(CultureInfo.InvariantCulture, $":{rule.Scope}:{rule.WindowMs}/{rule.MaxRequests}");

    /// <summary>How long a counter has to live when its sub-window ends: longer than anything in it counts.</summary>
    public long LifeAfterMs => Rule.WindowMs + (2 * WidthMs);

    public LimitState State { get; } = state;
}

/// <summary>What a gateway knows of the calls under one limit. It outlives changes of the limit's numbers.</summary>
/// <param name="maxKeys">The most values that this gateway counts itself.</param>
/// <param name="order">Where the limit's windows come when a call locks those of several limits; no two limits have the same.</param>
internal sealed class LimitState(int maxKeys, long order)
{
    private long _denied;

    public long Order => order;

    /// <summary>What this gateway counts itself: everything, where there is no Redis, and else the calls while Redis is away.</summary>
    public WindowTable Windows { get; } = new(maxKeys);

    /// <summary>What Redis has denied.</summary>
    public DenialTable Denials { get; } = new();

    /// <summary>Calls that the limit denied at this gateway, since it started.</summary>
    public long Denied => Interlocked.Read(ref _denied);

    public void CountDenied() => Interlocked.Increment(ref _denied);
}
