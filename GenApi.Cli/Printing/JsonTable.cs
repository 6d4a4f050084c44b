using System.Text.Json;
using Spectre.Console;

namespace GenApi.Cli.Printing;

/// <summary>Shows JSON as a table: a list of objects row by row, one object as names and values.</summary>
internal static class JsonTable
{
    private const int MaxColumns = 32;

    /// <summary>The table; null where the value has no such shape or is empty.</summary>
    /// <param name="value">The value.</param>
    /// <param name="bordered">Whether lines are drawn around it, as suits a terminal.</param>
    public static Table? From(JsonElement value, bool bordered) => value.ValueKind switch
    {
        JsonValueKind.Object when value.EnumerateObject().Any() => Members(value, bordered),
        JsonValueKind.Array when value.GetArrayLength() > 0 && value.EnumerateArray().All(item => item.ValueKind == JsonValueKind.Object) => Rows(value, bordered),
        _ => null,
    };

    private static Table Members(JsonElement value, bool bordered)
    {
        var table = Empty(bordered).AddColumn("").AddColumn("").HideHeaders();
        foreach (var member in value.EnumerateObject())
        {
            table.AddRow(Cell(member.Name, Color.Grey), Cell(member.Value));
        }

        return table;
    }

    private static Table Rows(JsonElement value, bool bordered)
    {
        string[] names = [.. value.EnumerateArray().SelectMany(row => row.EnumerateObject()).Select(member => member.Name).Distinct().Take(MaxColumns)];
        var table = Empty(bordered);
        foreach (var name in names)
        {
            table.AddColumn(new TableColumn(Cell(name, Color.Grey)));
        }

        foreach (var row in value.EnumerateArray())
        {
            table.AddRow(names.Select(name => row.TryGetProperty(name, out var cell) ? Cell(cell) : Text.Empty));
        }

        return table;
    }

    private static Table Empty(bool bordered) => new() { Border = bordered ? TableBorder.Rounded : TableBorder.None };

    private static Text Cell(JsonElement value) => new(PlainText.OneLine(value.ValueKind switch
    {
        JsonValueKind.String => value.GetString()!,
        JsonValueKind.Null => "",
        _ => value.GetRawText(),
    }));

    /// <summary>A <see cref="Text"/> is shown as it is: what looks like markup in the data stays data.</summary>
    private static Text Cell(string text, Color colour) => new(PlainText.OneLine(text), new Style(colour));
}
