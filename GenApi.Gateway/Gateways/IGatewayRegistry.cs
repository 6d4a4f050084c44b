namespace GenApi.Gateway.Gateways;

/// <summary>A gateway of the cluster.</summary>
/// <param name="Id">Its id.</param>
/// <param name="LeaseEnd">When it counts as gone, unless it gives a sign of life before.</param>
internal sealed record GatewayMember(string Id, DateTimeOffset LeaseEnd);

/// <summary>Knows which gateways there are.</summary>
internal interface IGatewayRegistry
{
    /// <summary>How long a gateway counts as alive after its last sign of life.</summary>
    static readonly TimeSpan LeaseExpiry = TimeSpan.FromSeconds(15);

    /// <summary>The gateways that are alive, this one among them.</summary>
    Task<IReadOnlyList<GatewayMember>> LiveAsync(CancellationToken cancellationToken);

    /// <summary>Gives a sign of life.</summary>
    Task RenewAsync(CancellationToken cancellationToken);

    /// <summary>This gateway stops.</summary>
    Task LeaveAsync(CancellationToken cancellationToken);
}
