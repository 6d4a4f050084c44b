using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using GenApi.Protocol.Json;

namespace GenApi.Gateway.Diagnostics.Tracing;

/// <summary>Makes arguments and results fit to be shown: secrets out, and large ones by their names and sizes.</summary>
internal sealed class ValueView
{
    public const string Redacted = "[redacted]";

    /// <summary>The names that are told of one value.</summary>
    private const int MaxNames = 100;

    private static readonly JsonWriterOptions WriterOptions = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly string[] _words;
    private readonly int _maxBytes;

    public ValueView(TracingOptions options)
    {
        _words = [.. options.SecretNames.Select(SecretName.Normalised).Distinct()];
        _maxBytes = options.MaxValueBytes;
    }

    public bool IsSecret(string name)
    {
        var normalised = SecretName.Normalised(name);
        return _words.Any(word => normalised.Contains(word, StringComparison.Ordinal));
    }

    /// <summary>The value without its secrets; null: it is too large to be shown, or is no valid text.</summary>
    public RawJson? Show(RawJson value)
    {
        if (value.Utf8.Length > _maxBytes)
        {
            return null;
        }

        if (value.IsEmpty)
        {
            return RawJson.Null;
        }

        var shown = new ArrayBufferWriter<byte>(value.Utf8.Length + 64);
        try
        {
            using var writer = new Utf8JsonWriter(shown, WriterOptions);
            var reader = new Utf8JsonReader(value.Utf8.Span);
            while (reader.Read())
            {
                Copy(ref reader, writer);
            }
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            return null;
        }

        return new RawJson(shown.WrittenMemory);
    }

    /// <summary>A text, without its end where it is too long.</summary>
    public string Cut(string text) => text.Length <= _maxBytes ? text : $"{text.AsSpan(0, _maxBytes)}…";

    /// <summary>How many bytes each member of an object has; null: it is no object.</summary>
    /// <param name="value">The value.</param>
    /// <param name="whole">Whether all members are told of.</param>
    public IReadOnlyDictionary<string, int>? Sizes(RawJson value, out bool whole)
    {
        whole = true;
        var sizes = new Dictionary<string, int>(StringComparer.Ordinal);
        var told = 0;
        try
        {
            var reader = new Utf8JsonReader(value.Utf8.Span);
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            {
                return null;
            }

            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                if (sizes.Count == MaxNames || (told += reader.ValueSpan.Length) > _maxBytes)
                {
                    whole = false;
                    break;
                }

                var name = reader.GetString()!;
                reader.Read();
                var start = reader.TokenStartIndex;
                reader.Skip();
                sizes[name] = (int)(reader.BytesConsumed - start);
            }
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            whole = false;
        }

        return sizes;
    }

    private void Copy(ref Utf8JsonReader reader, Utf8JsonWriter writer)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.StartObject:
                writer.WriteStartObject();
                break;
            case JsonTokenType.EndObject:
                writer.WriteEndObject();
                break;
            case JsonTokenType.StartArray:
                writer.WriteStartArray();
                break;
            case JsonTokenType.EndArray:
                writer.WriteEndArray();
                break;
            case JsonTokenType.PropertyName:
                var name = reader.GetString()!;
                writer.WritePropertyName(name);
                if (IsSecret(name))
                {
                    reader.Read();
                    reader.Skip();
                    writer.WriteStringValue(Redacted);
                }

                break;
            case JsonTokenType.String:
                writer.WriteStringValue(reader.GetString());
                break;
            default:
                writer.WriteRawValue(reader.ValueSpan, skipInputValidation: true);
                break;
        }
    }
}
