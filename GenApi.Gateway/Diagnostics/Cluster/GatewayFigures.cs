using GenApi.Gateway.Diagnostics.Health;

namespace GenApi.Gateway.Diagnostics.Cluster;

/// <summary>What a gateway tells the others of itself, every few seconds.</summary>
public sealed record GatewayFigures
{
    /// <summary>Its id.</summary>
    public required string Gateway { get; init; }

    /// <summary>What telemetry and the launcher's lines call its process: <c>service.instance.id</c> in <c>OTEL_RESOURCE_ATTRIBUTES</c>; null: nothing is set.</summary>
    public string? InstanceId { get; init; }

    /// <summary>The addresses it listens on.</summary>
    public IReadOnlyList<string> Addresses { get; init; } = [];

    /// <summary>The address at which the other gateways reach it; null: it knows of none.</summary>
    public string? Address { get; init; }

    /// <summary>When it told, in Unix milliseconds of its own clock.</summary>
    public required long AtMs { get; init; }

    /// <summary>How well it is.</summary>
    public required HealthState Status { get; init; }

    /// <summary>Why it is not well, a sentence for each part; empty where it is.</summary>
    public IReadOnlyList<string> Reasons { get; init; } = [];

    /// <summary>Milliseconds since it started.</summary>
    public required long UptimeMs { get; init; }

    /// <summary>The memory of its process, in bytes.</summary>
    public required long MemoryBytes { get; init; }

    /// <summary>Calls since it started.</summary>
    public required long Calls { get; init; }

    /// <summary>Those of them that ended with an error.</summary>
    public required long Failures { get; init; }

    /// <summary>Calls a second since it told before.</summary>
    public required double CallsPerSecond { get; init; }

    /// <summary>Calls under way.</summary>
    public required int InFlight { get; init; }

    /// <summary>Connections to its hub.</summary>
    public required int Connections { get; init; }

    /// <summary>Streams under way.</summary>
    public required int Streams { get; init; }

    /// <summary>Functions it serves.</summary>
    public required int Functions { get; init; }

    /// <summary>What runs in its background; null: see <see cref="ClusterView.RegisteredProcesses"/>.</summary>
    public IReadOnlyList<string>? Background { get; init; }

    /// <summary>Nodes that have a lease.</summary>
    public required int Nodes { get; init; }

    /// <summary>Those of them that it reaches.</summary>
    public required int ReachableNodes { get; init; }
}
