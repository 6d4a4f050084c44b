using System.Globalization;

namespace GenApi.Gateway.RateLimits;

/// <summary>Times in sentences, for people; the figures beside the sentences are in milliseconds.</summary>
internal static class ReadableTime
{
    private const long Second = 1000;
    private const long Minute = 60 * Second;
    private const long Hour = 60 * Minute;
    private const long Day = 24 * Hour;

    private static readonly IReadOnlyList<(long Length, string Unit)> Units = [(Day, "d"), (Hour, "h"), (Minute, "m"), (Second, "s"), (1, "ms")];

    /// <summary>A time that somebody set, exactly, in the largest unit that needs no fraction: <c>1m</c>, <c>90s</c>, <c>1500ms</c>, as the tool takes it.</summary>
    public static string Exact(long milliseconds)
    {
        var (length, unit) = Units.First(candidate => milliseconds % candidate.Length == 0);
        return string.Create(CultureInfo.InvariantCulture, $"{milliseconds / length}{unit}");
    }

    /// <summary>A time to wait, never less than it is: <c>59.5 s</c>, <c>3 min 20 s</c>.</summary>
    public static string Rounded(long milliseconds)
    {
        var (seconds, minutes, hours) = (Up(milliseconds, Second), Up(milliseconds, Minute), Up(milliseconds, Hour));
        return milliseconds switch
        {
            < Second => string.Create(CultureInfo.InvariantCulture, $"{milliseconds} ms"),
            < Minute => string.Create(CultureInfo.InvariantCulture, $"{Math.Ceiling(milliseconds / 100.0) / 10:0.#} s"),
            < Hour => Two(seconds / 60, "min", seconds % 60, "s"),
            < Day => Two(minutes / 60, "h", minutes % 60, "min"),
            _ => Two(hours / 24, "d", hours % 24, "h"),
        };
    }

    private static long Up(long milliseconds, long unit) => (milliseconds + unit - 1) / unit;

    private static string Two(long first, string unit, long second, string smaller) => string.Create(
        CultureInfo.InvariantCulture,
        $"{first} {unit}{(second == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $" {second} {smaller}"))}");
}
