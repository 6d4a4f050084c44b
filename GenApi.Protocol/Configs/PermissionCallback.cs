using System.Text.Json;
using System.Text.Json.Serialization;
using GenApi.Protocol.Json;

namespace GenApi.Protocol.Configs;

/// <summary>
/// Code that decides who may call a function, in place of <c>check_permission</c> (the seed's <c>permission_callback</c>).
/// A callback that throws or takes too long denies.
/// </summary>
[JsonConverter(typeof(PermissionCallbackConverter))]
public abstract record PermissionCallback
{
    private PermissionCallback()
    {
    }

    /// <summary>An ASP.NET Core authorization policy of the gateway.</summary>
    public sealed record Policy(string Name) : PermissionCallback;

    /// <summary>A function on the node, which answers true or false.</summary>
    public sealed record Function(string Name) : PermissionCallback;
}

internal sealed class PermissionCallbackConverter : ShapeConverter<PermissionCallback>
{
    protected override string Expected => """{"policy":"NAME"} or {"function":"NAME"}""";

    protected override PermissionCallback? Parse(JsonElement json) =>
        json.SingleMember() is { } member && member.Value.NonEmptyString() is { } name
            ? member.Name switch
            {
                "policy" => new PermissionCallback.Policy(name),
                "function" => new PermissionCallback.Function(name),
                _ => null,
            }
            : null;

    protected override void WriteShape(Utf8JsonWriter writer, PermissionCallback value)
    {
        switch (value)
        {
            case PermissionCallback.Policy policy:
                writer.WriteSingle("policy", policy.Name);
                break;
            case PermissionCallback.Function function:
                writer.WriteSingle("function", function.Name);
                break;
        }
    }
}
