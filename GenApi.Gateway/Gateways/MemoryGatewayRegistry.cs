namespace GenApi.Gateway.Gateways;

/// <summary>Without Redis there is only this gateway.</summary>
internal sealed class MemoryGatewayRegistry(GatewayIdentity identity, TimeProvider time) : IGatewayRegistry
{
    public Task<IReadOnlyList<GatewayMember>> LiveAsync(CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<GatewayMember>>([new GatewayMember(identity.Id, time.GetUtcNow() + IGatewayRegistry.LeaseExpiry)]);

    public Task RenewAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task LeaveAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
