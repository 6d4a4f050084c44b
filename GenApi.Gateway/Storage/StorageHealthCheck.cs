using GenApi.Gateway.Configs;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace GenApi.Gateway.Storage;

/// <summary>A gateway that has never read the configs is of no use yet; one that has goes on while Redis is away.</summary>
internal sealed class StorageHealthCheck(ConfigCatalog catalog, RedisConnection redis) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) => Task.FromResult(
        !catalog.IsLoaded ? HealthCheckResult.Unhealthy("Redis is away, and the configs have not been read yet.")
        : redis.IsConnected ? HealthCheckResult.Healthy("Redis is there.")
        : HealthCheckResult.Degraded("Redis is away. The gateway goes on with the configs and nodes it knows."));
}
