using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Options;

namespace GenApi.Node.Membership;

/// <summary>The address at which gateways reach this node.</summary>
internal sealed class NodeAddress(IServer server, GatewayAddresses gateways, IOptions<GenApiNodeOptions> options)
{
    /// <summary>Call once the server listens.</summary>
    public string Resolve()
    {
        if (options.Value.Address is { } address)
        {
            return address.TrimEnd('/');
        }

        var listening = server.Features.Get<IServerAddressesFeature>()?.Addresses ?? [];
        var chosen = listening.FirstOrDefault(candidate => candidate.StartsWith("http://", StringComparison.OrdinalIgnoreCase))
            ?? listening.FirstOrDefault()
            ?? throw new InvalidOperationException("The node listens on no address. Set ASPNETCORE_URLS, or GenApi:Node:Address to the address at which gateways reach it.");
        var binding = Microsoft.AspNetCore.Http.BindingAddress.Parse(chosen);
        var host = binding.Host is "*" or "+" or "0.0.0.0" or "[::]" ? LocalAddressTowards(gateways.All()[0]) : binding.Host;
        return $"{binding.Scheme}://{host}:{binding.Port}";
    }

    /// <summary>Asks the routing table which local address leads to the gateway. A UDP socket's connect sends nothing.</summary>
    private static string LocalAddressTowards(Uri gateway)
    {
        try
        {
            using var socket = new Socket(SocketType.Dgram, ProtocolType.Udp);
            socket.Connect(gateway.DnsSafeHost, gateway.Port);
            var local = ((IPEndPoint)socket.LocalEndPoint!).Address;
            local = local.IsIPv4MappedToIPv6 ? local.MapToIPv4() : local;
            return local.AddressFamily == AddressFamily.InterNetworkV6 ? $"[{local}]" : local.ToString();
        }
        catch (SocketException)
        {
            // The gateway's name does not resolve yet; this machine's own name is the best guess.
            return Dns.GetHostName();
        }
    }
}
