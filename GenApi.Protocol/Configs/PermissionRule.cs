using System.Text.Json;
using System.Text.Json.Serialization;
using GenApi.Protocol.Json;

namespace GenApi.Protocol.Configs;

/// <summary>Who may call a function (the seed's <c>check_permission</c>).</summary>
[JsonConverter(typeof(PermissionRuleConverter))]
public abstract record PermissionRule
{
    private PermissionRule()
    {
    }

    /// <summary>Everyone whom the gateway lets in. Written as <c>false</c>.</summary>
    public sealed record None : PermissionRule;

    /// <summary>Every verified user.</summary>
    public sealed record AnyAuthenticated : PermissionRule;

    /// <summary>The user whose id is the value of this argument.</summary>
    public sealed record Arg(string Name) : PermissionRule;

    /// <summary>Users with at least one of these roles.</summary>
    public sealed record Role(IReadOnlyList<string> Roles) : PermissionRule;

    /// <summary>Users whom this ASP.NET Core authorization policy of the gateway admits.</summary>
    public sealed record Policy(string Name) : PermissionRule;
}

internal sealed class PermissionRuleConverter : ShapeConverter<PermissionRule>
{
    protected override string Expected =>
        """false, "any_authenticated", {"arg":"NAME"}, {"role":["NAME",…]} or {"policy":"NAME"}""";

    protected override PermissionRule? Parse(JsonElement json)
    {
        if (json.ValueKind == JsonValueKind.False)
        {
            return new PermissionRule.None();
        }

        if (json.IsString("any_authenticated"))
        {
            return new PermissionRule.AnyAuthenticated();
        }

        return json.SingleMember() is { } member
            ? member.Name switch
            {
                "arg" when member.Value.NonEmptyString() is { } name => new PermissionRule.Arg(name),
                "role" when member.Value.StringList() is { Count: > 0 } roles => new PermissionRule.Role(roles),
                "policy" when member.Value.NonEmptyString() is { } name => new PermissionRule.Policy(name),
                _ => null,
            }
            : null;
    }

    protected override void WriteShape(Utf8JsonWriter writer, PermissionRule value)
    {
        switch (value)
        {
            case PermissionRule.AnyAuthenticated:
                writer.WriteStringValue("any_authenticated");
                break;
            case PermissionRule.Arg arg:
                writer.WriteSingle("arg", arg.Name);
                break;
            case PermissionRule.Role role:
                writer.WriteStartObject();
                writer.WritePropertyName("role");
                writer.WriteStrings(role.Roles);
                writer.WriteEndObject();
                break;
            case PermissionRule.Policy policy:
                writer.WriteSingle("policy", policy.Name);
                break;
            default:
                writer.WriteBooleanValue(false);
                break;
        }
    }
}
