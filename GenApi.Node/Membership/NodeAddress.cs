using System.Net;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.Extensions.Options;

namespace GenApi.Node.Membership;

/// <summary>The address at which gateways reach this node.</summary>
internal sealed class NodeAddress(IServer server, GatewayAddresses gateways, IOptions<GenApiNodeOptions> options)
{
    /// <summary>Call once the server listens.</summary>
    public string Resolve() =>
        options.Value.Address?.TrimEnd('/')
        ?? ListeningAddress.Find(server, GatewayPlace, out _)
        ?? throw new InvalidOperationException("The node listens on no address. Set ASPNETCORE_URLS, or GenApi:Node:Address to the address at which gateways reach it.");

    private DnsEndPoint GatewayPlace()
    {
        var gateway = gateways.All()[0];
        return new DnsEndPoint(gateway.DnsSafeHost, gateway.Port);
    }
}
