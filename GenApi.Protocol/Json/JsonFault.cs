using System.Globalization;
using System.Text.Json;

namespace GenApi.Protocol.Json;

/// <summary>What is wrong with JSON that somebody sent or typed, in words for those who do not know the reader.</summary>
internal static class JsonFault
{
    private const string Place = "LineNumber:";

    /// <summary>What the reader says of JSON that is not well formed, and where; lines and bytes are counted from 1. It ends a sentence.</summary>
    public static string Say(JsonException error)
    {
        var place = error.Message.IndexOf(Place, StringComparison.Ordinal);
        var what = (place < 0 ? error.Message : error.Message[..place]).TrimEnd(' ', '.');

        // Its words for this are about a setting of the reader.
        return what.Contains("isFinalBlock", StringComparison.Ordinal) ? "there is nothing in it."
            : error is { LineNumber: { } line, BytePositionInLine: { } position } ? string.Create(CultureInfo.InvariantCulture, $"{what} (line {line + 1}, byte {position + 1}).")
            : $"{what}.";
    }
}
