using System.Text.Json;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace GenApi.Cli.Printing;

/// <summary>A report of several parts: titles, names with values, tables and trees.</summary>
/// <param name="onTerminal">Whether it is to fit a terminal; else it is as wide as it is, without lines around tables.</param>
internal sealed class ReportView(bool onTerminal)
{
    private static readonly Style Heading = new(Color.Blue, decoration: Decoration.Bold);

    private readonly List<IRenderable> _parts = [];
    private readonly List<string> _notes = [];

    /// <summary>What is good to know beside the report, and is no part of it.</summary>
    public IReadOnlyList<string> Notes => _notes;

    /// <summary>Whether there is nothing but notes.</summary>
    public bool IsEmpty => _parts.Count == 0;

    /// <summary>A title above what follows.</summary>
    public ReportView Title(string text)
    {
        if (_parts.Count > 0)
        {
            _parts.Add(Text.Empty);
        }

        _parts.Add(new WordText(text, Heading));
        return this;
    }

    /// <summary>A sentence.</summary>
    public ReportView Line(string text)
    {
        _parts.Add(new WordText(text, Style.Plain));
        return this;
    }

    /// <summary>A sentence for whoever watches; scripts do not get to see it.</summary>
    public ReportView Note(string text)
    {
        _notes.Add(text);
        return this;
    }

    /// <summary>Names and their values; those without a value are left out.</summary>
    public ReportView Fields(params IEnumerable<(string Name, string Value)> fields)
    {
        (string Name, TextCell Value)[] shown = [.. fields.Where(field => field.Value.Length > 0).Select(field => (PlainText.OneLine(field.Name), TextCell.Of(field.Value)))];
        if (onTerminal && shown.Length > 0)
        {
            _parts.Add(new FieldList(shown));
            return this;
        }

        var grid = new Grid().AddColumn(new GridColumn().NoWrap().PadRight(3)).AddColumn();
        foreach (var (name, value) in shown)
        {
            grid.AddRow(new Text(name, TextCell.Name), value.ToText());
        }

        _parts.Add(grid);
        return this;
    }

    /// <summary>Rows under the names of their columns, the most important column first; a sentence in their place where there are none.</summary>
    public ReportView Table(IReadOnlyList<string> columns, IEnumerable<IReadOnlyList<string>> rows, string none)
    {
        IReadOnlyList<string>[] all = [.. rows];
        return all.Length == 0 ? Line(none) : Add(TextTable.From(columns, all, onTerminal));
    }

    /// <summary>The same for a report that is nothing but the table: where there are no rows, a script gets nothing to read.</summary>
    public ReportView OnlyTable(IReadOnlyList<string> columns, IEnumerable<IReadOnlyList<string>> rows, string none)
    {
        IReadOnlyList<string>[] all = [.. rows];
        return all.Length == 0 ? Note(none) : Add(TextTable.From(columns, all, onTerminal));
    }

    /// <summary>A list of objects as rows under the names of their members.</summary>
    public ReportView OnlyTable(JsonElement rows, string none) => JsonTable.From(rows, onTerminal) is { } table ? Add(table) : Note(none);

    /// <summary>A tree.</summary>
    public ReportView Add(IRenderable part)
    {
        _parts.Add(part);
        return this;
    }

    public IRenderable Build() => new Rows(_parts);
}
