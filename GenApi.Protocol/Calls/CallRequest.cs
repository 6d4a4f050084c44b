using GenApi.Protocol.Json;

namespace GenApi.Protocol.Calls;

/// <summary>One call as a client asks for it.</summary>
public sealed record CallRequest
{
    /// <summary>The service whose function is called.</summary>
    public required string Service { get; init; }

    /// <summary>The function's name within the service.</summary>
    public required string RequestType { get; init; }

    /// <summary>The client's own id for this call; every part of the answer carries it.</summary>
    public required string RequestId { get; init; }

    /// <summary>The function's version; null for the unversioned function, or else the highest enabled version.</summary>
    public string? Version { get; init; }

    /// <summary>The caller's device, as the client names it; null where it does not.</summary>
    public string? DeviceId { get; init; }

    /// <summary>The user as the client claims it. Used only where the gateway runs with <c>override_user_id</c> off.</summary>
    public string? UserId { get; init; }

    /// <summary>The roles as the client claims them. Used only where the gateway runs with <c>override_user_id</c> off.</summary>
    public IReadOnlyList<string> UserRoles { get; init; } = [];

    /// <summary>A W3C <c>traceparent</c>, for clients that cannot send one as a header; null where there is none.</summary>
    public string? Traceparent { get; init; }

    /// <summary>The arguments: one JSON object.</summary>
    public RawJson Args { get; init; } = RawJson.EmptyObject;
}
