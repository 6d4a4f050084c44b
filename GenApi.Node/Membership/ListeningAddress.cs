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
    /// <param name="isGuess">Whether that leads nowhere for now, so that this machine's name stands in.</param>
    /// <returns>Null: the server listens on no address that another machine could reach.</returns>
    public static string? Find(IServer server, Func<DnsEndPoint> peer, out bool isGuess)
    {
        isGuess = false;
        BindingAddress[] listening = [.. (server.Features.Get<IServerAddressesFeature>()?.Addresses ?? []).Select(BindingAddress.Parse).Where(IsOfNetwork)];
        if ((listening.FirstOrDefault(candidate => candidate.Scheme.Equals("http", StringComparison.OrdinalIgnoreCase)) ?? listening.FirstOrDefault()) is not { } chosen)
        {
            return null;
        }

        var host = chosen.Host;
        if (IsWildcard(host))
        {
            // The peer's name may not resolve yet.
            var local = LocalAddressTowards(peer());
            isGuess = local is null;
            host = local ?? Dns.GetHostName();
        }

        return $"{chosen.Scheme}://{host}:{chosen.Port}";
    }

    /// <summary>A server listens on Unix sockets, pipes and inherited handles too, and lists them like the others.</summary>
    private static bool IsOfNetwork(BindingAddress address) => IsWildcard(address.Host) || Uri.CheckHostName(address.Host) != UriHostNameType.Unknown;

    private static bool IsWildcard(string host) => host is "*" or "+" or "0.0.0.0" or "[::]";

    /// <summary>Asks the routing table which local address leads there. A UDP socket's connect sends nothing.</summary>
    /// <returns>Null: none does.</returns>
    private static string? LocalAddressTowards(DnsEndPoint peer)
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
            return null;
        }
    }
}
