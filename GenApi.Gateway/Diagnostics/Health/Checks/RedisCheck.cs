using GenApi.Gateway.Storage;

namespace GenApi.Gateway.Diagnostics.Health.Checks;

/// <summary>The connection to Redis. Without a connection string there is none to look after.</summary>
internal sealed class RedisCheck(RedisConnection? redis = null) : IComponentCheck
{
    public string Name => "redis";

    public ComponentHealth Check() => redis is null
        ? ComponentHealth.Ok(new KeyValuePair<string, long>("configured", 0))
        : ComponentHealth.Of(
            [new("configured", 1), new("connected", redis.IsConnected ? 1 : 0), new("interruptions", redis.Interruptions)],
            (HealthState.Degraded, redis.IsConnected ? null : "Redis is away. The gateway goes on with the configs, nodes and limits it knows."));
}
