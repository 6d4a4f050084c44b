using System.Collections.Concurrent;
using System.Collections.Frozen;
using GenApi.Gateway.Configs;
using GenApi.Gateway.Nodes.Links;
using GenApi.Gateway.Nodes.Local;
using GenApi.Gateway.Nodes.Resolvers;
using GenApi.Gateway.Storage;
using GenApi.Gateway.Telemetry.Events;
using GenApi.Protocol.Configs;
using Microsoft.Extensions.Options;

namespace GenApi.Gateway.Nodes;

/// <summary>
/// Knows the live nodes and keeps a link to each. A node is here for as long as it has a lease; whether it is reachable is
/// this gateway's own experience.
/// </summary>
internal sealed partial class NodeDirectory(
    ILeaseStore leases,
    ConfigCatalog catalog,
    IChangeNotices notices,
    NodeResolution resolution,
    LocalTarget local,
    LinkDialer dialer,
    GatewayEvents events,
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
    private readonly ConcurrentDictionary<NodeEndpoint, bool> _retiring = [];
    private volatile DirectorySnapshot _current = DirectorySnapshot.Empty;
    private volatile NodeEndpoint[] _all = [];
    private readonly CallTarget[] _local = [local];

    private readonly NextLook _look = new();
    private bool _failing;
    private IReadOnlyList<NodeLease> _known = [];
    private FrozenDictionary<string, IReadOnlyList<string>> _resolved = FrozenDictionary<string, IReadOnlyList<string>>.Empty;

    /// <summary>Who serves what now.</summary>
    public DirectorySnapshot Current => _current;

    /// <summary>This process as a node.</summary>
    public CallTarget Local => _local[0];

    /// <summary>The nodes that can take a call of a function now.</summary>
    public CallTarget[] CandidatesOf(FunctionEntry function) => function.Config.Nodes is NodeSet.Local
        ? _local
        : function.Candidates.Get(_current, function.Config);

    /// <summary>Whether a call of a function would find somebody who has it.</summary>
    public bool Serves(FunctionEntry function) => function.Config.Nodes is NodeSet.Local
        ? local.Has(function.Config.FunctionName)
        : CandidatesOf(function).Length > 0;

    /// <summary>A node serves these functions from now on.</summary>
    public async Task RegisterAsync(NodeLease lease, CancellationToken cancellationToken)
    {
        await leases.PutAsync(lease, options.Value.Nodes.LeaseExpiry, cancellationToken).ConfigureAwait(false);
        await ApplyAsync(cancellationToken).ConfigureAwait(false);
        Nudge(lease.Node.Address);
        await notices.NotifyAsync(ChangeKind.Nodes, lease.Service, cancellationToken).ConfigureAwait(false);
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
        await notices.NotifyAsync(ChangeKind.Nodes, service, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Brings the nodes in line with the leases now, rather than at the next look.</summary>
    public Task ReconcileAsync(CancellationToken cancellationToken) => ApplyAsync(cancellationToken);

    /// <summary>A gateway that has just started knows the nodes before it is asked to call one, where the store is there.</summary>
    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        catalog.Changed += OnConfigsChanged;
        await notices.SubscribeAsync(OnChanged, cancellationToken).ConfigureAwait(false);
        await TryApplyAsync(cancellationToken).ConfigureAwait(false);
        await base.StartAsync(cancellationToken).ConfigureAwait(false);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var deadlines = KeepDeadlinesAsync(stoppingToken);
        using var timer = _look.Every(options.Value.Nodes.WatchInterval, time);
        try
        {
            while (true)
            {
                await _look.WaitAsync(stoppingToken).ConfigureAwait(false);
                await TryApplyAsync(stoppingToken).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException)
        {
            // The gateway stops.
        }

        await deadlines.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await Task.WhenAll(_all.Concat(_retiring.Keys).Select(endpoint => endpoint.DisposeAsync().AsTask())).ConfigureAwait(false);
    }

    private async Task TryApplyAsync(CancellationToken cancellationToken)
    {
        try
        {
            await ApplyAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            Log.ApplyFailed(_logger, error);
        }
    }

    /// <summary>While they cannot be read, those known before are good.</summary>
    private async Task<IReadOnlyList<NodeLease>> LeasesAsync(CancellationToken cancellationToken)
    {
        try
        {
            var live = await leases.LoadAsync(cancellationToken).ConfigureAwait(false);
            _failing = false;
            return live;
        }
        catch (StorageUnavailableException error)
        {
            // One line for an outage is enough.
            if (!_failing)
            {
                Log.LeasesUnreadable(_logger, error.Message);
                _failing = true;
            }

            return _known;
        }
    }

    private async Task KeepDeadlinesAsync(CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(DeadlineInterval, time);
        while (await timer.WaitForNextTickAsync(cancellationToken).ConfigureAwait(false))
        {
            try
            {
                var now = time.GetTimestamp();
                foreach (var endpoint in _all)
                {
                    endpoint.GiveUpExpired(now);
                }

                foreach (var endpoint in _retiring.Keys)
                {
                    endpoint.GiveUpExpired(now);
                }
            }
            catch (Exception error)
            {
                // Without this loop no call would ever time out again.
                Log.DeadlinesFailed(_logger, error);
            }
        }
    }

    /// <summary>Brings the endpoints in line with the leases.</summary>
    private async Task ApplyAsync(CancellationToken cancellationToken)
    {
        await _applying.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            var live = await LeasesAsync(cancellationToken).ConfigureAwait(false);
            var (named, resolved) = await resolution.RunAsync(cancellationToken).ConfigureAwait(false);
            var addresses = live.Select(lease => lease.Node.Address).Concat(named).ToHashSet();
            foreach (var address in addresses.Where(address => !_endpoints.ContainsKey(address)))
            {
                var endpoint = new NodeEndpoint(address, dialer, BreakerOf(address), events, time, OnLinkChanged, _endpointLogger);
                _endpoints.Add(address, endpoint);
                endpoint.Start();
                events.NodeJoined(address, NodeIdAt(address, live));
                Log.Joined(_logger, address);
            }

            foreach (var (address, endpoint) in _endpoints.Where(known => !addresses.Contains(known.Key)).ToList())
            {
                _endpoints.Remove(address);
                _ = RetireAsync(endpoint);
                events.NodeLeft(address, NodeIdAt(address, _known));
                Log.Left(_logger, address);
            }

            Publish(live, resolved);
        }
        finally
        {
            _applying.Release();
        }
    }

    /// <summary>Null: no lease is there, since functions name the node themselves.</summary>
    private static string? NodeIdAt(string address, IEnumerable<NodeLease> leases) => leases.FirstOrDefault(lease => lease.Node.Address == address)?.Node.Id;

    private void Publish(IReadOnlyList<NodeLease> live, FrozenDictionary<string, IReadOnlyList<string>> resolved)
    {
        lock (_publishing)
        {
            var same = _all.ToHashSet().SetEquals(_endpoints.Values)
                && _known.ToHashSet(ReferenceEqualityComparer.Instance).SetEquals(live)
                && _resolved.Count == resolved.Count
                && _resolved.All(answer => resolved.TryGetValue(answer.Key, out var now) && now.SequenceEqual(answer.Value));
            if (same)
            {
                return;
            }

            _all = [.. _endpoints.Values];
            _known = live;
            _resolved = resolved;
            _current = new DirectorySnapshot(
                live.GroupBy(lease => lease.Service).ToFrozenDictionary(
                    group => group.Key,
                    group => group
                        .OrderBy(lease => lease.Node.Address, StringComparer.Ordinal)
                        .Select(lease => new DirectorySnapshot.Registration(_endpoints[lease.Node.Address], lease))
                        .ToArray()),
                _endpoints.ToFrozenDictionary(),
                resolved);
        }
    }

    /// <summary>A node that left may still be finishing calls.</summary>
    private async Task RetireAsync(NodeEndpoint endpoint)
    {
        _retiring[endpoint] = true;
        try
        {
            await endpoint.RetireAsync().ConfigureAwait(false);
            await endpoint.DisposeAsync().ConfigureAwait(false);
        }
        catch (Exception error)
        {
            // Nobody waits for this; the log is the only one to tell.
            Log.RetireFailed(_logger, error, endpoint.Address);
        }
        finally
        {
            _retiring.TryRemove(endpoint, out _);
        }
    }

    private CircuitBreaker BreakerOf(string address) => new(
        options.Value.Nodes.Breaker,
        time,
        state =>
        {
            events.NodeBreakerChanged(address, state);
            if (state == BreakerState.Open)
            {
                Log.BreakerOpen(_logger, address);
            }
            else if (state == BreakerState.Closed)
            {
                Log.BreakerClosed(_logger, address);
            }
        });

    private void OnChanged(ChangeKind kind, string service)
    {
        if (kind == ChangeKind.Nodes)
        {
            _look.Now();
        }
    }

    /// <summary>Configs may name nodes that nobody has called before; those of leases are told of by notices.</summary>
    private void OnConfigsChanged()
    {
        if (catalog.Current.WithNodes.Count > 0)
        {
            _look.Now();
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

        [LoggerMessage(3, LogLevel.Warning, "The leases could not be read, so the gateway goes on with the nodes it knows: {Reason}")]
        public static partial void LeasesUnreadable(ILogger logger, string reason);

        [LoggerMessage(8, LogLevel.Error, "The nodes could not be brought in line with the leases; trying again in a moment.")]
        public static partial void ApplyFailed(ILogger logger, Exception error);

        [LoggerMessage(7, LogLevel.Error, "The deadlines could not be looked through; trying again in a moment.")]
        public static partial void DeadlinesFailed(ILogger logger, Exception error);

        [LoggerMessage(5, LogLevel.Warning, "The breaker of the node at {Address} is open: its calls fail, so it gets no more for a while.")]
        public static partial void BreakerOpen(ILogger logger, string address);

        [LoggerMessage(6, LogLevel.Information, "The breaker of the node at {Address} is closed again.")]
        public static partial void BreakerClosed(ILogger logger, string address);

        [LoggerMessage(4, LogLevel.Error, "The link to {Address}, which has left, could not be ended in good order.")]
        public static partial void RetireFailed(ILogger logger, Exception error, string address);
    }
}
