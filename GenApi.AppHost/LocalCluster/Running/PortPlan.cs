using System.Net;
using System.Net.Sockets;

namespace GenApi.AppHost.LocalCluster;

/// <summary>Gives every replica of every project its port: those of AppHost.cs, moved as a whole by <c>--ports-from</c>.</summary>
internal static class PortPlan
{
    private const int DefaultFirstPort = 5080;
    private const int BlockSize = 10;

    // After a kill -9 of an earlier launcher, its processes need this long to be gone.
    private static readonly TimeSpan PatienceWithEarlierCluster = TimeSpan.FromSeconds(4);

    /// <summary>Sets <see cref="ProjectResource.Endpoints"/> and <see cref="ProjectResource.Port"/> of each project.</summary>
    /// <returns>The lowest port of the cluster.</returns>
    /// <exception cref="LaunchException">Two projects would use one port, or there is no such port.</exception>
    public static int Assign(IReadOnlyList<ProjectResource> projects, int? portsFrom)
    {
        if (projects.Count == 0)
        {
            return portsFrom ?? DefaultFirstPort;
        }

        foreach (var project in projects.Where(project => project.Port is null))
        {
            project.Port = projects.Max(other => other.Port) is { } highest ? ((highest / BlockSize) + 1) * BlockSize : DefaultFirstPort;
        }

        var lowest = projects.Min(project => project.Port!.Value);
        var shift = (portsFrom ?? lowest) - lowest;
        var owners = new Dictionary<int, string>();
        foreach (var project in projects)
        {
            project.Port += shift;
            var ports = Enumerable.Range(project.Port!.Value, project.Replicas).ToArray();
            foreach (var port in ports)
            {
                if (port > IPEndPoint.MaxPort)
                {
                    throw new LaunchException($"'{project.Name}' would need port {port}, and ports end at {IPEndPoint.MaxPort}. Use a smaller number for --ports-from.");
                }

                if (!owners.TryAdd(port, project.Name))
                {
                    throw new LaunchException($"'{project.Name}' and '{owners[port]}' would both use port {port}. Give one of them another port in AppHost.cs, or fewer replicas.");
                }
            }

            project.Endpoints = [.. ports.Select(port => new EndpointReference($"http://localhost:{port}"))];
        }

        return lowest + shift;
    }

    /// <summary>Makes sure that nothing else listens on the projects' ports.</summary>
    /// <exception cref="LaunchException">A port is taken.</exception>
    public static async Task EnsureFreeAsync(IReadOnlyList<ProjectResource> projects, TimeProvider time, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        while (FindTaken(projects) is { } taken)
        {
            if (time.GetElapsedTime(started) > PatienceWithEarlierCluster)
            {
                throw new LaunchException(
                    $"Port {taken.Port}, which '{taken.Project}' needs, is taken by another program. "
                    + $"Stop that program, or use other ports with --ports-from N, for example: dotnet run --project GenApi.AppHost -- --ports-from {Elsewhere(projects)}");
            }

            await Task.Delay(TimeSpan.FromMilliseconds(100), time, cancellationToken);
        }
    }

    /// <summary>Finds a loopback port that is free now.</summary>
    public static int FindFree()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }

    /// <summary>Another first port to suggest.</summary>
    private static int Elsewhere(IReadOnlyList<ProjectResource> projects) =>
        projects.Min(project => project.Port!.Value) is var first && first < 60000 ? first + 1000 : DefaultFirstPort + 1000;

    private static (int Port, string Project)? FindTaken(IReadOnlyList<ProjectResource> projects)
    {
        foreach (var project in projects)
        {
            for (var port = project.Port!.Value; port < project.Port + project.Replicas; port++)
            {
                if (IsTaken(IPAddress.Loopback, port) || (Socket.OSSupportsIPv6 && IsTaken(IPAddress.IPv6Loopback, port)))
                {
                    return (port, project.Name);
                }
            }
        }

        return null;
    }

    private static bool IsTaken(IPAddress address, int port)
    {
        try
        {
            using var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            socket.Bind(new IPEndPoint(address, port));
            socket.Listen();
            return false;
        }
        catch (SocketException exception)
        {
            // Anything else, such as an IPv6 loopback that is switched off, does not hinder the project on the other address.
            return exception.SocketErrorCode is SocketError.AddressAlreadyInUse or SocketError.AccessDenied;
        }
    }
}
