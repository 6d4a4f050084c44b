using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using GenApi.Cli.Connection;

namespace GenApi.Cli.Live;

/// <summary>Traces as rows of a table: what is nested in their JSON stands in a cell of its own.</summary>
internal static class TraceRow
{
    /// <param name="traces">A trace, or a list of them.</param>
    public static JsonElement From(JsonElement traces) => traces.ValueKind switch
    {
        JsonValueKind.Array => JsonSerializer.SerializeToElement(new JsonArray([.. traces.EnumerateArray().Select(Row)]), ConnectionJson.Default.JsonNode),
        JsonValueKind.Object => JsonSerializer.SerializeToElement(new JsonArray(Row(traces)), ConnectionJson.Default.JsonNode),
        _ => traces,
    };

    private static JsonNode? Row(JsonElement trace)
    {
        if (trace.ValueKind != JsonValueKind.Object)
        {
            return JsonNode.Parse(trace.GetRawText());
        }

        var row = new System.Text.Json.Nodes.JsonObject();
        foreach (var member in trace.EnumerateObject())
        {
            row[member.Name] = member.Value.ValueKind switch
            {
                JsonValueKind.Array => string.Join(",", member.Value.EnumerateArray()),
                JsonValueKind.Object => string.Join(" ", member.Value.EnumerateObject().Where(inner => inner.Name is not ("flags" or "duration_ms")).Select(inner => $"{inner.Name}={inner.Value}")),
                JsonValueKind.String when member.Value.TryGetDateTimeOffset(out var at) => at.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture),
                JsonValueKind.String => member.Value.GetString(),
                _ => JsonNode.Parse(member.Value.GetRawText()),
            };
        }

        return row;
    }
}
