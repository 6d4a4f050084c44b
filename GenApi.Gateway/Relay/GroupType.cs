using System.Text.Json.Serialization;

namespace GenApi.Gateway.Relay;

/// <summary>Who gets into a group, and who may speak there.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<GroupType>))]
public enum GroupType
{
    /// <summary>Whoever joins is a member at once (<c>public</c>).</summary>
    [JsonStringEnumMemberName("public")]
    Public,

    /// <summary>Whoever joins waits until an active member accepts them (<c>private</c>).</summary>
    [JsonStringEnumMemberName("private")]
    Private,

    /// <summary>Whoever joins waits until the admin accepts them, and the admin may mute members (<c>strict_private</c>).</summary>
    [JsonStringEnumMemberName("strict_private")]
    StrictPrivate,
}

/// <summary>The names of group types in requests and in the store.</summary>
internal static class GroupTypes
{
    public static string NameOf(GroupType type) => type switch
    {
        GroupType.Public => "public",
        GroupType.Private => "private",
        _ => "strict_private",
    };

    public static GroupType? Find(string? name) => name switch
    {
        "public" => GroupType.Public,
        "private" => GroupType.Private,
        "strict_private" => GroupType.StrictPrivate,
        _ => null,
    };
}
