namespace GenApi.Testing;

/// <summary>A clock that stands still until a test moves it. Timers are the system's.</summary>
public class ManualTime : TimeProvider
{
    private long _ticks;

    /// <summary>A clock that begins in the year 2030.</summary>
    public ManualTime()
        : this(new DateTimeOffset(2030, 1, 1, 0, 0, 0, TimeSpan.Zero))
    {
    }

    private ManualTime(DateTimeOffset start) => _ticks = start.UtcTicks;

    /// <inheritdoc />
    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    /// <summary>A clock that begins now, in whole milliseconds, where a server with a clock of its own takes part.</summary>
    public static ManualTime FromNow() => new(DateTimeOffset.FromUnixTimeMilliseconds(DateTimeOffset.UtcNow.ToUnixTimeMilliseconds()));

    /// <inheritdoc />
    public override DateTimeOffset GetUtcNow() => new(GetTimestamp(), TimeSpan.Zero);

    /// <inheritdoc />
    public override long GetTimestamp() => Volatile.Read(ref _ticks);

    /// <summary>Moves on.</summary>
    public virtual void Advance(TimeSpan time) => Interlocked.Add(ref _ticks, time.Ticks);
}
