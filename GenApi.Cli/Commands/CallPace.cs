using System.Globalization;
using System.Text.Json;
using GenApi.Cli.Printing;

namespace GenApi.Cli.Commands;

/// <summary>What happened between two readings of the statistics.</summary>
/// <param name="now">The later one.</param>
/// <param name="before">The earlier one; null: there is none.</param>
internal sealed class CallPace(JsonElement now, JsonElement? before)
{
    /// <summary>A mean that may be off by more than this part of itself is not told.</summary>
    private const double LargestFault = 0.1;

    private readonly double _seconds = before is { } earlier ? (now.Number("taken_at_ms") - earlier.Number("taken_at_ms") ?? 0) / 1000.0 : 0;

    /// <summary>Whether there are two readings to compare.</summary>
    public bool IsKnown => _seconds > 0;

    /// <summary>Such as <c>12 calls a second, 0.5 failures a second, mean 1.2 ms</c>; empty where it is not known.</summary>
    public string Describe()
    {
        var (calls, earlier) = (All(now), All(before ?? default));
        if (Difference(calls, earlier, "calls") is not { } count)
        {
            return "";
        }

        var mean = Mean(calls, earlier, count) is { } microseconds ? $", mean {Amounts.Microseconds(microseconds)}" : "";
        return $"{PerSecond(count)} calls a second, {PerSecond(Difference(calls, earlier, "failures") ?? 0)} failures a second{mean}";
    }

    /// <summary>The calls of a function in a second; empty where that is not known.</summary>
    public string OfFunction(JsonElement function)
    {
        var name = function.Show("function");
        var earlier = (before ?? default).At("genapi", "calls", "functions").Items().FirstOrDefault(other => other.Show("function") == name);
        return Difference(function.At("calls"), earlier.At("calls"), "calls") is { } count ? PerSecond(count) : "";
    }

    private static JsonElement All(JsonElement report) => report.At("genapi", "calls", "all");

    private long? Difference(JsonElement figures, JsonElement earlier, string member) =>
        IsKnown && figures.Number(member) - earlier.Number(member) is { } difference and >= 0 ? difference : null;

    /// <summary>
    /// The mean of the calls in between, from the means of all calls. These are cut to whole microseconds, which many earlier calls make
    /// into a large fault; then there is none.
    /// </summary>
    private static long? Mean(JsonElement calls, JsonElement earlier, long count)
    {
        if (count == 0 || calls.Number("calls") is not { } all || calls.Number("mean_us") * all - earlier.Number("mean_us") * earlier.Number("calls") is not { } time)
        {
            return null;
        }

        var mean = time / (double)count;
        return all / (double)count <= mean * LargestFault ? (long)mean : null;
    }

    private string PerSecond(long count) => string.Create(CultureInfo.InvariantCulture, $"{count / _seconds:0.#}");
}
