namespace GenApi.Gateway.Configs.Pull;

/// <summary>When a service is pulled again.</summary>
internal static class PullBackoff
{
    /// <summary>The longest pause after a failure.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromSeconds(300);

    /// <summary>The share of a pause that is left to chance, so that many services and gateways do not come all at once.</summary>
    public const double Jitter = 0.2;

    /// <summary>The pause after a pull: the interval, or after failures twice as long for each one more, up to <see cref="Longest"/>.</summary>
    /// <param name="interval">The service's interval.</param>
    /// <param name="failures">Failures in a row; 0 after a success.</param>
    /// <param name="chance">From 0 to 1; after a failure, the pause is shorter by this share of <see cref="Jitter"/>.</param>
    public static TimeSpan After(TimeSpan interval, int failures, double chance)
    {
        if (failures == 0)
        {
            return interval;
        }

        // 2^20 times the shortest interval is far beyond the longest pause.
        var pause = Math.Min(interval.TotalSeconds * Math.Pow(2, Math.Min(failures - 1, 20)), Longest.TotalSeconds);
        return TimeSpan.FromSeconds(pause * (1 - (Jitter * chance)));
    }
}
