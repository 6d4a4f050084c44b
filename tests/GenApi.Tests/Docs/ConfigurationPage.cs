using System.Reflection;
using System.Text.RegularExpressions;

namespace GenApi.Tests.Docs;

/// <summary>A row of a table of docs/configuration.md.</summary>
/// <param name="Setting">For example <c>GenApi:Nodes:LeaseExpiry</c>.</param>
/// <param name="Default">As written, with backquotes where it is a value and not words.</param>
/// <param name="Range">As written.</param>
internal sealed record SettingRow(string Setting, string Default, string Range);

/// <summary>docs/configuration.md, read for its tables.</summary>
internal static partial class ConfigurationPage
{
    /// <summary>The rows of all five-column tables under a heading of the second level.</summary>
    public static IReadOnlyList<SettingRow> RowsUnder(string heading)
    {
        var folder = typeof(ConfigurationPage).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(fact => fact.Key == "RepositoryFolder").Value!;
        return
        [
            .. File.ReadLines(Path.Combine(folder, "docs", "configuration.md"))
                .SkipWhile(line => line != $"## {heading}")
                .Skip(1)
                .TakeWhile(line => !line.StartsWith("## ", StringComparison.Ordinal))
                .Select(line => Row().Match(line))
                .Where(row => row.Success)
                .Select(row => new SettingRow(row.Groups["setting"].Value, row.Groups["default"].Value.Trim(), row.Groups["range"].Value.Trim())),
        ];
    }

    [GeneratedRegex(@"^\| *`(?<setting>[^`]+)`[^|]*\|(?<type>[^|]*)\|(?<default>[^|]*)\|(?<range>[^|]*)\|(?<meaning>.*)\| *$")]
    private static partial Regex Row();
}
