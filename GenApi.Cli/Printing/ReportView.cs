using Spectre.Console;
using Spectre.Console.Rendering;

namespace GenApi.Cli.Printing;

/// <summary>A report of several parts: titles, names with values, tables and trees.</summary>
/// <param name="bordered">Whether lines are drawn around tables, as suits a terminal.</param>
internal sealed class ReportView(bool bordered)
{
    private static readonly Style Name = new(Color.Grey);
    private static readonly Style Heading = new(Color.Blue, decoration: Decoration.Bold);

    private readonly List<IRenderable> _parts = [];

    /// <summary>A title above what follows.</summary>
    public ReportView Title(string text)
    {
        if (_parts.Count > 0)
        {
            _parts.Add(Text.Empty);
        }

        _parts.Add(new Text(PlainText.OneLine(text), Heading));
        return this;
    }

    /// <summary>A sentence.</summary>
    public ReportView Line(string text)
    {
        _parts.Add(new Text(PlainText.OneLine(text)));
        return this;
    }

    /// <summary>Names and their values; those without a value are left out.</summary>
    public ReportView Fields(params IEnumerable<(string Name, string Value)> fields)
    {
        var grid = new Grid().AddColumn(new GridColumn().NoWrap().PadRight(3)).AddColumn();
        foreach (var (name, value) in fields.Where(field => field.Value.Length > 0))
        {
            grid.AddRow(new Text(PlainText.OneLine(name), Name), Cell(value));
        }

        _parts.Add(grid);
        return this;
    }

    /// <summary>Rows under the names of their columns; a sentence in their place where there are none.</summary>
    public ReportView Table(IReadOnlyList<string> columns, IEnumerable<IReadOnlyList<string>> rows, string none)
    {
        var table = new Table { Border = bordered ? TableBorder.Rounded : TableBorder.None };
        foreach (var column in columns)
        {
            table.AddColumn(new TableColumn(new Text(column, Name)));
        }

        foreach (var row in rows)
        {
            table.AddRow(row.Select(Cell));
        }

        if (table.Rows.Count == 0)
        {
            return Line(none);
        }

        _parts.Add(table);
        return this;
    }

    /// <summary>A tree.</summary>
    public ReportView Add(Tree tree)
    {
        _parts.Add(tree);
        return this;
    }

    public IRenderable Build() => new Rows(_parts);

    /// <summary>Text in the colour of what it says, shown as it is: what looks like markup in the data stays data.</summary>
    public static Text Cell(string text) => new(PlainText.OneLine(text), text switch
    {
        "ok" or "pass" or "closed" or "reachable" or "enabled" => new Style(Color.Green),
        "degraded" or "unknown" or "half_open" or "disabled" => new Style(Color.Yellow),
        "error" or "fail" or "open" or "unreachable" => new Style(Color.Red),
        _ => Style.Plain,
    });
}
