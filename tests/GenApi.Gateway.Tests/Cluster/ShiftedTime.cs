namespace GenApi.Gateway.Tests.Cluster;

/// <summary>The system's clock, with a date that a test can move. Timers and durations are the system's.</summary>
internal sealed class ShiftedTime : TimeProvider
{
    public TimeSpan Shift { get; set; }

    public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + Shift;
}
