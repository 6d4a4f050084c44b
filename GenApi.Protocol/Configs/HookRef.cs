using System.Text.Json;
using System.Text.Json.Serialization;
using GenApi.Protocol.Json;

namespace GenApi.Protocol.Configs;

/// <summary>Code that runs before or after a call (the seed's <c>before_execute</c> and <c>after_execute</c>).</summary>
[JsonConverter(typeof(HookRefConverter))]
public abstract record HookRef
{
    private HookRef()
    {
    }

    /// <summary>A hook that the gateway has registered under this name.</summary>
    public sealed record Gateway(string Name) : HookRef;

    /// <summary>A function on the node.</summary>
    public sealed record Function(string Name) : HookRef;
}

internal sealed class HookRefConverter : ShapeConverter<HookRef>
{
    protected override string Expected => """{"gateway":"NAME"} or {"function":"NAME"}""";

    protected override HookRef? Parse(JsonElement json) =>
        json.SingleMember() is { } member && member.Value.NonEmptyString() is { } name
            ? member.Name switch
            {
                "gateway" => new HookRef.Gateway(name),
                "function" => new HookRef.Function(name),
                _ => null,
            }
            : null;

    protected override void WriteShape(Utf8JsonWriter writer, HookRef value)
    {
        switch (value)
        {
            case HookRef.Gateway gateway:
                writer.WriteSingle("gateway", gateway.Name);
                break;
            case HookRef.Function function:
                writer.WriteSingle("function", function.Name);
                break;
        }
    }
}
