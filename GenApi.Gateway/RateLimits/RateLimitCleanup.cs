namespace GenApi.Gateway.RateLimits;

/// <summary>Forgets, from time to time, the counters and denials of this process that have run out.</summary>
internal sealed class RateLimitCleanup(RateLimitBook book, RateLimitTelemetry telemetry, TimeProvider time) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    /// <summary>Looks through everything once.</summary>
    /// <returns>How many entries were forgotten.</returns>
    public int Run()
    {
        var now = time.GetTimestamp();
        var cleaned = book.Current.Limits.Sum(limit => limit.State.Windows.RemoveIdle(now) + limit.State.Denials.RemoveExpired(now));
        if (cleaned > 0)
        {
            telemetry.Cleaned(cleaned);
        }

        return cleaned;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        while (await timer.WaitForNextTickAsync(stoppingToken).ConfigureAwait(false))
        {
            Run();
        }
    }
}
