using GenApi.Gateway.Diagnostics.Cluster;
using GenApi.Gateway.Gateways;
using GenApi.Gateway.Storage;

namespace GenApi.Gateway.Entry.Admin.Forwarding;

/// <summary>A gateway that is alive.</summary>
/// <param name="Id">Its id.</param>
/// <param name="InstanceId">What telemetry and the launcher's lines call its process; null: it has not told.</param>
/// <param name="Address">Where other gateways reach it; null: it has not told.</param>
internal sealed record GatewayEntry(string Id, string? InstanceId, string? Address)
{
    public override string ToString() => InstanceId is null ? Id : $"{Id} ({InstanceId})";
}

/// <summary>Finds a gateway by what people call it.</summary>
internal sealed class GatewayAddressBook(GatewayIdentity identity, GatewayPlace place, IGatewayRegistry registry, IGatewayFigureStore figures, TimeProvider time)
{
    private const int MaxNamed = 20;
    private const int MaxRemembered = 256;

    private static readonly TimeSpan RememberFor = TimeSpan.FromHours(1);

    /// <summary>Somebody looks for what is wrong above all while Redis is away.</summary>
    private readonly RecentTable<string, GatewayEntry> _found = new(time, MaxRemembered, RememberFor);

    /// <summary>The gateway with that name, or the answer that says why there is none.</summary>
    /// <param name="name">Its id, or its instance id.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="StorageUnavailableException">The store is away, and nobody has asked for that gateway before.</exception>
    public async Task<(GatewayEntry? Gateway, IResult? Fault)> FindAsync(string name, CancellationToken cancellationToken)
    {
        IReadOnlyList<GatewayEntry> live;
        try
        {
            live = await LiveAsync(name, cancellationToken).ConfigureAwait(false);
        }
        catch (StorageUnavailableException) when (Remembered(name) is { } known)
        {
            return (known, null);
        }

        GatewayEntry[] named = [.. live.Where(gateway => gateway.Id == name || gateway.InstanceId == name)];
        if (named is not [var found])
        {
            return (null, named is [] ? Unknown(name, live) : Ambiguous(name, named));
        }

        _found.Set(name, found);
        return (found, null);
    }

    private GatewayEntry? Remembered(string name) => name == place.InstanceId ? Self() : _found.TryGet(name, out var gateway) ? gateway : null;

    /// <summary>All gateways, or the only one that matters: whoever stays with a gateway asks by its id, again and again.</summary>
    private async Task<IReadOnlyList<GatewayEntry>> LiveAsync(string name, CancellationToken cancellationToken)
    {
        var live = await registry.LiveAsync(cancellationToken).ConfigureAwait(false);
        var wanted = live.Any(gateway => gateway.Id == name) ? live.Where(gateway => gateway.Id == name) : live.OrderBy(gateway => gateway.Id, StringComparer.Ordinal);
        return await Task.WhenAll(wanted.Select(async gateway =>
        {
            if (gateway.Id == identity.Id)
            {
                return Self();
            }

            var told = await figures.FindAsync(gateway.Id, cancellationToken).ConfigureAwait(false);
            return new GatewayEntry(gateway.Id, told?.InstanceId, told?.Address);
        })).ConfigureAwait(false);
    }

    private GatewayEntry Self() => new(identity.Id, place.InstanceId, place.Address);

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
