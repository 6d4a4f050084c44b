using GenApi.Gateway.Security;
using GenApi.Protocol.Configs;
using Microsoft.Extensions.Options;

namespace GenApi.Gateway.Configs.Pull;

/// <summary>Which services are pulled: those of the settings, and those whose push asked for it (the seed's auto-pull).</summary>
internal sealed partial class PullRegister(IPullStore store, Allowlist allowlist, IOptions<GenApiGatewayOptions> options, ILogger<PullRegister> logger)
{
    /// <summary>What is wrong with what a push says of pulls, or null.</summary>
    public string? FaultOf(PushConfig push)
    {
        if (push.Pull is null)
        {
            return null;
        }

        if (push.Pull.Service.Length > 0 && push.Pull.Service != push.Service)
        {
            return $"pull.service is '{push.Pull.Service}', but the push is for '{push.Service}'; leave it out";
        }

        var config = Complete(push);
        return PullRules.FaultsOf(config).Select(fault => $"pull.{fault.Member} {fault.Fault}").FirstOrDefault()
            ?? config.Nodes.Select(allowlist.RefuseNode).FirstOrDefault(refusal => refusal is not null);
    }

    /// <summary>Has the service of a push pulled from now on, as the push says.</summary>
    public async Task AddAsync(PushConfig push, CancellationToken cancellationToken)
    {
        if (!await store.RegisterAsync(Complete(push), cancellationToken).ConfigureAwait(false))
        {
            Log.TooMany(logger, push.Service, IPullStore.MaxRegistered);
        }
    }

    /// <summary>Registers a service again whose registration was lost together with the store's data.</summary>
    public Task RestoreAsync(ServiceConfig config, CancellationToken cancellationToken) => store.RegisterAsync(config, cancellationToken);

    /// <summary>All services that are pulled. Where the settings have a service, what its push said is passed over.</summary>
    public async Task<IReadOnlyList<(ServiceConfig Config, string By)>> AllAsync(CancellationToken cancellationToken)
    {
        var configured = options.Value.Pull.Services;
        var pushed = await store.RegisteredAsync(cancellationToken).ConfigureAwait(false);
        return
        [
            .. configured.Select(config => (config, PullStatus.ByConfiguration)),
            .. pushed.ExceptBy(configured.Select(config => config.Service), config => config.Service).Select(config => (config, PullStatus.ByPush)),
        ];
    }

    private static ServiceConfig Complete(PushConfig push) => push.Pull! with
    {
        Service = push.Service,
        Nodes = push.Pull.Nodes.Count == 0 && push.Node is { } node ? [node.Address] : push.Pull.Nodes,
    };

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "The service {Service} asked to be pulled, but is not: there are {Count} such services already.")]
        public static partial void TooMany(ILogger logger, string service, int count);
    }
}
