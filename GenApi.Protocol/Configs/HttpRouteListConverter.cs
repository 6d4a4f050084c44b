using System.Text.Json;
using System.Text.Json.Serialization;
using GenApi.Protocol.Json;

namespace GenApi.Protocol.Configs;

/// <summary>A route that is no route: what stood there instead, and why it cannot be read.</summary>
internal sealed record UnreadableRoute(JsonElement Json, string Reason);

/// <summary>Reads routes one by one, so that a wrong one keeps out neither the others nor the functions of the push.</summary>
internal sealed class HttpRouteListConverter : JsonConverter<IReadOnlyList<HttpRoute>>
{
    public override IReadOnlyList<HttpRoute> Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        var json = JsonElement.ParseValue(ref reader);
        return json.ValueKind == JsonValueKind.Array
            ? [.. json.EnumerateArray().Select(Read)]
            : throw new JsonShapeException("http_routes must be a list of routes");
    }

    public override void Write(Utf8JsonWriter writer, IReadOnlyList<HttpRoute> value, JsonSerializerOptions options)
    {
        writer.WriteStartArray();
        foreach (var route in value)
        {
            JsonSerializer.Serialize(writer, route, ProtocolJson.Default.HttpRoute);
        }

        writer.WriteEndArray();
    }

    private static HttpRoute Read(JsonElement json)
    {
        try
        {
            return json.Deserialize(ProtocolJson.Default.HttpRoute) ?? new HttpRoute();
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            // The latter stands for text that is not valid Unicode.
            return new HttpRoute { Path = PathOf(json), Unreadable = new UnreadableRoute(json, error is JsonException mismatch ? JsonMismatch.Explain(mismatch, json, ProtocolJson.Default.HttpRoute, "route") : error.Message) };
        }
    }

    private static string PathOf(JsonElement json)
    {
        try
        {
            return json.ValueKind == JsonValueKind.Object && json.TryGetProperty("path", out var path) && path.ValueKind == JsonValueKind.String ? path.GetString()! : "";
        }
        catch (InvalidOperationException)
        {
            return "";
        }
    }
}
