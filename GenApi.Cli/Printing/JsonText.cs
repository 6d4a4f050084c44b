using System.Text.Encodings.Web;
using System.Text.Json;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace GenApi.Cli.Printing;

/// <summary>
/// A JSON value in colours. Its lines are never wrapped, so that what is copied from a terminal is still JSON. Strings keep
/// their escapes: no data can send control characters to the terminal.
/// </summary>
/// <param name="value">The value.</param>
/// <param name="indented">Whether each member stands on its own line.</param>
internal sealed class JsonText(JsonElement value, bool indented) : IRenderable
{
    private static readonly Style Punctuation = new(Color.Grey);
    private static readonly Style Name = new(Color.Blue);
    private static readonly Style Text = new(Color.Green);
    private static readonly Style Number = new(Color.Aqua);
    private static readonly Style Word = new(Color.Yellow);

    /// <summary>How values are written: letters of all languages as they are, control characters as escapes.</summary>
    public static JsonWriterOptions WriterOptions(bool indented) =>
        new() { Indented = indented, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public Measurement Measure(RenderOptions options, int maxWidth) => new(0, maxWidth);

    public IEnumerable<Segment> Render(RenderOptions options, int maxWidth)
    {
        var segments = new List<Segment>();
        Add(segments, value, depth: 0);
        segments.Add(Segment.LineBreak);
        return segments;
    }

    private void Add(List<Segment> segments, JsonElement element, int depth)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                AddAll(segments, element.EnumerateObject(), '{', '}', depth, member =>
                {
                    segments.Add(new Segment(Quote(member.Name), Name));
                    segments.Add(new Segment(indented ? ": " : ":", Punctuation));
                    Add(segments, member.Value, depth + 1);
                });
                break;
            case JsonValueKind.Array:
                AddAll(segments, element.EnumerateArray(), '[', ']', depth, item => Add(segments, item, depth + 1));
                break;
            case JsonValueKind.String:
                segments.Add(new Segment(Quote(element.GetString()!), Text));
                break;
            case JsonValueKind.Number:
                segments.Add(new Segment(element.GetRawText(), Number));
                break;
            default:
                segments.Add(new Segment(element.GetRawText(), Word));
                break;
        }
    }

    private void AddAll<T>(List<Segment> segments, IEnumerable<T> items, char open, char close, int depth, Action<T> add)
    {
        segments.Add(new Segment(open.ToString(), Punctuation));
        var first = true;
        foreach (var item in items)
        {
            if (!first)
            {
                segments.Add(new Segment(",", Punctuation));
            }

            first = false;
            BreakLine(segments, depth + 1);
            add(item);
        }

        if (!first)
        {
            BreakLine(segments, depth);
        }

        segments.Add(new Segment(close.ToString(), Punctuation));
    }

    private void BreakLine(List<Segment> segments, int depth)
    {
        if (indented)
        {
            segments.Add(Segment.LineBreak);
            segments.Add(Segment.Padding(depth * 2));
        }
    }

    private static string Quote(string text) => $"\"{JavaScriptEncoder.UnsafeRelaxedJsonEscaping.Encode(text)}\"";
}
