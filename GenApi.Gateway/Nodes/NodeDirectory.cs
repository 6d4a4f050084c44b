using System.Collections.Frozen;
using GenApi.Protocol.Configs;
using Microsoft.Extensions.Options;

namespace GenApi.Gateway.Nodes;

/// <summary>
/// Knows the live nodes and keeps a link to each. A node is here for as long as it has a lease; whether it is reachable is
/// this gateway's own experience.
/// </summary>
internal sealed partial class NodeDirectory(
    ILeaseStore leases,
    LinkDialer dialer,
    IOptions<GenApiGatewayOptions> options,
    TimeProvider time,
    ILoggerFactory loggers) : BackgroundService
{
    /// <summary>How exactly deadlines are kept.</summary>
    private static readonly TimeSpan DeadlineInterval = TimeSpan.FromMilliseconds(20);

    private readonly ILogger _logger = loggers.CreateLogger<NodeDirectory>();
    private readonly ILogger<NodeEndpoint> _endpointLogger = loggers.CreateLogger<NodeEndpoint>();
    private readonly SemaphoreSlim _applying = new(1, 1);
    private readonly Lock _publishing = new();
    private readonly Dictionary<string, NodeEndpoint> _endpoints = [];
    private volatile DirectorySnapshot _current = DirectorySnapshot.Empty;
    private volatile NodeEndpoint[] _all = [];

    /// <summary>Who serves what now.</summary>
    public DirectorySnapshot Current => _current;

    /// <summary>A node serves these functions from now on.</summary>
    public async Task RegisterAsync(NodeLease lease, CancellationToken cancellationToken)
    {
        await leases.PutAsync(lease, options.Value.Nodes.LeaseExpiry, cancellationToken).ConfigureAwait(false);
        await ApplyAsync(cancellationToken).ConfigureAwait(false);
        Nudge(lease.Node.Address);
    }

    /// <summary>Prolongs a node's lease. False: it must push again.</summary>
    public async Task<bool> RenewAsync(string service, NodeIdentity node, string configVersion, CancellationToken cancellationToken)
    {
        var known = await leases.RenewAsync(service, node, configVersion, options.Value.Nodes.LeaseExpiry, cancellationToken).ConfigureAwait(false);
        if (known)
        {
            Nudge(node.Address);
        }

        return known;
    }

    /// <summary>A node stops: no new calls go to it, and its link ends when those under way have.</summary>
    public async Task DeregisterAsync(string service, NodeIdentity node, CancellationToken cancellationToken)
    {
        await leases.RemoveAsync(service, node, cancellationToken).ConfigureAwait(false);
        await ApplyAsync(cancellationToken).ConfigureAwait(false);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var deadlines = KeepDeadlinesAsync(stoppingToken);
        using var timer = new PeriodicTimer(options.Value.Nodes.WatchInterval, time);
        try
        {
            do
            {
                try
                {
                    await ApplyAsync(stoppingToken).ConfigureAwait(false);
                }
                catch (Exception error) when (error is not OperationCanceledException)
                {
                    // The gateway goes on with the nodes it knows, and looks again in a moment.
                    Log.LeasesUnreadable(_logger, error);
                }
            }
            while (await timer.WaitForNextTickAsync(stoppingToken).ConfigureAwait(false));
        }
        catch (OperationCanceledException)
        {
            // The gateway stops.
        }

        await deadlines.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await Task.WhenAll(_all.Select(endpoint => endpoint.DisposeAsync().AsTask())).ConfigureAwait(false);
    }

    private async Task KeepDeadlinesAsync(CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(DeadlineInterval, time);
        while (await timer.WaitForNextTickAsync(cancellationToken).ConfigureAwait(false))
        {
            var now = time.GetTimestamp();
            foreach (var endpoint in _all)
            {
                endpoint.GiveUpExpired(now);
            }
        }
    }

    /// <summary>Brings the endpoints in line with the leases.</summary>
    private async Task ApplyAsync(CancellationToken cancellationToken)
    {
        await _applying.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            var live = await leases.LoadAsync(cancellationToken).ConfigureAwait(false);
            var addresses = live.Select(lease => lease.Node.Address).ToHashSet();
            foreach (var address in addresses.Where(address => !_endpoints.ContainsKey(address)))
            {
                var endpoint = new NodeEndpoint(address, dialer, time, OnLinkChanged, _endpointLogger);
                _endpoints.Add(address, endpoint);
                endpoint.Start();
                Log.Joined(_logger, address);
            }

            foreach (var (address, endpoint) in _endpoints.Where(known => !addresses.Contains(known.Key)).ToList())
            {
                _endpoints.Remove(address);
                _ = RetireAsync(endpoint);
                Log.Left(_logger, address);
            }

            Publish(live);
        }
        finally
        {
            _applying.Release();
        }
    }

    private void Publish(IReadOnlyList<NodeLease> live)
    {
        lock (_publishing)
        {
            _all = [.. _endpoints.Values];
            var known = _current.Services.Values.SelectMany(registrations => registrations).Select(registration => registration.Lease);
            if (!known.ToHashSet(ReferenceEqualityComparer.Instance).SetEquals(live))
            {
                _current = new DirectorySnapshot(live
                    .GroupBy(lease => lease.Service)
                    .ToFrozenDictionary(
                        group => group.Key,
                        group => group
                            .OrderBy(lease => lease.Node.Address, StringComparer.Ordinal)
                            .Select(lease => new DirectorySnapshot.Registration(_endpoints[lease.Node.Address], lease))
                            .ToArray()));
            }
        }
    }

    /// <summary>A node that left may still be finishing calls; the link ends by itself when the node closes it.</summary>
    private async Task RetireAsync(NodeEndpoint endpoint)
    {
        try
        {
            var start = time.GetTimestamp();
            while (endpoint.InFlight > 0 && time.GetElapsedTime(start) < options.Value.Nodes.LeaseExpiry)
            {
                endpoint.GiveUpExpired(time.GetTimestamp());
                await Task.Delay(DeadlineInterval, time).ConfigureAwait(false);
            }

            await endpoint.DisposeAsync().ConfigureAwait(false);
        }
        catch (Exception error)
        {
            // Nobody waits for this; the log is the only one to tell.
            Log.RetireFailed(_logger, error, endpoint.Address);
        }
    }

    private void OnLinkChanged()
    {
        lock (_publishing)
        {
            _current = _current.Renewed();
        }
    }

    private void Nudge(string address)
    {
        foreach (var endpoint in _all)
        {
            if (endpoint.Address == address)
            {
                endpoint.Nudge();
            }
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "The node at {Address} has joined.")]
        public static partial void Joined(ILogger logger, string address);

        [LoggerMessage(2, LogLevel.Information, "The node at {Address} has left.")]
        public static partial void Left(ILogger logger, string address);

        [LoggerMessage(3, LogLevel.Warning, "The leases could not be read; the gateway goes on with the nodes it knows.")]
        public static partial void LeasesUnreadable(ILogger logger, Exception error);

        [LoggerMessage(4, LogLevel.Error, "The link to {Address}, which has left, could not be ended in good order.")]
        public static partial void RetireFailed(ILogger logger, Exception error, string address);
    }
}
