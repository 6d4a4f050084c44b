using System.Text.Json.Serialization;
using GenApi.Protocol.Configs;

namespace GenApi.Gateway.Configs.Pull;

/// <summary>How the pulls of a service went. Kept in the store, so that another gateway can go on from there.</summary>
public sealed record PullState
{
    /// <summary>The gateway that pulls the service; null before the first pull.</summary>
    public string? Gateway { get; init; }

    /// <summary>The config version that the node said last; null before the first success.</summary>
    public string? ConfigVersion { get; init; }

    /// <summary>When a pull succeeded last, in Unix milliseconds, also one that was skipped because the version matched; null: never.</summary>
    public long? LastSuccessAtMs { get; init; }

    /// <summary>When a pull brought new configs last, in Unix milliseconds; null: never.</summary>
    public long? LastChangeAtMs { get; init; }

    /// <summary>What went wrong last; null: nothing ever.</summary>
    public string? LastError { get; init; }

    /// <summary>When that was, in Unix milliseconds.</summary>
    public long? LastErrorAtMs { get; init; }

    /// <summary>Failures since the last success.</summary>
    public int ConsecutiveFailures { get; init; }

    /// <summary>When the service is pulled next, in Unix milliseconds; 0: at once.</summary>
    public long NextAtMs { get; init; }

    /// <summary>The node that the pulled configs named, whose lease the pulls keep up; null: they named none.</summary>
    public NodeIdentity? Node { get; init; }
}

/// <summary>A service that is pulled, and how that went.</summary>
/// <param name="Service">The service.</param>
/// <param name="Registered">By which way it came to be pulled: <see cref="ByConfiguration"/> or <see cref="ByPush"/>.</param>
/// <param name="Nodes">The addresses that are asked, in turn.</param>
/// <param name="Interval">Milliseconds between pulls.</param>
/// <param name="State">How it went.</param>
public sealed record PullStatus(string Service, string Registered, IReadOnlyList<string> Nodes, int Interval, PullState State)
{
    internal const string ByConfiguration = "configuration";

    internal const string ByPush = "push";
}

/// <summary>The JSON of the puller's own records.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(PullState))]
internal sealed partial class PullJson : JsonSerializerContext;
