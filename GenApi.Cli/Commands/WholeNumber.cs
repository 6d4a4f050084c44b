using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;

namespace GenApi.Cli.Commands;

/// <summary>Whole numbers on the command line.</summary>
internal static class WholeNumber
{
    /// <summary>An option that takes a whole number.</summary>
    /// <param name="name">Its name, with the dashes.</param>
    /// <param name="least">The least it takes.</param>
    /// <param name="most">The most it takes.</param>
    /// <param name="description">What it is for.</param>
    public static Option<int?> Option(string name, int least, int most, string description) => new(name)
    {
        Description = description,
        HelpName = "N",
        CustomParser = result => (int?)Parse(result, name, least, most),
    };

    /// <summary>An argument that takes a whole number.</summary>
    /// <inheritdoc cref="Option"/>
    public static Argument<long> Argument(string name, long least, long most, string description) => new(name)
    {
        Description = description,
        CustomParser = result => Parse(result, name, least, most) ?? least,
    };

    /// <summary>The number; null, and an error, where it is none.</summary>
    public static long? Parse(ArgumentResult result, string name, long least, long most)
    {
        var text = result.Tokens[0].Value;
        if (long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most)
        {
            return number;
        }

        result.AddError(string.Create(CultureInfo.InvariantCulture, $"{name} must be a whole number from {least} to {most}; it is '{text}'."));
        return null;
    }
}
