using System.Text.Json.Serialization;

namespace GenApi.Gateway.Diagnostics.Health;

/// <summary>How well something is.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<HealthState>))]
public enum HealthState
{
    /// <summary>All is well.</summary>
    [JsonStringEnumMemberName("ok")]
    Ok,

    /// <summary>It works, and somebody should look: high memory, a node that cannot be reached, Redis away.</summary>
    [JsonStringEnumMemberName("degraded")]
    Degraded,

    /// <summary>Something that calls cannot do without is down.</summary>
    [JsonStringEnumMemberName("error")]
    Error,
}

/// <summary>How well a gateway is (the seed's <c>health_check</c>).</summary>
/// <param name="Status">The worst status of all checks.</param>
/// <param name="Gateway">The gateway that says so.</param>
/// <param name="CheckedAtMs">When, in Unix milliseconds.</param>
/// <param name="Checks">What was checked.</param>
public sealed record HealthReport(HealthState Status, string Gateway, long CheckedAtMs, HealthChecks Checks)
{
    /// <summary>Every reason why the status is not ok, as sentences; empty where it is.</summary>
    [JsonIgnore]
    public IReadOnlyList<string> Reasons =>
        [.. new[] { Checks.Runtime.Reason, Checks.Node.Reason }.Concat(Checks.GenApi.Checks.Values.Select(check => check.Reason)).OfType<string>()];
}

/// <summary>The three parts of a health check.</summary>
/// <param name="Runtime">The process and its runtime (the seed's <c>vm</c>).</param>
/// <param name="Node">The gateway among its nodes (the seed's <c>node</c>).</param>
/// <param name="GenApi">The gateway's own parts (the seed's <c>phoenix_gen_api</c>).</param>
public sealed record HealthChecks(RuntimeHealth Runtime, NodeHealth Node, [property: JsonPropertyName("genapi")] GenApiHealth GenApi);

/// <summary>The process and its runtime.</summary>
/// <param name="Status">Degraded where memory exceeds the limit.</param>
/// <param name="Reason">Why it is not ok; null: it is.</param>
/// <param name="MaxMemoryBytes">The limit: the one that was asked about, or else that of the settings; null: none.</param>
/// <param name="Figures">What was found.</param>
public sealed record RuntimeHealth(HealthState Status, string? Reason, long? MaxMemoryBytes, RuntimeFigures Figures);

/// <summary>The gateway among its nodes.</summary>
/// <param name="Status">Degraded where a node that has a lease cannot be reached.</param>
/// <param name="Reason">Why it is not ok; null: it is.</param>
/// <param name="Gateway">The gateway's id.</param>
/// <param name="Alive">Always true: it answers.</param>
/// <param name="ConnectedNodes">The addresses of the nodes it has a link to.</param>
/// <param name="UnreachableNodes">The addresses of the others.</param>
public sealed record NodeHealth(
    HealthState Status, string? Reason, string Gateway, bool Alive, IReadOnlyList<string> ConnectedNodes, IReadOnlyList<string> UnreachableNodes);

/// <summary>The gateway's own parts.</summary>
/// <param name="Status">The worst status of them.</param>
/// <param name="Mode">Always <c>gateway</c>.</param>
/// <param name="Checks">Each of them by its name.</param>
public sealed record GenApiHealth(HealthState Status, string Mode, IReadOnlyDictionary<string, ComponentHealth> Checks);

/// <summary>One part of the gateway.</summary>
/// <param name="Status">How well it is.</param>
/// <param name="Reason">Why it is not ok, as a sentence; null: it is.</param>
/// <param name="Figures">Its figures by name.</param>
public sealed record ComponentHealth(HealthState Status, string? Reason, IReadOnlyDictionary<string, long> Figures)
{
    internal static ComponentHealth Ok(params IEnumerable<KeyValuePair<string, long>> figures) => new(HealthState.Ok, null, figures.ToDictionary());

    /// <summary>The first status that has a reason, or else ok.</summary>
    internal static ComponentHealth Of(IEnumerable<KeyValuePair<string, long>> figures, params IEnumerable<(HealthState Status, string? Reason)> faults)
    {
        var (status, reason) = faults.FirstOrDefault(fault => fault.Reason is not null);
        return new(reason is null ? HealthState.Ok : status, reason, figures.ToDictionary());
    }
}
