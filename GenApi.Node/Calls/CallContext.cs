using System.Text.Json.Serialization;

namespace GenApi.Node.Calls;

/// <summary>
/// Who calls and how (the seed's <c>request_info</c>). A function that takes a parameter of this type is told; its config
/// gets <c>request_info: true</c>.
/// </summary>
public sealed record CallContext
{
    /// <summary>The client's id for this call.</summary>
    public required string RequestId { get; init; }

    /// <summary>The service that was called.</summary>
    public required string Service { get; init; }

    /// <summary>The function's name as the client wrote it.</summary>
    public required string RequestType { get; init; }

    /// <summary>The version that answers; null for an unversioned function.</summary>
    public string? Version { get; init; }

    /// <summary>The verified user; null where the caller is none and the gateway lets such callers in.</summary>
    public string? UserId { get; init; }

    /// <summary>The caller's device, as the client or its token names it; null where neither does.</summary>
    public string? DeviceId { get; init; }

    /// <summary>The user's roles.</summary>
    public IReadOnlyList<string> Roles { get; init; } = [];

    /// <summary>Ends when nobody waits for the answer any more: on timeout, disconnect, stop_stream and loss of the link.</summary>
    [JsonIgnore]
    public CancellationToken Cancellation { get; init; }
}
