using GenApi.Protocol.Configs;

namespace GenApi.Gateway.Configs.Pull;

/// <summary>What the gateway pulls by itself (the seed's <c>service_configs</c>).</summary>
public sealed class PullOptions
{
    /// <summary>
    /// The services to pull, each at most once. Intervals and timeouts are in milliseconds, as in a push. Empty, the default: only
    /// services whose push asked for it are pulled.
    /// </summary>
    public IList<ServiceConfig> Services { get; } = [];
}
