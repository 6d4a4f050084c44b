using Spectre.Console;

namespace GenApi.Cli.Printing;

/// <summary>A value to show, in the colour of what it says.</summary>
internal readonly record struct TextCell
{
    private TextCell(string text, Style style)
    {
        Text = text;
        Style = style;
    }

    /// <summary>How names of columns and values look.</summary>
    public static Style Name { get; } = new(Color.Grey);

    /// <summary>One line, safe to show.</summary>
    public string Text { get; }

    public Style Style { get; }

    public static TextCell Of(string text) => new(PlainText.OneLine(text), text switch
    {
        "ok" or "pass" or "closed" or "reachable" or "enabled" => new Style(Color.Green),
        "degraded" or "unknown" or "half_open" or "disabled" => new Style(Color.Yellow),
        "error" or "fail" or "open" or "unreachable" => new Style(Color.Red),
        _ => Style.Plain,
    });

    /// <summary>Shown as it is: what looks like markup in the data stays data.</summary>
    public Text ToText() => new(Text, Style);
}
