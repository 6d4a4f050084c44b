using System.Text.Json;
using System.Text.Json.Serialization;
using GenApi.Protocol.Json;

namespace GenApi.Protocol.Configs;

/// <summary>
/// Where a function runs (the seed's <c>nodes</c>). A config without this field runs on the live nodes that pushed it.
/// </summary>
[JsonConverter(typeof(NodeSetConverter))]
public abstract record NodeSet
{
    private NodeSet()
    {
    }

    /// <summary>Only nodes at these addresses, such as <c>http://10.0.0.5:5090</c>.</summary>
    public sealed record Addresses(IReadOnlyList<string> Items) : NodeSet;

    /// <summary>In the gateway's own process (the seed's <c>:local</c>).</summary>
    public sealed record Local : NodeSet;

    /// <summary>The addresses that a named resolver gives, asked again from time to time (the seed's MFA tuple).</summary>
    public sealed record Resolver(string Name, IReadOnlyList<string> Args) : NodeSet;
}

internal sealed class NodeSetConverter : ShapeConverter<NodeSet>
{
    protected override string Expected => """a list of addresses, "local", or {"resolver":"NAME","args":[…]}""";

    protected override NodeSet? Parse(JsonElement json)
    {
        if (json.IsString("local"))
        {
            return new NodeSet.Local();
        }

        if (json.ValueKind == JsonValueKind.Array)
        {
            return json.StringList() is { Count: > 0 } addresses ? new NodeSet.Addresses(addresses) : null;
        }

        if (json.ValueKind != JsonValueKind.Object || !json.TryGetProperty("resolver", out var name) || name.NonEmptyString() is not { } resolver)
        {
            return null;
        }

        IReadOnlyList<string>? args = [];
        foreach (var member in json.EnumerateObject())
        {
            switch (member.Name)
            {
                case "resolver":
                    break;
                case "args":
                    args = member.Value.StringList();
                    break;
                default:
                    return null;
            }
        }

        return args is null ? null : new NodeSet.Resolver(resolver, args);
    }

    protected override void WriteShape(Utf8JsonWriter writer, NodeSet value)
    {
        switch (value)
        {
            case NodeSet.Addresses addresses:
                writer.WriteStrings(addresses.Items);
                break;
            case NodeSet.Resolver resolver:
                writer.WriteStartObject();
                writer.WriteString("resolver", resolver.Name);
                writer.WritePropertyName("args");
                writer.WriteStrings(resolver.Args);
                writer.WriteEndObject();
                break;
            default:
                writer.WriteStringValue("local");
                break;
        }
    }
}
