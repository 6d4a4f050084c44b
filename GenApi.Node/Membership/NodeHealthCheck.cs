using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace GenApi.Node.Membership;

/// <summary>A node is ready once a gateway has accepted its functions.</summary>
internal sealed class NodeHealthCheck(NodeMembership membership) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(membership.IsRegistered
            ? HealthCheckResult.Healthy("A gateway has accepted the functions of this node.")
            : HealthCheckResult.Unhealthy("No gateway has accepted the functions of this node yet."));
}
