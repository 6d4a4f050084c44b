using Spectre.Console;
using Spectre.Console.Rendering;

namespace GenApi.Cli.Printing;

/// <summary>Text that is broken between words only. It is shown as it is: what looks like markup in the data stays data.</summary>
internal sealed class WordText(string text, Style style) : IRenderable
{
    private readonly string _line = PlainText.OneLine(text);

    public Measurement Measure(RenderOptions options, int maxWidth) => new(0, maxWidth);

    public IEnumerable<Segment> Render(RenderOptions options, int maxWidth) =>
        WordWrap.Lines(_line, maxWidth).SelectMany(line => (Segment[])[new(line, style), Segment.LineBreak]);
}
