using System.Text.Json;
using GenApi.Node.Functions;
using GenApi.Node.Link;
using GenApi.Node.Routes;
using GenApi.Protocol.Cluster;
using GenApi.Protocol.Configs;
using GenApi.Protocol.Json;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace GenApi.Node.Membership;

/// <summary>
/// A node's life in the cluster: pushes its functions once it listens, renews its lease, pushes again when the gateway has
/// forgotten it, and leaves in good order when it stops.
/// </summary>
internal sealed partial class NodeMembership(
    FunctionRegistry functions,
    GatewayRoutes routes,
    GatewayClient gateway,
    GatewayAddresses gateways,
    NodeAddress address,
    LinkSessions sessions,
    IOptions<GenApiNodeOptions> options,
    TimeProvider time,
    ILogger<NodeMembership> logger) : IHostedLifecycleService, IDisposable
{
    private static readonly TimeSpan FirstRetry = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan LongestRetry = TimeSpan.FromSeconds(5);

    /// <summary>A gateway that starts beside us is not there yet. Nobody need hear of it until the pauses have grown to this.</summary>
    private static readonly TimeSpan WorthTelling = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan GoodbyePatience = TimeSpan.FromSeconds(1);

    private readonly CancellationTokenSource _stopping = new();
    private Task _running = Task.CompletedTask;
    private NodeIdentity? _identity;

    /// <summary>The id of this start of the process.</summary>
    public string NodeId { get; } = $"{functions.Service[..Math.Min(functions.Service.Length, 96)]}-{Guid.NewGuid().ToString("N")[..12]}";

    /// <summary>Whether a gateway has accepted the functions and holds a lease.</summary>
    public bool IsRegistered { get; private set; }

    /// <summary>What is pushed, also answered at <c>/genapi/config</c>.</summary>
    public PushConfig ToPushConfig() => new()
    {
        Service = functions.Service,
        Node = _identity,
        ConfigVersion = routes.ConfigVersion,
        FunConfigs = [.. functions.Configs.Select(config => JsonSerializer.SerializeToElement(config, ProtocolJson.Default.FunConfig))],
        HttpRoutes = routes.All is { Count: > 0 } all ? all : null,
    };

    public Task StartingAsync(CancellationToken cancellationToken)
    {
        _ = gateways.All();
        return Task.CompletedTask;
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken)
    {
        // Only now does the server listen, and so has an address.
        _identity = new NodeIdentity(NodeId, address.Resolve());
        _running = RunAsync(_identity, _stopping.Token);
        return Task.CompletedTask;
    }

    /// <summary>Runs before the server stops listening: says goodbye, and lets the calls under way finish.</summary>
    public async Task StoppingAsync(CancellationToken cancellationToken)
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        await _running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (_identity is { } identity && IsRegistered)
        {
            using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            patience.CancelAfter(GoodbyePatience);
            try
            {
                await gateway.DeregisterAsync(LeaseOf(identity), patience.Token).ConfigureAwait(false);
            }
            catch (Exception error) when (error is HttpRequestException or OperationCanceledException)
            {
                Log.DeregisterFailed(logger, error.Message);
            }
        }

        // The gateway that was told has begun to drain its link already; this is for the others.
        IsRegistered = false;
        sessions.SayGoAway();
        var left = await sessions.DrainAsync(options.Value.DrainTimeout, cancellationToken).ConfigureAwait(false);
        if (left > 0)
        {
            Log.DrainIncomplete(logger, left, options.Value.DrainTimeout.TotalSeconds);
        }

        await sessions.CloseAsync().ConfigureAwait(false);
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose() => _stopping.Dispose();

    private async Task RunAsync(NodeIdentity identity, CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            await PushUntilAcceptedAsync(cancellationToken).ConfigureAwait(false);
            IsRegistered = true;
            await RenewUntilUnknownAsync(identity, cancellationToken).ConfigureAwait(false);
            IsRegistered = false;
            Log.Forgotten(logger);
        }
    }

    private async Task PushUntilAcceptedAsync(CancellationToken cancellationToken)
    {
        var push = ToPushConfig();
        var retry = FirstRetry;
        string? lastFailure = null;
        while (true)
        {
            string failure;
            var isRefused = false;
            try
            {
                var result = await gateway.PushAsync(push, cancellationToken).ConfigureAwait(false);
                foreach (var rejected in result.Rejected)
                {
                    Log.FunctionRejected(logger, rejected.RequestType, rejected.Version, string.Join("; ", rejected.Reasons));
                }

                if (result.Status is PushResult.Accepted or PushResult.Skipped)
                {
                    Log.Registered(logger, push.Service, push.Node!.Address, push.FunConfigs.Count - result.Rejected.Count, push.ConfigVersion);
                    return;
                }

                failure = $"The gateway refused the push: {result.Reason}";
                isRefused = true;
            }
            catch (Exception error) when (!cancellationToken.IsCancellationRequested)
            {
                // Whatever went wrong, a node that gives up here would be lost for good.
                failure = $"No gateway has taken the push: {error.Message}";
            }

            // One line for each new reason is enough.
            if (failure != lastFailure && (isRefused || retry >= WorthTelling))
            {
                Log.PushFailed(logger, failure);
                lastFailure = failure;
            }

            await Task.Delay(retry, time, cancellationToken).ConfigureAwait(false);
            retry = retry * 1.5 > LongestRetry ? LongestRetry : retry * 1.5;
        }
    }

    private async Task RenewUntilUnknownAsync(NodeIdentity identity, CancellationToken cancellationToken)
    {
        var failing = false;
        while (true)
        {
            await Task.Delay(options.Value.LeaseInterval, time, cancellationToken).ConfigureAwait(false);
            try
            {
                using var quiet = NodeTelemetry.Unsampled();
                var result = await gateway.RenewAsync(LeaseOf(identity), cancellationToken).ConfigureAwait(false);
                failing = false;
                if (result.Status == LeaseResult.Unknown)
                {
                    return;
                }
            }
            catch (Exception error) when (!cancellationToken.IsCancellationRequested)
            {
                // Whatever went wrong, the next renewal may succeed.
                if (!failing)
                {
                    Log.LeaseFailed(logger, error.Message);
                    failing = true;
                }
            }
        }
    }

    private LeaseRequest LeaseOf(NodeIdentity identity) => new(functions.Service, identity, routes.ConfigVersion);

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "Registered service {Service} at {Address}: {Count} functions, config version {ConfigVersion}.")]
        public static partial void Registered(ILogger logger, string service, string address, int count, string configVersion);

        [LoggerMessage(2, LogLevel.Warning, "{Failure}; trying again.")]
        public static partial void PushFailed(ILogger logger, string failure);

        [LoggerMessage(3, LogLevel.Error, "The gateway refused the function {RequestType} {Version}: {Reasons}.")]
        public static partial void FunctionRejected(ILogger logger, string? requestType, string? version, string reasons);

        [LoggerMessage(4, LogLevel.Warning, "The lease could not be renewed: {Failure}; trying again.")]
        public static partial void LeaseFailed(ILogger logger, string failure);

        [LoggerMessage(5, LogLevel.Information, "The gateway does not know this node any more; pushing again.")]
        public static partial void Forgotten(ILogger logger);

        [LoggerMessage(6, LogLevel.Warning, "No gateway could be told that this node stops: {Failure}.")]
        public static partial void DeregisterFailed(ILogger logger, string failure);

        [LoggerMessage(7, LogLevel.Warning, "{Count} calls did not finish within {Seconds} s and are ended.")]
        public static partial void DrainIncomplete(ILogger logger, int count, double seconds);
    }
}
