using System.Collections.Concurrent;
using GenApi.Gateway.Gateways;
using GenApi.Gateway.Storage;
using Microsoft.Extensions.Options;
using StackExchange.Redis;

namespace GenApi.Gateway.Relay;

/// <summary>
/// Clears up behind gateways that are gone, and behind a Redis that came back empty. <c>genapi:relay:gateways</c> is a hash of
/// the gateways that may have members, each with nothing, or <c>bye</c> once it has stopped in good order.
/// </summary>
internal sealed partial class GatewaySweep(
    RedisConnection redis,
    RedisEpoch epoch,
    RedisGroupStore store,
    IGatewayRegistry registry,
    GatewayIdentity identity,
    RelayUsers users,
    GroupFeeds feeds,
    TimeProvider time,
    IOptionsMonitor<GenApiGatewayOptions> options,
    ILogger<GatewaySweep> logger)
{
    private const string Bye = "bye";
    private const int Parallel = 32;

    private static readonly RedisKey GatewaysKey = "genapi:relay:gateways";

    private readonly ConcurrentDictionary<string, bool> _seenAlive = new();
    private readonly Dictionary<string, DateTimeOffset> _missingSince = [];
    private string? _epoch;
    private long _outages = -1;
    private bool _isKnown;

    /// <summary>Whether this gateway has seen another alive, and would see its lease end.</summary>
    public bool HasSeen(string gateway) => _seenAlive.ContainsKey(gateway);

    /// <summary>Does what there is to do now.</summary>
    /// <exception cref="StorageUnavailableException">Redis is away.</exception>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        if (_outages != redis.Outages)
        {
            // Whoever is missing now may have been kept from renewing its lease.
            _outages = redis.Outages;
            _seenAlive.Clear();
            _missingSince.Clear();
            feeds.RefreshAll(onlyStale: false);
        }

        await ComparePastAsync(cancellationToken).ConfigureAwait(false);
        await AppearAsync(cancellationToken).ConfigureAwait(false);

        // What is missing now is truly gone: this is the Redis that has had it.
        feeds.CloseMissing();
        await SweepAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>This gateway stops. Its members keep their places for the grace period, and may come back by another gateway.</summary>
    public async Task LeaveAsync(CancellationToken cancellationToken)
    {
        try
        {
            await redis.RunAsync(database => database.HashSetAsync(GatewaysKey, identity.Id, Bye), cancellationToken).ConfigureAwait(false);
        }
        catch (StorageUnavailableException)
        {
            // Then the others take it for a crash.
        }
    }

    /// <summary>Notices that Redis has lost its data.</summary>
    private async Task ComparePastAsync(CancellationToken cancellationToken)
    {
        var current = await epoch.CurrentAsync(cancellationToken).ConfigureAwait(false);
        if (_epoch is not null && current != _epoch)
        {
            Log.Lost(logger);
            _isKnown = false;
            await PutBackAsync(current, cancellationToken).ConfigureAwait(false);
        }

        _epoch = current;
    }

    /// <summary>Makes this gateway one that others clear up behind; and takes over what an earlier life of it has left.</summary>
    private async Task AppearAsync(CancellationToken cancellationToken)
    {
        if (!await redis.RunAsync(database => database.HashSetAsync(GatewaysKey, identity.Id, ""), cancellationToken).ConfigureAwait(false))
        {
            if (!_isKnown)
            {
                foreach (var group in await store.GroupsAsync(cancellationToken).ConfigureAwait(false))
                {
                    if (await store.IsHereAsync(group, cancellationToken).ConfigureAwait(false))
                    {
                        feeds.Refresh(group);
                    }
                }
            }
        }
        else if (_isKnown)
        {
            // After a long pause the others took this gateway for gone. It is not, and neither are its connections.
            Log.TakenForGone(logger);
            await PutBackAsync(_epoch!, cancellationToken).ConfigureAwait(false);
        }

        _isKnown = true;
    }

    /// <summary>Stores the groups again that this gateway knows, with their members who are here.</summary>
    private async Task PutBackAsync(string current, CancellationToken cancellationToken)
    {
        var count = 0;
        foreach (var (feed, group) in feeds.ToPutBack)
        {
            StoredMember[] here = [.. group.Members.Where(member => member.IsHere && users.IsKnown(member.User))];
            if (here.Length > 0)
            {
                await store.PutBackAsync(group, here, cancellationToken).ConfigureAwait(false);
                count++;
            }

            feed.WasPutBack(current);
        }

        feeds.RefreshAll(onlyStale: false);
        Log.PutBack(logger, count);
    }

    private async Task SweepAsync(CancellationToken cancellationToken)
    {
        var live = (await registry.LiveAsync(cancellationToken).ConfigureAwait(false)).Select(gateway => gateway.Id).ToHashSet();
        if (!live.Contains(identity.Id))
        {
            // Redis has just begun anew, and the others' leases are not there yet either.
            return;
        }

        var known = await redis.RunAsync(database => database.HashGetAllAsync(GatewaysKey), cancellationToken).ConfigureAwait(false);
        foreach (var gateway in known.Select(entry => (Id: (string)entry.Name!, HasLeft: entry.Value == Bye)))
        {
            if (live.Contains(gateway.Id))
            {
                _seenAlive[gateway.Id] = true;
                _missingSince.Remove(gateway.Id);
                continue;
            }

            if (!_missingSince.TryGetValue(gateway.Id, out var since))
            {
                _missingSince[gateway.Id] = since = time.GetUtcNow();
            }

            // Whose lease ended before our eyes has been gone for as long as the lease. The others' members may be on their way back.
            var isDue = (_seenAlive.ContainsKey(gateway.Id) && !gateway.HasLeft) || time.GetUtcNow() - since >= options.CurrentValue.Relay.GracePeriod;
            if (isDue && identity.Id == live.Min(StringComparer.Ordinal))
            {
                await ForgetAsync(gateway.Id, cancellationToken).ConfigureAwait(false);
                _missingSince.Remove(gateway.Id);
                _seenAlive.TryRemove(gateway.Id, out _);
            }
        }
    }

    private async Task ForgetAsync(string gateway, CancellationToken cancellationToken)
    {
        var groups = await store.GroupsAsync(cancellationToken).ConfigureAwait(false);
        await System.Threading.Tasks.Parallel.ForEachAsync(
            groups,
            new ParallelOptions { MaxDegreeOfParallelism = Parallel, CancellationToken = cancellationToken },
            async (group, cancelled) => await store.ForgetAsync(gateway, group, cancelled).ConfigureAwait(false)).ConfigureAwait(false);
        await redis.RunAsync(database => database.HashDeleteAsync(GatewaysKey, gateway), cancellationToken).ConfigureAwait(false);
        Log.Forgot(logger, gateway);
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "Redis has lost its data.")]
        public static partial void Lost(ILogger logger);

        [LoggerMessage(2, LogLevel.Warning, "The other gateways took this one for gone.")]
        public static partial void TakenForGone(ILogger logger);

        [LoggerMessage(3, LogLevel.Information, "{Count} groups with members on this gateway were put back.")]
        public static partial void PutBack(ILogger logger, int count);

        [LoggerMessage(4, LogLevel.Information, "Gateway {Gateway} is gone; so are the members of groups who were there and did not come back.")]
        public static partial void Forgot(ILogger logger, string gateway);
    }
}
