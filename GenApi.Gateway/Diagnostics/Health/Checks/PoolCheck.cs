using GenApi.Gateway.Calls.Modes;

namespace GenApi.Gateway.Diagnostics.Health.Checks;

/// <summary>The workers of one kind of calls.</summary>
internal sealed class PoolCheck(WorkerPool pool) : IComponentCheck
{
    public string Name => $"{pool.Name}_pool";

    public ComponentHealth Check() => ComponentHealth.Of(
        [
            new("size", pool.Size),
            new("running", pool.Running),
            new("queued", pool.Queued),
            new("queue_limit", pool.QueueLimit),
        ],
        (HealthState.Degraded, pool.Breaker.State == BreakerState.Closed ? null : $"The breaker of the {pool.Name} pool is {pool.Breaker.State.Name}: its calls fail."),
        (HealthState.Degraded, pool.Running < pool.Size || pool.Queued < pool.QueueLimit ? null : $"The {pool.Name} pool is full; further calls are refused."));
}
