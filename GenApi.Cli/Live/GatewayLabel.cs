using System.Buffers;
using System.Text.Json;
using GenApi.Cli.Connection;

namespace GenApi.Cli.Live;

/// <summary>Says of each thing that several gateways tell which of them it is from.</summary>
/// <param name="id">The gateway's id.</param>
/// <param name="width">Letters of the longest id among them.</param>
internal sealed class GatewayLabel(string id, int width)
{
    private const string Member = "gateway";

    /// <summary>What stands before a line of text.</summary>
    public string Prefix { get; } = $"{id.PadRight(width)}  ";

    /// <summary>The same object with the member <c>gateway</c> in front; as it is where it has one, or is no object.</summary>
    public JsonElement AddTo(JsonElement json)
    {
        if (json.ValueKind != JsonValueKind.Object || json.TryGetProperty(Member, out _))
        {
            return json;
        }

        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            writer.WriteString(Member, id);
            foreach (var member in json.EnumerateObject())
            {
                member.WriteTo(writer);
            }

            writer.WriteEndObject();
        }

        return Parse(buffer);
    }

    /// <summary>Several gateways' answers as one list.</summary>
    public static JsonElement Join(IEnumerable<(string Gateway, JsonElement Answer)> answers) => JsonSerializer.SerializeToElement(
        [.. answers.Select(one => new GatewayLabel(one.Gateway, 0).AddTo(one.Answer))],
        ConnectionJson.Default.JsonElementArray);

    private static JsonElement Parse(ArrayBufferWriter<byte> buffer)
    {
        using var document = JsonDocument.Parse(buffer.WrittenMemory);
        return document.RootElement.Clone();
    }
}
