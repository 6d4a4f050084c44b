namespace GenApi.Cli.Connection;

/// <summary>The body of <c>POST /admin/trace</c>. What is null is left out.</summary>
internal sealed record TraceRequest
{
    public required string Target { get; init; }

    public string? Service { get; init; }

    public string? RequestType { get; init; }

    public string? Version { get; init; }

    public string? Connections { get; init; }

    public string? UserId { get; init; }

    public string? ConnectionId { get; init; }

    public IReadOnlyList<string>? Flags { get; init; }

    public long? DurationMs { get; init; }
}
