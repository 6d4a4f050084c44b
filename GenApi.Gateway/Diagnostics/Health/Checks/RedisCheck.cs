using GenApi.Gateway.Storage;

namespace GenApi.Gateway.Diagnostics.Health.Checks;

/// <summary>The connection to Redis. Without a connection string there is none to look after.</summary>
internal sealed class RedisCheck(RedisConnection? redis = null) : IComponentCheck
{
    public string Name => "redis";

    public ComponentHealth Check() => redis is null
        ? ComponentHealth.Ok(new KeyValuePair<string, long>("configured", 0))
        : ComponentHealth.Of(
            [
                new("configured", 1),
                new("connected", redis.IsConnected ? 1 : 0),
                new("interruptions", redis.Interruptions),
                new("failures", redis.Failures),
                new("failures_in_a_row", redis.FailuresInARow),
            ],
            (HealthState.Degraded, redis.IsConnected ? null : "Redis is away. The gateway goes on with the configs, nodes and limits it knows."),
            (HealthState.Degraded, Hangs(redis)));

    /// <summary>A server that hangs keeps its connections. Somebody asks it every second or so, so what is said here is never much older.</summary>
    private static string? Hangs(RedisConnection redis) => redis.FailuresInARow is > 0 and var failures
        ? $"Redis is connected and does not do what it is asked: {(failures == 1 ? "the last command" : $"each of the last {failures} commands")} failed. {redis.LastFailure} The gateway goes on with the configs, nodes and limits it knows."
        : null;
}
