using System.Text.Json.Serialization;

namespace GenApi.ServiceDefaults.Health;

/// <summary>The body of <c>/health</c> and <c>/alive</c> as JSON.</summary>
/// <param name="Status">The worst status of all checks: Healthy, Degraded or Unhealthy.</param>
/// <param name="Checks">Every check that ran.</param>
internal sealed record HealthReportJson(string Status, IReadOnlyList<HealthCheckJson> Checks);

/// <summary>One check in <see cref="HealthReportJson"/>.</summary>
/// <param name="Name">The name under which the check was added.</param>
/// <param name="Status">Healthy, Degraded or Unhealthy.</param>
/// <param name="Description">What the check says of itself; null if it says nothing.</param>
internal sealed record HealthCheckJson(string Name, string Status, string? Description);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(HealthReportJson))]
internal sealed partial class HealthJsonContext : JsonSerializerContext;
