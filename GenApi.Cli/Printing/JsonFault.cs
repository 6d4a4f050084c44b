using System.Text.Json;

namespace GenApi.Cli.Printing;

/// <summary>What is wrong with JSON that somebody typed, for those who do not know the reader.</summary>
internal static class JsonFault
{
    private const string Place = " LineNumber:";

    /// <summary>What the reader says, and where, both counted from 1.</summary>
    public static string Say(JsonException error)
    {
        var place = error.Message.IndexOf(Place, StringComparison.Ordinal);
        var what = (place < 0 ? error.Message : error.Message[..place]).TrimEnd('.');
        return what.Contains("does not contain any JSON tokens", StringComparison.Ordinal) ? "there is nothing in it."
            : error is { LineNumber: { } line, BytePositionInLine: { } position } ? $"{what} (line {line + 1}, byte {position + 1})."
            : $"{what}.";
    }
}
