using GenApi.Gateway.Diagnostics.Cluster;
using GenApi.Gateway.Gateways;
using GenApi.Gateway.Storage;

namespace GenApi.Gateway.Entry.Admin.Forwarding;

/// <summary>A gateway that is alive.</summary>
/// <param name="Id">Its id.</param>
/// <param name="InstanceId">What telemetry and the launcher's lines call its process; null: it has not told.</param>
/// <param name="Address">Where other gateways reach it; null: it has not told.</param>
/// <param name="ToldAtMs">When it told that, in Unix milliseconds of its own clock.</param>
internal sealed record GatewayEntry(string Id, string? InstanceId, string? Address, long ToldAtMs)
{
    public override string ToString() => InstanceId is null ? Id : $"{Id} ({InstanceId})";
}

/// <summary>Finds a gateway by what people call it.</summary>
internal sealed class GatewayAddressBook(
    GatewayIdentity identity, GatewayPlace place, IGatewayRegistry registry, IGatewayFigureStore figures, TimeProvider time, RedisConnection? redis = null)
{
    private const int MaxNamed = 20;
    private const int MaxRemembered = 256;

    private static readonly TimeSpan RememberFor = TimeSpan.FromHours(1);

    /// <summary>Somebody looks for what is wrong above all while Redis is away.</summary>
    private readonly RecentTable<string, GatewayEntry> _found = new(time, MaxRemembered, RememberFor);

    private long _outages;
    private long _graceEnd;

    /// <summary>The gateway with that name, or the answer that says why there is none.</summary>
    /// <param name="name">Its id, or its instance id.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="StorageUnavailableException">The store is away, and that gateway was not found before.</exception>
    public async Task<(GatewayEntry? Gateway, IResult? Fault)> FindAsync(string name, CancellationToken cancellationToken)
    {
        IReadOnlyList<GatewayEntry> live;
        var isSoonAfterOutage = IsSoonAfter(redis?.Outages ?? 0);
        try
        {
            live = await LiveAsync(name, cancellationToken).ConfigureAwait(false);
        }
        catch (StorageUnavailableException) when (Remembered(name) is { } known)
        {
            return (known, null);
        }

        GatewayEntry[] named = live.FirstOrDefault(gateway => gateway.Id == name) is { } byId ? [byId] : LastAtEachAddress(live.Where(gateway => gateway.InstanceId == name));
        if (isSoonAfterOutage && named is [] or [{ Address: null }] && Remembered(name) is { } before)
        {
            return (before, null);
        }

        if (named is not [var found])
        {
            return (null, named is [] ? Unknown(name, live) : Ambiguous(name, named));
        }

        // One that is asked for only when something is wrong must be found then as well.
        foreach (var gateway in live.Where(gateway => gateway.Address is not null))
        {
            _found.Set(gateway.Id, gateway);
            if (gateway == found)
            {
                _found.Set(name, gateway);
            }
        }

        return (found, null);
    }

    /// <summary>
    /// One process listens at an address. Where a gateway was killed and started again, the lease of the one before may not have ended yet; it tells no more.
    /// </summary>
    private static GatewayEntry[] LastAtEachAddress(IEnumerable<GatewayEntry> gateways) =>
        [.. gateways.GroupBy(gateway => gateway.Address, StringComparer.Ordinal).SelectMany(same => same.Key is null ? same : same.OrderByDescending(gateway => gateway.ToldAtMs).Take(1))];

    /// <summary>Whether gateways may not have been able yet to say again that they are alive, in a Redis that came back empty, or after their leases ended.</summary>
    private bool IsSoonAfter(long outages)
    {
        if (Interlocked.Exchange(ref _outages, outages) != outages)
        {
            Volatile.Write(ref _graceEnd, time.GetTimestamp() + (long)(IGatewayRegistry.LeaseExpiry.TotalSeconds * time.TimestampFrequency));
        }

        return time.GetTimestamp() < Volatile.Read(ref _graceEnd);
    }

    private GatewayEntry? Remembered(string name) => name == place.InstanceId ? Self() : _found.TryGet(name, out var gateway) ? gateway : null;

    /// <summary>
    /// All gateways; or, once all are remembered, the one that the name is the id of: whoever stays with a gateway asks by its id, again and again.
    /// </summary>
    private async Task<IReadOnlyList<GatewayEntry>> LiveAsync(string name, CancellationToken cancellationToken)
    {
        var live = await registry.LiveAsync(cancellationToken).ConfigureAwait(false);
        IEnumerable<GatewayMember> wanted = live.Where(gateway => gateway.Id == name);
        if (!wanted.Any() || live.Any(gateway => gateway.Id != identity.Id && !_found.TryGet(gateway.Id, out _)))
        {
            wanted = live.OrderBy(gateway => gateway.Id, StringComparer.Ordinal);
        }

        return await Task.WhenAll(wanted.Select(async gateway =>
        {
            if (gateway.Id == identity.Id)
            {
                return Self();
            }

            var told = await figures.FindAsync(gateway.Id, cancellationToken).ConfigureAwait(false);
            return new GatewayEntry(gateway.Id, told?.InstanceId, told?.Address, told?.AtMs ?? 0);
        })).ConfigureAwait(false);
    }

    private GatewayEntry Self() => new(identity.Id, place.InstanceId, place.Address, time.GetUtcNow().ToUnixTimeMilliseconds());

    private static IResult Unknown(string name, IReadOnlyList<GatewayEntry> live) => Problem.Result(
        StatusCodes.Status404NotFound,
        "unknown_gateway",
        $"No gateway '{name}' is alive. Those that are: {Names(live)}.");

    private static IResult Ambiguous(string name, GatewayEntry[] named) => Problem.Result(
        StatusCodes.Status409Conflict,
        "ambiguous_gateway",
        $"{named.Length} gateways are called '{name}'. Give the id of one: {Names(named)}.");

    private static string Names(IReadOnlyList<GatewayEntry> gateways) => gateways.Count switch
    {
        0 => "none",
        > MaxNamed => $"{string.Join(", ", gateways.Take(MaxNamed))} and {gateways.Count - MaxNamed} more",
        _ => string.Join(", ", gateways),
    };
}
