using System.Net;
using System.Net.Sockets;

namespace GenApi.Gateway.Nodes.Resolvers;

/// <summary>The resolver <c>dns</c>: its argument is an address such as <c>http://orders.internal:5090</c>; every address of that name is a node.</summary>
internal sealed class DnsNodeResolver : INodeResolver
{
    public const string Name = "dns";

    public async Task<IReadOnlyList<string>> ResolveAsync(IReadOnlyList<string> args, CancellationToken cancellationToken)
    {
        if (args is not [var address] || !Uri.TryCreate(address, UriKind.Absolute, out var uri))
        {
            throw new ArgumentException("The resolver 'dns' takes one argument: an address such as http://orders.internal:5090.");
        }

        var found = await Dns.GetHostAddressesAsync(uri.DnsSafeHost, cancellationToken).ConfigureAwait(false);
        return [.. found.Select(ip => $"{uri.Scheme}://{(ip.AddressFamily == AddressFamily.InterNetworkV6 ? $"[{ip}]" : ip.ToString())}:{uri.Port}").Order(StringComparer.Ordinal)];
    }
}
