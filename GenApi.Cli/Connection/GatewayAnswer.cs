using System.Net;
using System.Text.Json;
using GenApi.Protocol.Calls;
using GenApi.Protocol.Json;

namespace GenApi.Cli.Connection;

/// <summary>A complete answer of the gateway: its status and its body.</summary>
/// <param name="Status">The HTTP status.</param>
/// <param name="Url">What was asked, for error messages.</param>
/// <param name="Json">The body; null where it is not JSON.</param>
internal sealed record GatewayAnswer(HttpStatusCode Status, Uri Url, JsonElement? Json)
{
    public bool IsSuccess => (int)Status is >= 200 and < 300;

    /// <summary>The body as a call's response; null where it is none.</summary>
    public CallResponse? AsCallResponse() => Json is { } json ? ReadCallResponse(json) : null;

    /// <summary>The value as a call's response; null where it is none.</summary>
    public static CallResponse? ReadCallResponse(JsonElement json)
    {
        if (json.ValueKind != JsonValueKind.Object)
        {
            return null;
        }

        try
        {
            return json.Deserialize(ProtocolJson.Default.CallResponse);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>The value of a text member of the body; null where there is none.</summary>
    public string? Text(string member) =>
        Json is { ValueKind: JsonValueKind.Object } json && json.TryGetProperty(member, out var value) && value.ValueKind == JsonValueKind.String
            ? value.GetString()
            : null;
}
