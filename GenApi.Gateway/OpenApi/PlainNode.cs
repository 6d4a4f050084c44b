using System.Text.Json;
using System.Text.Json.Nodes;

namespace GenApi.Gateway.OpenApi;

/// <summary>
/// A value of a config as the document's writer can write it: no name twice in an object, where the last counts as in a call,
/// and no number that is infinite to it. One odd value must not take the description of all functions away.
/// </summary>
internal static class PlainNode
{
    public static JsonNode? Of(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => new JsonObject(value.EnumerateObject().GroupBy(member => member.Name).Select(same => KeyValuePair.Create(same.Key, Of(same.Last().Value)))),
        JsonValueKind.Array => new JsonArray([.. value.EnumerateArray().Select(Of)]),
        JsonValueKind.Number when !double.IsFinite(value.GetDouble()) => JsonValue.Create(value.GetDouble() > 0 ? double.MaxValue : double.MinValue),
        _ => JsonNode.Parse(value.GetRawText()),
    };

    public static JsonNode? Of(ReadOnlySpan<byte> json) => Of(JsonElement.Parse(json));
}
