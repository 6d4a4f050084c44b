using GenApi.Protocol.Configs;

namespace GenApi.Protocol.Cluster;

/// <summary>The gateway's answer to a push.</summary>
/// <param name="Status"><c>accepted</c>, <c>skipped</c> or <c>error</c>.</param>
/// <param name="Reason">Why it was skipped or refused; null when accepted.</param>
public sealed record PushResult(string Status, string? Reason = null)
{
    /// <summary>The status of a push whose valid functions were stored.</summary>
    public const string Accepted = "accepted";

    /// <summary>The status of a push whose config version is stored already.</summary>
    public const string Skipped = "skipped";

    /// <summary>The status of a push of which nothing was stored.</summary>
    public const string Error = "error";

    /// <summary>The functions that were refused, each with every reason.</summary>
    public IReadOnlyList<RejectedFunction> Rejected { get; init => field = value ?? []; } = [];
}

/// <summary>A function that the gateway refused.</summary>
public sealed record RejectedFunction(string? Service, string? RequestType, string? Version, IReadOnlyList<string> Reasons);

/// <summary>A node's renewal of its lease, and its deregistration.</summary>
public sealed record LeaseRequest(string Service, NodeIdentity Node, string ConfigVersion);

/// <summary>The gateway's answer to a lease.</summary>
/// <param name="Status"><c>ok</c>, or <c>unknown</c>: the node must push again.</param>
public sealed record LeaseResult(string Status)
{
    /// <summary>The lease is renewed.</summary>
    public const string Ok = "ok";

    /// <summary>The gateway does not know this node with this config version.</summary>
    public const string Unknown = "unknown";
}

/// <summary>The gateway's answer to a verify.</summary>
/// <param name="Status"><c>matched</c>, <c>mismatch</c> or <c>not_found</c>.</param>
/// <param name="Stored">The stored config version, on a mismatch.</param>
public sealed record VerifyResult(string Status, string? Stored = null)
{
    /// <summary>This version is stored.</summary>
    public const string Matched = "matched";

    /// <summary>Another version is stored.</summary>
    public const string Mismatch = "mismatch";

    /// <summary>The service is not known.</summary>
    public const string NotFound = "not_found";
}

/// <summary>The version of a node's push config.</summary>
public sealed record ConfigVersionAnswer(string ConfigVersion);
