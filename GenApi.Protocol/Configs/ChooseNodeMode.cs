using System.Text.Json;
using System.Text.Json.Serialization;
using GenApi.Protocol.Json;

namespace GenApi.Protocol.Configs;

/// <summary>How one node is chosen among those that can take a call (the seed's <c>choose_node_mode</c>).</summary>
[JsonConverter(typeof(ChooseNodeModeConverter))]
public abstract record ChooseNodeMode
{
    private ChooseNodeMode()
    {
    }

    /// <summary>Any node, each as likely as the others. The default.</summary>
    public static ChooseNodeMode Default { get; } = new Random();

    /// <summary>Any node, each as likely as the others.</summary>
    public sealed record Random : ChooseNodeMode;

    /// <summary>The node that the request id hashes to, or the value of an argument where one is named.</summary>
    public sealed record Hash(string? Argument) : ChooseNodeMode;

    /// <summary>Each node in turn.</summary>
    public sealed record RoundRobin : ChooseNodeMode;

    /// <summary>The node that answered the last call with the same value of this argument.</summary>
    public sealed record Sticky(string Argument) : ChooseNodeMode;

    /// <summary>Of two nodes picked at random, the one with fewer calls in flight.</summary>
    public sealed record LeastBusy : ChooseNodeMode;

    /// <summary>The answer of a selector that the gateway has registered under this name.</summary>
    public sealed record Custom(string Name) : ChooseNodeMode;
}

internal sealed class ChooseNodeModeConverter : ShapeConverter<ChooseNodeMode>
{
    protected override string Expected =>
        "\"random\", \"hash\", {\"hash\":\"ARG\"}, \"round_robin\", {\"sticky\":\"ARG\"}, \"least_busy\" or {\"custom\":\"NAME\"}";

    protected override ChooseNodeMode? Parse(JsonElement json)
    {
        if (json.ValueKind == JsonValueKind.String)
        {
            return json.GetString() switch
            {
                "random" => ChooseNodeMode.Default,
                "hash" => new ChooseNodeMode.Hash(null),
                "round_robin" => new ChooseNodeMode.RoundRobin(),
                "least_busy" => new ChooseNodeMode.LeastBusy(),
                _ => null,
            };
        }

        return json.SingleMember() is { } member && member.Value.NonEmptyString() is { } text
            ? member.Name switch
            {
                "hash" => new ChooseNodeMode.Hash(text),
                "sticky" => new ChooseNodeMode.Sticky(text),
                "custom" => new ChooseNodeMode.Custom(text),
                _ => null,
            }
            : null;
    }

    protected override void WriteShape(Utf8JsonWriter writer, ChooseNodeMode value)
    {
        switch (value)
        {
            case ChooseNodeMode.Hash { Argument: { } argument }:
                writer.WriteSingle("hash", argument);
                break;
            case ChooseNodeMode.Hash:
                writer.WriteStringValue("hash");
                break;
            case ChooseNodeMode.RoundRobin:
                writer.WriteStringValue("round_robin");
                break;
            case ChooseNodeMode.Sticky sticky:
                writer.WriteSingle("sticky", sticky.Argument);
                break;
            case ChooseNodeMode.LeastBusy:
                writer.WriteStringValue("least_busy");
                break;
            case ChooseNodeMode.Custom custom:
                writer.WriteSingle("custom", custom.Name);
                break;
            default:
                writer.WriteStringValue("random");
                break;
        }
    }
}
