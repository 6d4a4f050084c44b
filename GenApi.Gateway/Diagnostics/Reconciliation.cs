using GenApi.Gateway.Configs;
using GenApi.Gateway.Nodes;
using GenApi.Gateway.RateLimits;
using GenApi.Gateway.Storage;

namespace GenApi.Gateway.Diagnostics;

/// <summary>What a reconciliation brought.</summary>
/// <param name="Services">Services that have configs now.</param>
/// <param name="Functions">Functions that have configs now.</param>
/// <param name="Nodes">Nodes that have a lease now.</param>
/// <param name="OthersTold">Whether other gateways were told to do the same: there is a Redis to tell them by.</param>
public sealed record Reconciled(int Services, int Functions, int Nodes, bool OthersTold);

/// <summary>Compares what this gateway knows with what is stored, at once rather than in a few seconds, and has the others do so too.</summary>
internal sealed partial class Reconciliation(
    ConfigCatalog catalog, NodeDirectory directory, RateLimitBook limits, IChangeNotices notices, ILogger<Reconciliation> logger, RedisConnection? redis = null)
{
    /// <summary>Stands for all services in a notice.</summary>
    private const string All = "";

    /// <exception cref="StorageUnavailableException">Redis is away.</exception>
    public async Task<Reconciled> RunAsync(CancellationToken cancellationToken)
    {
        await catalog.ReconcileAsync(cancellationToken).ConfigureAwait(false);
        await directory.ReconcileAsync(cancellationToken).ConfigureAwait(false);
        await limits.ReconcileAsync(cancellationToken).ConfigureAwait(false);
        await notices.NotifyAsync(ChangeKind.Configs, All, cancellationToken).ConfigureAwait(false);
        await notices.NotifyAsync(ChangeKind.Nodes, All, cancellationToken).ConfigureAwait(false);
        await notices.NotifyAsync(ChangeKind.Limits, All, cancellationToken).ConfigureAwait(false);
        var services = catalog.Current.Services;
        var done = new Reconciled(services.Count, services.Values.Sum(service => service.Functions.Count()), directory.Current.Endpoints.Count, redis is { IsConnected: true });
        Log.Done(logger, done.Functions, done.Services, done.Nodes);
        return done;
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "Compared with what is stored, as asked: {Functions} functions of {Services} services, {Nodes} nodes.")]
        public static partial void Done(ILogger logger, int functions, int services, int nodes);
    }
}
