using Spectre.Console;
using Spectre.Console.Rendering;

namespace GenApi.Cli.Printing;

/// <summary>Shows rows of text under the names of their columns.</summary>
internal static class TextTable
{
    /// <param name="columns">The columns' names, the most important first.</param>
    /// <param name="rows">The rows, each with a text for every column.</param>
    /// <param name="onTerminal">Whether it is to fit a terminal; else it is as wide as it is, without lines.</param>
    public static IRenderable From(IReadOnlyList<string> columns, IEnumerable<IReadOnlyList<string>> rows, bool onTerminal)
    {
        IReadOnlyList<TextCell>[] cells = [.. rows.Select(row => (TextCell[])[.. row.Select(TextCell.Of)])];
        if (onTerminal)
        {
            return new FittedTable(columns, cells);
        }

        var table = new Table { Border = TableBorder.None };
        foreach (var column in columns)
        {
            table.AddColumn(new TableColumn(new Text(column, TextCell.Name)));
        }

        foreach (var row in cells)
        {
            table.AddRow(row.Select(cell => cell.ToText()));
        }

        return table;
    }
}
