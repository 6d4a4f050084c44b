using System.CommandLine;
using System.Globalization;

namespace GenApi.Cli.Commands;

/// <summary>Sizes as people type them: <c>1500000</c>, <c>500MB</c>, <c>1GiB</c> or <c>1.5GB</c>.</summary>
internal static class ByteSize
{
    private static readonly IReadOnlyList<(string Unit, long Bytes)> Units =
    [
        ("KIB", 1L << 10),
        ("MIB", 1L << 20),
        ("GIB", 1L << 30),
        ("TIB", 1L << 40),
        ("KB", 1000),
        ("MB", 1_000_000),
        ("GB", 1_000_000_000),
        ("TB", 1_000_000_000_000),
        ("B", 1),
        ("", 1),
    ];

    /// <summary>An option that takes a size.</summary>
    /// <param name="name">Its name, with the dashes.</param>
    /// <param name="description">What it is for.</param>
    public static Option<long?> Option(string name, string description) => new(name)
    {
        Description = description,
        HelpName = "SIZE",
        CustomParser = result =>
        {
            var text = result.Tokens[0].Value;
            if (TryParse(text, out var bytes))
            {
                return bytes;
            }

            result.AddError($"{name} must be a number of bytes, or a number and a unit, such as 500MB, 1GB (1000 MB) or 1GiB (1024 MiB); it is '{text}'.");
            return null;
        },
    };

    /// <summary>Reads a size of at least a byte.</summary>
    public static bool TryParse(string text, out long bytes)
    {
        bytes = 0;
        var (unit, length) = Units.First(candidate => text.EndsWith(candidate.Unit, StringComparison.OrdinalIgnoreCase));
        if (!decimal.TryParse(text.AsSpan(0, text.Length - unit.Length), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)
            || number > (decimal)long.MaxValue / length)
        {
            return false;
        }

        bytes = (long)(number * length);
        return bytes >= 1;
    }
}
