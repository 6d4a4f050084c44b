namespace GenApi.Gateway.Tests.RateLimits;

/// <summary>A clock of any fineness that a test moves by hand.</summary>
internal sealed class HandClock(long ticksPerSecond) : TimeProvider
{
    // Not at the beginning of anything.
    public long Ticks { get; set; } = 123_456_789;

    public override long TimestampFrequency => ticksPerSecond;

    public override long GetTimestamp() => Ticks;
}
