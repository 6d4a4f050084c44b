using System.CommandLine;
using System.Globalization;

namespace GenApi.Cli.Commands;

/// <summary>Lengths of time as people type them: <c>90</c> and <c>90s</c> are seconds, then <c>ms</c>, <c>m</c>, <c>h</c> and <c>d</c>.</summary>
internal static class Duration
{
    private static readonly IReadOnlyList<(string Unit, TimeSpan Length)> Units =
    [
        ("ms", TimeSpan.FromMilliseconds(1)),
        ("s", TimeSpan.FromSeconds(1)),
        ("m", TimeSpan.FromMinutes(1)),
        ("h", TimeSpan.FromHours(1)),
        ("d", TimeSpan.FromDays(1)),
        ("", TimeSpan.FromSeconds(1)),
    ];

    /// <summary>An option that takes a duration.</summary>
    /// <param name="name">Its name, with the dashes.</param>
    /// <param name="finest">It must be a multiple of this, and so at least this long.</param>
    /// <param name="longest">The longest it takes.</param>
    /// <param name="description">What it is for.</param>
    public static Option<TimeSpan?> Option(string name, TimeSpan finest, TimeSpan longest, string description) => new(name)
    {
        Description = description,
        HelpName = "DURATION",
        CustomParser = result =>
        {
            var text = result.Tokens[0].Value;
            if (TryParse(text, out var value) && value <= longest && value.Ticks % finest.Ticks == 0)
            {
                return value;
            }

            result.AddError($"{name} must be whole seconds, or a whole number and a unit, such as 500ms, 30s, 5m or 1h, from {Show(finest)} to {Show(longest)}; it is '{text}'.");
            return null;
        },
    };

    /// <summary>Reads a duration that is more than nothing.</summary>
    public static bool TryParse(string text, out TimeSpan value)
    {
        value = default;
        var (unit, length) = Units.First(candidate => text.EndsWith(candidate.Unit, StringComparison.Ordinal));
        if (!long.TryParse(text.AsSpan(0, text.Length - unit.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var count)
            || count < 1
            || count > TimeSpan.MaxValue.Ticks / length.Ticks)
        {
            return false;
        }

        value = count * length;
        return true;
    }

    /// <summary>The duration as <see cref="TryParse"/> reads it, in the largest unit that needs no fraction.</summary>
    public static string Show(TimeSpan value)
    {
        var (unit, length) = Units.Reverse().First(candidate => candidate.Unit.Length > 0 && value.Ticks % candidate.Length.Ticks == 0);
        return string.Create(CultureInfo.InvariantCulture, $"{value.Ticks / length.Ticks}{unit}");
    }
}
