using System.Net;
using System.Net.Sockets;

namespace GenApi.Testing.Processes;

/// <summary>Finds room for a cluster's ports.</summary>
public static class FreePorts
{
    // Below the range from which systems take ports for outgoing connections, so that none of those gets in between.
    private const int Lowest = 20_000;
    private const int Highest = 32_000;
    private const int Attempts = 200;

    // The gateways', those of the sample nodes ten further up, and that of one more project.
    private static readonly int[] Offsets = [0, 1, 10, 11, 12, 13, 20];

    /// <summary>A number for <c>--ports-from</c>, all of whose ports are free now.</summary>
    public static int FindBlock()
    {
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            var first = Random.Shared.Next(Lowest, Highest);
            if (Offsets.All(offset => IsFree(IPAddress.Loopback, first + offset) && (!Socket.OSSupportsIPv6 || IsFree(IPAddress.IPv6Loopback, first + offset))))
            {
                return first;
            }
        }

        throw new InvalidOperationException($"No free ports found between {Lowest} and {Highest}.");
    }

    private static bool IsFree(IPAddress address, int port)
    {
        try
        {
            using var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            socket.Bind(new IPEndPoint(address, port));
            return true;
        }
        catch (SocketException exception)
        {
            return exception.SocketErrorCode == SocketError.AddressNotAvailable;
        }
    }
}
