using System.Text.Json.Serialization;
using GenApi.Gateway.RateLimits;
using GenApi.Protocol.Json;

namespace GenApi.Gateway.Diagnostics.Flows;

/// <summary>A request to look at, and who is to be thought of as its verified caller. It is not made.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record InspectRequest
{
    /// <summary>The service.</summary>
    public string Service { get; init => field = value ?? ""; } = "";

    /// <summary>The function's name.</summary>
    public string RequestType { get; init => field = value ?? ""; } = "";

    /// <summary>The request's id, which <c>hash</c> chooses nodes by; null: <c>inspect</c>.</summary>
    public string? RequestId { get; init; }

    /// <summary>The version; null: the one that a call without a version gets.</summary>
    public string? Version { get; init; }

    /// <summary>The caller, as if verified; null: an unverified caller.</summary>
    public string? UserId { get; init; }

    /// <summary>The caller's roles; null: none.</summary>
    public IReadOnlyList<string>? UserRoles { get; init; }

    /// <summary>The caller's device; null: none.</summary>
    public string? DeviceId { get; init; }

    /// <summary>The address the caller comes from; null: none.</summary>
    public string? IpAddress { get; init; }

    /// <summary>More claims of the caller's token, for policies and for rate limits by claims; null: none.</summary>
    public IReadOnlyDictionary<string, string>? Claims { get; init; }

    /// <summary>The arguments, a JSON object; null: none.</summary>
    public RawJson? Args { get; init; }
}

/// <summary>What would become of a request (the seed's <c>inspect_request</c>): its call flow, with the outcome of each step that can be told without making the call.</summary>
public sealed record RequestPlan : CallFlow
{
    /// <summary>The request as the gateway understands it.</summary>
    public required InspectRequest Request { get; init; }

    /// <summary>Whether every step that can be told lets it pass.</summary>
    public required bool WouldRun { get; init; }

    /// <summary>The first step that would end it; null: none that can be told.</summary>
    public string? StopsAt { get; init; }

    /// <summary>The node it would go to; null: none, or one of several by chance.</summary>
    public string? Target { get; init; }

    /// <summary>How far the caller has used each rate limit that applies. Looking counts nothing.</summary>
    public IReadOnlyList<RateLimitStatus> RateLimitUse { get; init; } = [];

    /// <summary>The arguments with what may be left out filled in; null where they are not valid.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public RawJson? CompleteArgs { get; init; }
}
