using Spectre.Console;
using Spectre.Console.Rendering;

namespace GenApi.Cli.Printing;

/// <summary>
/// A table that fits its terminal. Where there is room, it has lines around it; with less room, long texts are broken between words, then the lines go,
/// and then the last columns, the least important ones, stand below each row with their names. An id or an address is never broken.
/// </summary>
internal sealed class FittedTable : IRenderable
{
    /// <summary>A column of text is not made narrower than this.</summary>
    private const int LeastTextWidth = 24;

    private const int Gap = 2;
    private const int Indent = 4;

    private readonly IReadOnlyList<string> _columns;
    private readonly IReadOnlyList<IReadOnlyList<TextCell>> _rows;
    private readonly int[] _natural;
    private readonly int[] _least;

    /// <param name="columns">The columns' names, the most important first.</param>
    /// <param name="rows">The rows, each with a value for every column.</param>
    public FittedTable(IReadOnlyList<string> columns, IReadOnlyList<IReadOnlyList<TextCell>> rows)
    {
        (_columns, _rows) = (columns, rows);
        _natural = [.. columns.Select((name, column) => Widest(column, WordWrap.WidthOf, WordWrap.WidthOf(name)))];
        _least =
        [
            .. columns.Select((name, column) => Math.Max(
                Math.Min(Widest(column, WordWrap.WidthOf, 0), Widest(column, WordWrap.LongestWord, LeastTextWidth)),
                WordWrap.LongestWord(name))),
        ];
    }

    public Measurement Measure(RenderOptions options, int maxWidth) => new(0, maxWidth);

    public IEnumerable<Segment> Render(RenderOptions options, int maxWidth)
    {
        var all = _columns.Count;
        if (Fit(all, maxWidth - (3 * all) - 1) is { } bordered)
        {
            return ((IRenderable)Bordered(bordered)).Render(options, maxWidth);
        }

        var kept = all;
        int[]? widths;
        while ((widths = Fit(kept, maxWidth - (Gap * (kept - 1)))) is null && kept > 1)
        {
            kept--;
        }

        return Plain(widths ?? [_least[0]], maxWidth);
    }

    private int Widest(int column, Func<string, int> width, int atLeast) => _rows.Select(row => width(row[column].Text)).Append(atLeast).Max();

    /// <summary>Widths for the first columns that fit together; null where they do not.</summary>
    private int[]? Fit(int count, int room)
    {
        var widths = _natural[..count];
        for (var excess = widths.Sum() - room; excess > 0; excess--)
        {
            // One letter at a time from the column that can best do without it.
            var most = Enumerable.Range(0, count).MaxBy(column => widths[column] - _least[column]);
            if (widths[most] == _least[most])
            {
                return null;
            }

            widths[most]--;
        }

        return widths;
    }

    private Table Bordered(int[] widths)
    {
        var table = new Table { Border = TableBorder.Rounded };
        foreach (var (name, width) in _columns.Zip(widths))
        {
            table.AddColumn(new TableColumn(new Text(name, TextCell.Name)) { Width = width });
        }

        foreach (var row in _rows)
        {
            table.AddRow(row.Select(cell => cell.ToText()));
        }

        return table;
    }

    private IEnumerable<Segment> Plain(int[] widths, int maxWidth)
    {
        var kept = widths.Length;
        foreach (var segment in Line([.. _columns.Take(kept).Select(name => (name, TextCell.Name))], widths))
        {
            yield return segment;
        }

        foreach (var row in _rows)
        {
            var below = Below(row, kept, maxWidth);

            // A row that goes on with the one above has nothing in its first columns.
            if (below.Count == 0 || row.Take(kept).Any(cell => cell.Text.Length > 0))
            {
                foreach (var segment in Line([.. row.Take(kept).Select(cell => (cell.Text, cell.Style))], widths))
                {
                    yield return segment;
                }
            }

            foreach (var segment in below)
            {
                yield return segment;
            }
        }
    }

    private static IEnumerable<Segment> Line(IReadOnlyList<(string Text, Style Style)> cells, int[] widths)
    {
        IReadOnlyList<string>[] lines = [.. cells.Zip(widths, (cell, width) => WordWrap.Lines(cell.Text, width))];
        for (var line = 0; line < lines.Max(cell => cell.Count); line++)
        {
            var missing = 0;
            for (var column = 0; column < cells.Count; column++)
            {
                var text = line < lines[column].Count ? lines[column][line] : "";
                if (text.Length > 0)
                {
                    yield return Segment.Padding(missing);
                    yield return new Segment(text, cells[column].Style);
                    missing = 0;
                }

                missing += Math.Max(widths[column] - WordWrap.WidthOf(text), 0) + Gap;
            }

            yield return Segment.LineBreak;
        }
    }

    /// <summary>The columns that found no room beside the others, with their names, several on a line.</summary>
    private List<Segment> Below(IReadOnlyList<TextCell> row, int kept, int maxWidth)
    {
        var segments = new List<Segment>();
        var used = 0;
        foreach (var (name, cell) in _columns.Zip(row).Skip(kept).Where(column => column.Second.Text.Length > 0))
        {
            var wide = WordWrap.WidthOf(cell.Text) + (name.Length == 0 ? 0 : WordWrap.WidthOf(name) + 1);
            if (used > 0 && used + Gap + wide <= maxWidth)
            {
                segments.Add(Segment.Padding(Gap));
                used += Gap;
            }
            else
            {
                if (used > 0)
                {
                    segments.Add(Segment.LineBreak);
                }

                segments.Add(Segment.Padding(Indent));
                used = Indent;
            }

            var indent = used;
            if (name.Length > 0)
            {
                segments.Add(new Segment($"{name} ", TextCell.Name));
                indent += WordWrap.WidthOf(name) + 1;
            }

            used += wide;
            var first = true;
            foreach (var line in WordWrap.Lines(cell.Text, Math.Max(maxWidth - indent, LeastTextWidth)))
            {
                if (!first)
                {
                    segments.Add(Segment.LineBreak);
                    segments.Add(Segment.Padding(indent));
                    used = indent + WordWrap.WidthOf(line);
                }

                segments.Add(new Segment(line, cell.Style));
                first = false;
            }
        }

        if (segments.Count > 0)
        {
            segments.Add(Segment.LineBreak);
        }

        return segments;
    }
}
