using System.Text.Json.Serialization;

namespace GenApi.Gateway.Relay;

/// <summary>What a member of a group may do.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<MemberState>))]
public enum MemberState
{
    /// <summary>Waits to be accepted; neither sends nor receives (<c>pending</c>).</summary>
    [JsonStringEnumMemberName("pending")]
    Pending,

    /// <summary>Sends and receives (<c>active</c>).</summary>
    [JsonStringEnumMemberName("active")]
    Active,

    /// <summary>Receives only (<c>muted</c>).</summary>
    [JsonStringEnumMemberName("muted")]
    Muted,
}
