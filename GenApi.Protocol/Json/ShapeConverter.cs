using System.Text.Json;
using System.Text.Json.Serialization;

namespace GenApi.Protocol.Json;

/// <summary>
/// Base of the converters for fields that may be written in several shapes, such as <c>false | "any_authenticated" | {"arg":"NAME"}</c>.
/// A shape that fits none is refused with <see cref="Expected"/>, so that the reader of the error learns what may stand there.
/// </summary>
internal abstract class ShapeConverter<T> : JsonConverter<T>
    where T : class
{
    /// <summary>The shapes that may stand here, as the end of the sentence "must be …".</summary>
    protected abstract string Expected { get; }

    /// <summary>The value, or null where the JSON has none of the expected shapes.</summary>
    protected abstract T? Parse(JsonElement json);

    protected abstract void WriteShape(Utf8JsonWriter writer, T value);

    public sealed override T Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        using var document = JsonDocument.ParseValue(ref reader);
        return Parse(document.RootElement) ?? throw new JsonShapeException($"must be {Expected}");
    }

    public sealed override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options) => WriteShape(writer, value);
}

/// <summary>Small questions about a JSON element that the shape converters share.</summary>
internal static class JsonShapes
{
    public static bool IsString(this JsonElement json, string value) =>
        json.ValueKind == JsonValueKind.String && json.ValueEquals(value);

    public static string? NonEmptyString(this JsonElement json) =>
        json.ValueKind == JsonValueKind.String && json.GetString() is { Length: > 0 } text ? text : null;

    /// <summary>The single member of an object such as <c>{"arg":"NAME"}</c>, or null for any other shape.</summary>
    public static JsonProperty? SingleMember(this JsonElement json)
    {
        if (json.ValueKind != JsonValueKind.Object)
        {
            return null;
        }

        JsonProperty? single = null;
        foreach (var member in json.EnumerateObject())
        {
            if (single is not null)
            {
                return null;
            }

            single = member;
        }

        return single;
    }

    /// <summary>The non-empty strings of an array, or null where any item is something else.</summary>
    public static IReadOnlyList<string>? StringList(this JsonElement json)
    {
        if (json.ValueKind != JsonValueKind.Array)
        {
            return null;
        }

        var items = new List<string>(json.GetArrayLength());
        foreach (var item in json.EnumerateArray())
        {
            if (item.NonEmptyString() is not { } text)
            {
                return null;
            }

            items.Add(text);
        }

        return items;
    }

    public static void WriteSingle(this Utf8JsonWriter writer, string name, string value)
    {
        writer.WriteStartObject();
        writer.WriteString(name, value);
        writer.WriteEndObject();
    }

    public static void WriteStrings(this Utf8JsonWriter writer, IReadOnlyList<string> values)
    {
        writer.WriteStartArray();
        foreach (var value in values)
        {
            writer.WriteStringValue(value);
        }

        writer.WriteEndArray();
    }
}
