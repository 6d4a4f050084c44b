using Spectre.Console.Rendering;

namespace GenApi.Cli.Printing;

/// <summary>Names and their values on a terminal, a value beside its name, broken between words only.</summary>
internal sealed class FieldList(IReadOnlyList<(string Name, TextCell Value)> fields) : IRenderable
{
    private const int Gap = 3;

    /// <summary>A value with less room than this goes below its name.</summary>
    private const int LeastValueWidth = 20;

    public Measurement Measure(RenderOptions options, int maxWidth) => new(0, maxWidth);

    public IEnumerable<Segment> Render(RenderOptions options, int maxWidth)
    {
        var nameWidth = fields.Max(field => WordWrap.WidthOf(field.Name)) + Gap;
        foreach (var (name, value) in fields)
        {
            yield return new Segment(name, TextCell.Name);
            var beside = maxWidth - nameWidth >= LeastValueWidth;
            var indent = beside ? nameWidth : Gap;
            if (!beside)
            {
                yield return Segment.LineBreak;
            }

            var column = beside ? WordWrap.WidthOf(name) : 0;
            foreach (var line in WordWrap.Lines(value.Text, maxWidth - indent))
            {
                yield return Segment.Padding(indent - column);
                yield return new Segment(line, value.Style);
                yield return Segment.LineBreak;
                column = 0;
            }
        }
    }
}
