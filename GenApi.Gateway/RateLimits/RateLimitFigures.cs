namespace GenApi.Gateway.RateLimits;

/// <summary>What the limiter of one gateway has done and keeps. Every report takes it from here.</summary>
/// <param name="Config">The limits, and whether they are enforced.</param>
/// <param name="IsShared">Whether all gateways count together now.</param>
/// <param name="CountsAlone">Whether this gateway counts by itself although gateways share their counts: Redis is away, or hangs.</param>
/// <param name="Checks">Calls that were held against limits, since the gateway started.</param>
/// <param name="Denied">Those of them that a limit denied.</param>
/// <param name="Unavailable">Those of them that were refused because they could not be counted, and <c>fail_open</c> is off.</param>
/// <param name="Limits">Each limit.</param>
internal sealed record RateLimitFigures(
    RateLimitConfig Config, bool IsShared, bool CountsAlone, long Checks, long Denied, long Unavailable, IReadOnlyList<LimitFigures> Limits);

/// <summary>What one gateway has done and keeps under one limit.</summary>
/// <param name="Limit">The limit.</param>
/// <param name="Denied">Calls that it denied, since the gateway started.</param>
/// <param name="LocalCounters">Values that this process counts itself.</param>
/// <param name="LocalDenials">Values that it remembers as denied by Redis, so that it need not ask again for a while.</param>
internal sealed record LimitFigures(ScopedLimit Limit, long Denied, int LocalCounters, int LocalDenials);
