using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;

namespace GenApi.Node.Membership;

/// <summary>The address at which the other processes of the cluster reach this one, as far as it can tell by itself.</summary>
internal static class ListeningAddress
{
    /// <summary>
    /// The first address that the server listens on, plain HTTP before HTTPS, with a wildcard host replaced by the local address that
    /// leads to another process of the cluster.
    /// </summary>
    /// <param name="server">The server, once it listens.</param>
    /// <param name="peer">Where that other process is, by host and port. Asked for only where there is a wildcard.</param>
    /// <returns>Null: the server listens on no address.</returns>
    public static string? Find(IServer server, Func<DnsEndPoint> peer)
    {
        var listening = server.Features.Get<IServerAddressesFeature>()?.Addresses ?? [];
        if ((listening.FirstOrDefault(candidate => candidate.StartsWith("http://", StringComparison.OrdinalIgnoreCase)) ?? listening.FirstOrDefault()) is not { } chosen)
        {
            return null;
        }

        var binding = BindingAddress.Parse(chosen);
        var host = binding.Host is "*" or "+" or "0.0.0.0" or "[::]" ? LocalAddressTowards(peer()) : binding.Host;
        return $"{binding.Scheme}://{host}:{binding.Port}";
    }

    /// <summary>Asks the routing table which local address leads there. A UDP socket's connect sends nothing.</summary>
    private static string LocalAddressTowards(DnsEndPoint peer)
    {
        try
        {
            using var socket = new Socket(SocketType.Dgram, ProtocolType.Udp);
            socket.Connect(peer.Host, peer.Port);
            var local = ((IPEndPoint)socket.LocalEndPoint!).Address;
            local = local.IsIPv4MappedToIPv6 ? local.MapToIPv4() : local;
            return local.AddressFamily == AddressFamily.InterNetworkV6 ? $"[{local}]" : local.ToString();
        }
        catch (SocketException)
        {
            // The peer's name does not resolve yet; this machine's own name is the best guess.
            return Dns.GetHostName();
        }
    }
}
