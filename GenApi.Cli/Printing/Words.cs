using System.Globalization;

namespace GenApi.Cli.Printing;

/// <summary>Parts of sentences.</summary>
internal static class Words
{
    /// <summary>Such as <c>1 stream</c> and <c>2 streams</c>.</summary>
    /// <param name="count">How many, as the gateway says it.</param>
    /// <param name="one">The word for one of them; more of them have an s.</param>
    public static string Count(string count, string one) => $"{count} {one}{(count == "1" ? "" : "s")}";

    /// <inheritdoc cref="Count(string, string)"/>
    public static string Count(long count, string one) => Count(count.ToString(CultureInfo.InvariantCulture), one);

    /// <summary>Such as <c>a, b and c</c>.</summary>
    public static string List(IEnumerable<string> items)
    {
        string[] all = [.. items];
        return all.Length < 2 ? string.Concat(all) : $"{string.Join(", ", all[..^1])} and {all[^1]}";
    }
}
