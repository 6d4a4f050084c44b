using System.Text.Json;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace GenApi.Cli.Printing;

/// <summary>Shows JSON as a table: a list of objects row by row, one object as names and values.</summary>
internal static class JsonTable
{
    private const int MaxColumns = 32;

    /// <summary>The table; null where the value has no such shape or is empty.</summary>
    /// <param name="value">The value.</param>
    /// <param name="onTerminal">Whether it is to fit a terminal.</param>
    public static IRenderable? From(JsonElement value, bool onTerminal) => value.ValueKind switch
    {
        JsonValueKind.Object when value.EnumerateObject().Any() => Members(value, onTerminal),
        JsonValueKind.Array when value.GetArrayLength() > 0 && value.EnumerateArray().All(item => item.ValueKind == JsonValueKind.Object) => Rows(value, onTerminal),
        _ => null,
    };

    private static IRenderable Members(JsonElement value, bool onTerminal)
    {
        if (onTerminal)
        {
            return new FieldList([.. value.EnumerateObject().Select(member => (PlainText.OneLine(member.Name), TextCell.Of(Show(member.Value))))]);
        }

        var table = new Table { Border = TableBorder.None }.AddColumn("").AddColumn("").HideHeaders();
        foreach (var member in value.EnumerateObject())
        {
            table.AddRow(new Text(PlainText.OneLine(member.Name), TextCell.Name), TextCell.Of(Show(member.Value)).ToText());
        }

        return table;
    }

    private static IRenderable Rows(JsonElement value, bool onTerminal)
    {
        string[] names = [.. value.EnumerateArray().SelectMany(row => row.EnumerateObject()).Select(member => member.Name).Distinct().Take(MaxColumns)];
        return TextTable.From(
            [.. names.Select(PlainText.OneLine)],
            value.EnumerateArray().Select(row => (string[])[.. names.Select(name => row.TryGetProperty(name, out var cell) ? Show(cell) : "")]),
            onTerminal);
    }

    private static string Show(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => value.GetString()!,
        JsonValueKind.Null => "",
        _ => value.GetRawText(),
    };
}
