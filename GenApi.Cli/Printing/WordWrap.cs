using System.Text;
using Spectre.Console.Rendering;

namespace GenApi.Cli.Printing;

/// <summary>
/// Breaks text between its words and nowhere else, so that what is copied from a terminal, such as an address or an id, is whole. A word that is
/// longer than a line gets one of its own.
/// </summary>
internal static class WordWrap
{
    /// <summary>The lines, each as wide as it may be; one empty line where there is no text.</summary>
    public static IReadOnlyList<string> Lines(string text, int width)
    {
        if (WidthOf(text) <= width)
        {
            return [text];
        }

        var lines = new List<string>();
        var line = new StringBuilder();
        var used = 0;
        foreach (var word in text.Split(' '))
        {
            var wide = WidthOf(word);
            if (line.Length > 0 && used + 1 + wide > width)
            {
                lines.Add(line.ToString());
                line.Clear();
                used = 0;
            }

            used += line.Length > 0 ? wide + 1 : wide;
            line.Append(line.Length > 0 ? " " : "").Append(word);
        }

        lines.Add(line.ToString());
        return lines;
    }

    /// <summary>How many columns the text takes; some letters take two.</summary>
    public static int WidthOf(string text) => new Segment(text).CellCount();

    /// <summary>How many columns its longest word takes.</summary>
    public static int LongestWord(string text) => text.Split(' ').Max(WidthOf);
}
