using System.Text.Json;
using System.Text.Json.Serialization;
using GenApi.Protocol.Json;

namespace GenApi.Protocol.Configs;

/// <summary>Where a failed call is tried again.</summary>
public enum RetryMode
{
    /// <summary>On the node that failed.</summary>
    SameNode,

    /// <summary>On each other node first.</summary>
    AllNodes,
}

/// <summary>How often and where a call is tried again after <c>unavailable</c> or <c>timeout</c> (the seed's <c>retry</c>).</summary>
/// <param name="Mode">Where.</param>
/// <param name="Attempts">How many more times, from 1 to 10.</param>
[JsonConverter(typeof(RetryPolicyConverter))]
public sealed record RetryPolicy(RetryMode Mode, int Attempts)
{
    /// <summary>The most further attempts a config may ask for.</summary>
    public const int MaximumAttempts = 10;

    /// <summary>The mode as the contract names it: <c>same_node</c> or <c>all_nodes</c>.</summary>
    [JsonIgnore]
    public string ModeName => Mode == RetryMode.SameNode ? SameNodeName : AllNodesName;

    internal const string SameNodeName = "same_node";
    internal const string AllNodesName = "all_nodes";
}

internal sealed class RetryPolicyConverter : ShapeConverter<RetryPolicy>
{
    protected override string Expected => """a whole number, {"same_node":n} or {"all_nodes":n}""";

    protected override RetryPolicy? Parse(JsonElement json)
    {
        if (json.ValueKind == JsonValueKind.Number)
        {
            return json.TryGetInt32(out var attempts) ? new RetryPolicy(RetryMode.AllNodes, attempts) : null;
        }

        if (json.SingleMember() is not { Value.ValueKind: JsonValueKind.Number } member || !member.Value.TryGetInt32(out var count))
        {
            return null;
        }

        return member.Name switch
        {
            RetryPolicy.SameNodeName => new RetryPolicy(RetryMode.SameNode, count),
            RetryPolicy.AllNodesName => new RetryPolicy(RetryMode.AllNodes, count),
            _ => null,
        };
    }

    protected override void WriteShape(Utf8JsonWriter writer, RetryPolicy value)
    {
        writer.WriteStartObject();
        writer.WriteNumber(value.ModeName, value.Attempts);
        writer.WriteEndObject();
    }
}
