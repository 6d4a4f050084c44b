using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace GenApi.Gateway.Diagnostics.Health;

/// <summary>Feeds <c>/health</c> with the same checks as <c>GET /admin/health</c>. Anyone may read that, so addresses and figures stay out of it.</summary>
internal sealed class GatewayHealthCheck(HealthReporter health) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var report = health.Report(maxMemoryBytes: null);
        return Task.FromResult(report.Status switch
        {
            HealthState.Ok => HealthCheckResult.Healthy("All is well."),
            HealthState.Degraded => HealthCheckResult.Degraded(Describe(report)),
            _ => HealthCheckResult.Unhealthy(Describe(report)),
        });
    }

    private static string Describe(HealthReport report)
    {
        var (runtime, node, genApi) = report.Checks;
        string[] parts =
        [
            .. runtime.Status == HealthState.Ok ? [] : (string[])["runtime"],
            .. node.Status == HealthState.Ok ? [] : (string[])["node"],
            .. genApi.Checks.Where(check => check.Value.Status != HealthState.Ok).Select(check => check.Key),
        ];
        return $"Not well: {string.Join(", ", parts)}. GET /admin/health says more.";
    }
}
