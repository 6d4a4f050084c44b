using System.Text.Json;
using System.Text.Unicode;

namespace GenApi.Protocol.Json;

/// <summary>Questions about JSON bytes that come from outside and are passed on as they are.</summary>
internal static class JsonText
{
    /// <summary>
    /// Whether all text in some JSON is Unicode: valid UTF-8, and no half of a surrogate pair in an escape. To the JSON reader
    /// such text is valid until somebody reads it, and then it throws; so it is refused where it comes in.
    /// </summary>
    public static bool IsUnicode(ReadOnlySpan<byte> json)
    {
        if (!Utf8.IsValid(json))
        {
            return false;
        }

        if (json.IndexOf("\\u"u8) < 0)
        {
            return true;
        }

        var reader = new Utf8JsonReader(json);
        try
        {
            while (reader.Read())
            {
                if (reader.TokenType is JsonTokenType.String or JsonTokenType.PropertyName && reader.ValueIsEscaped)
                {
                    _ = reader.GetString();
                }
            }

            return true;
        }
        catch (InvalidOperationException)
        {
            return false;
        }
        catch (JsonException)
        {
            // That it is not well formed is for others to say, with the place of the fault.
            return true;
        }
    }

    /// <summary>Whether some bytes are exactly one JSON value.</summary>
    public static bool IsOneValue(ReadOnlySpan<byte> bytes)
    {
        var reader = new Utf8JsonReader(bytes);
        try
        {
            return reader.Read() && reader.TrySkip() && !reader.Read() && reader.BytesConsumed == bytes.Length;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
