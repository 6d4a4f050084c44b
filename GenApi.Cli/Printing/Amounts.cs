using System.Globalization;
using System.Text.Json;

namespace GenApi.Cli.Printing;

/// <summary>Numbers of an answer as people read them.</summary>
internal static class Amounts
{
    private static readonly string[] ByteUnits = ["B", "KiB", "MiB", "GiB", "TiB"];

    /// <summary>A size, such as <c>43.2 MiB</c>; empty where there is none.</summary>
    public static string ShowBytes(this JsonElement row, string member) => row.Number(member) is { } bytes ? Bytes(bytes) : "";

    /// <summary>A time of microseconds, such as <c>1.2 ms</c>; empty where there is none.</summary>
    public static string ShowMicroseconds(this JsonElement row, string member) => row.Number(member) switch
    {
        null => "",
        < 1000 and var us => Invariant($"{us} µs"),
        < 1_000_000 and var us => Invariant($"{us / 1000.0:0.#} ms"),
        var us => Invariant($"{us / 1_000_000.0:0.##} s"),
    };

    /// <summary>A time of milliseconds, such as <c>2h 3m</c>; empty where there is none.</summary>
    public static string ShowMilliseconds(this JsonElement row, string member) => row.Number(member) is not { } milliseconds ? "" : TimeSpan.FromMilliseconds(Math.Clamp(milliseconds, 0, int.MaxValue)) switch
    {
        { TotalDays: >= 1 } time => Invariant($"{time.Days}d {time.Hours}h"),
        { TotalHours: >= 1 } time => Invariant($"{time.Hours}h {time.Minutes}m"),
        { TotalMinutes: >= 1 } time => Invariant($"{time.Minutes}m {time.Seconds}s"),
        { TotalSeconds: >= 1 } time => Invariant($"{time.TotalSeconds:0.#}s"),
        var time => Invariant($"{time.TotalMilliseconds:0}ms"),
    };

    public static string Bytes(long bytes)
    {
        var value = (double)bytes;
        var unit = 0;
        while (Math.Abs(value) >= 1024 && unit < ByteUnits.Length - 1)
        {
            value /= 1024;
            unit++;
        }

        return unit == 0 ? Invariant($"{bytes} B") : Invariant($"{value:0.0} {ByteUnits[unit]}");
    }

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
