using System.Text.Json;
using System.Text.Json.Serialization;
using GenApi.Protocol.Json;

namespace GenApi.Protocol.Configs;

/// <summary>
/// How the arguments reach the function (the seed's <c>arg_orders</c>): one parameter each, in the order of
/// <paramref name="Names"/>, or all as one map.
/// </summary>
/// <param name="Names">The argument names in the order of the parameters; null stands for <c>"map"</c>.</param>
[JsonConverter(typeof(ArgOrdersConverter))]
public sealed record ArgOrders(IReadOnlyList<string>? Names)
{
    /// <summary>All arguments as one map.</summary>
    public static ArgOrders Map { get; } = new((IReadOnlyList<string>?)null);

    /// <summary>Whether the arguments are passed as one map.</summary>
    public bool IsMap => Names is null;
}

internal sealed class ArgOrdersConverter : ShapeConverter<ArgOrders>
{
    protected override string Expected => "a list of argument names, or \"map\"";

    protected override ArgOrders? Parse(JsonElement json) =>
        json.IsString("map") ? ArgOrders.Map
        : json.StringList() is { } names ? new ArgOrders(names)
        : null;

    protected override void WriteShape(Utf8JsonWriter writer, ArgOrders value)
    {
        if (value.Names is { } names)
        {
            writer.WriteStrings(names);
        }
        else
        {
            writer.WriteStringValue("map");
        }
    }
}
