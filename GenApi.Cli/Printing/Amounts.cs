using System.Globalization;
using System.Text.Json;
using GenApi.Cli.Commands;

namespace GenApi.Cli.Printing;

/// <summary>Numbers of an answer as people read them.</summary>
internal static class Amounts
{
    private static readonly string[] ByteUnits = ["B", "KiB", "MiB", "GiB", "TiB"];

    /// <summary>A size, such as <c>43.2 MiB</c>; empty where there is none.</summary>
    public static string ShowBytes(this JsonElement row, string member) => row.Number(member) is { } bytes ? Bytes(bytes) : "";

    /// <summary>A time of microseconds, such as <c>1.2 ms</c>; empty where there is none.</summary>
    public static string ShowMicroseconds(this JsonElement row, string member) => row.Number(member) is { } microseconds ? Microseconds(microseconds) : "";

    /// <summary>A time that somebody set, in milliseconds, exactly and as it is typed, such as <c>1m</c> or <c>1500ms</c>; empty where there is none.</summary>
    public static string ShowWindow(this JsonElement row, string member) =>
        row.Number(member) is { } milliseconds and > 0 and < int.MaxValue * 1000L ? Duration.Show(TimeSpan.FromMilliseconds(milliseconds)) : row.Show(member);

    /// <summary>A time of milliseconds that was measured, such as <c>2h 3m</c> or <c>59.4s</c>; empty where there is none.</summary>
    public static string ShowMilliseconds(this JsonElement row, string member) => row.Number(member) is not { } milliseconds ? "" : TimeSpan.FromMilliseconds(Math.Clamp(milliseconds, 0, int.MaxValue)) switch
    {
        { TotalDays: >= 1, Hours: 0 } time => Invariant($"{time.Days}d"),
        { TotalDays: >= 1 } time => Invariant($"{time.Days}d {time.Hours}h"),
        { TotalHours: >= 1, Minutes: 0 } time => Invariant($"{time.Hours}h"),
        { TotalHours: >= 1 } time => Invariant($"{time.Hours}h {time.Minutes}m"),
        { TotalMinutes: >= 1, Seconds: 0 } time => Invariant($"{time.Minutes}m"),
        { TotalMinutes: >= 1 } time => Invariant($"{time.Minutes}m {time.Seconds}s"),
        // Whoever waits that long has waited long enough.
        { TotalSeconds: >= 1 } time => Invariant($"{Math.Ceiling(time.TotalSeconds * 10) / 10:0.#}s"),
        var time => Invariant($"{time.TotalMilliseconds:0}ms"),
    };

    public static string Microseconds(long microseconds) => microseconds switch
    {
        < 1000 => Invariant($"{microseconds} µs"),
        < 1_000_000 => Invariant($"{microseconds / 1000.0:0.#} ms"),
        _ => Invariant($"{microseconds / 1_000_000.0:0.##} s"),
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
