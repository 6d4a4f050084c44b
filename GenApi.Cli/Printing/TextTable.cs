using Spectre.Console;

namespace GenApi.Cli.Printing;

/// <summary>Shows rows of text under the names of their columns.</summary>
internal static class TextTable
{
    /// <param name="columns">The columns' names.</param>
    /// <param name="rows">The rows, each with a text for every column.</param>
    /// <param name="bordered">Whether lines are drawn around it, as suits a terminal.</param>
    public static Table From(IReadOnlyList<string> columns, IEnumerable<IReadOnlyList<string>> rows, bool bordered)
    {
        var table = new Table { Border = bordered ? TableBorder.Rounded : TableBorder.None };
        foreach (var column in columns)
        {
            table.AddColumn(new TableColumn(new Text(column, new Style(Color.Grey))));
        }

        foreach (var row in rows)
        {
            table.AddRow(row.Select(cell => new Text(PlainText.OneLine(cell))));
        }

        return table;
    }
}
