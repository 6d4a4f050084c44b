using System.Globalization;
using GenApi.Protocol.Configs;

namespace GenApi.Gateway.Calls;

/// <summary>Lengths of time as people read them.</summary>
internal static class TimeText
{
    private static readonly (long Milliseconds, string Name)[] Units = [(86_400_000, "d"), (3_600_000, "h"), (60_000, "min"), (1000, "s")];

    /// <summary>Exactly so long, such as <c>1 min</c>, <c>2.5 s</c> or <c>1 h 30 min</c>.</summary>
    public static string Of(long milliseconds)
    {
        var parts = new List<string>();
        foreach (var (length, name) in Units)
        {
            if (length > 1000 && milliseconds >= length)
            {
                parts.Add(string.Create(CultureInfo.InvariantCulture, $"{milliseconds / length} {name}"));
                milliseconds %= length;
            }
        }

        if (milliseconds >= 1000 || (milliseconds > 0 && parts.Count > 0))
        {
            parts.Add(string.Create(CultureInfo.InvariantCulture, $"{milliseconds / 1000m:0.###} s"));
        }
        else if (parts.Count == 0)
        {
            parts.Add(string.Create(CultureInfo.InvariantCulture, $"{milliseconds} ms"));
        }

        return string.Join(' ', parts);
    }

    /// <summary>How long a call may take: <c>within 5 s</c>, or <c>for as long as it takes</c>.</summary>
    public static string Of(CallTimeout timeout) => timeout.Milliseconds is { } milliseconds ? $"within {Of(milliseconds)}" : "for as long as it takes";
}
