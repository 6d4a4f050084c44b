using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace GenApi.Cli.Connection;

/// <summary>Writes small JSON objects from what people typed. What is null is left out.</summary>
internal static class JsonObject
{
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static byte[] Of(params IReadOnlyList<(string Name, string? Value)> texts) => Of(texts, null);

    /// <param name="texts">Members that are text.</param>
    /// <param name="inner">A member that is an object of texts; null: none.</param>
    /// <param name="numbers">Members that are numbers; null: none.</param>
    public static byte[] Of(
        IReadOnlyList<(string Name, string? Value)> texts,
        (string Name, IReadOnlyList<(string Name, string? Value)> Texts)? inner = null,
        IReadOnlyList<(string Name, long Value)>? numbers = null)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, Options))
        {
            writer.WriteStartObject();
            Write(writer, texts);
            foreach (var (name, value) in numbers ?? [])
            {
                writer.WriteNumber(name, value);
            }

            if (inner is { } member)
            {
                writer.WriteStartObject(member.Name);
                Write(writer, member.Texts);
                writer.WriteEndObject();
            }

            writer.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    private static void Write(Utf8JsonWriter writer, IReadOnlyList<(string Name, string? Value)> texts)
    {
        foreach (var (name, value) in texts)
        {
            if (value is not null)
            {
                writer.WriteString(name, value);
            }
        }
    }
}
