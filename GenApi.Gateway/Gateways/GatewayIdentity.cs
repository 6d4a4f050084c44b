using Microsoft.Extensions.Options;

namespace GenApi.Gateway.Gateways;

/// <summary>What tells this gateway from the others.</summary>
internal sealed class GatewayIdentity(IOptions<GenApiGatewayOptions> options)
{
    public string Id { get; } = options.Value.GatewayId ?? $"gateway-{Guid.NewGuid():N}"[..20];
}
