using System.Globalization;
using System.Text;

namespace GenApi.Cli.Printing;

/// <summary>Text from elsewhere, made safe to show.</summary>
internal static class PlainText
{
    /// <summary>
    /// The text on one line. Control characters become <c>\u001b</c> and the like, so that no data can move the cursor, change
    /// colours or retitle the terminal.
    /// </summary>
    public static string OneLine(string text)
    {
        if (!text.Any(NeedsCare))
        {
            return text;
        }

        var safe = new StringBuilder(text.Length + 16);
        foreach (var character in text)
        {
            if (character is '\n' or '\t')
            {
                safe.Append(' ');
            }
            else if (character == '\r')
            {
                // The half of a line break that says nothing.
            }
            else if (NeedsCare(character))
            {
                safe.Append(CultureInfo.InvariantCulture, $"\\u{(int)character:x4}");
            }
            else
            {
                safe.Append(character);
            }
        }

        return safe.ToString();
    }

    private static bool NeedsCare(char character) =>
        char.IsControl(character) || character is '\u2028' or '\u2029' or (>= '\u202a' and <= '\u202e') or (>= '\u2066' and <= '\u2069');
}
