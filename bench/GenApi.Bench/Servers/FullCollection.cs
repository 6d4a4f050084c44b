using System.Buffers.Binary;
using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace GenApi.Bench.Servers;

/// <summary>
/// Makes another .NET process collect all its garbage, over the runtime's diagnostics socket, so that its memory can be compared
/// without what happens not to be collected yet. Starting a trace with the runtime's GCHeapCollect keyword is what does it.
/// </summary>
internal static class FullCollection
{
    private const int HeaderLength = 20;
    private const byte TraceCommands = 2;
    private const byte StopTrace = 1;
    private const byte StartTrace = 3;
    private const byte ServerAnswers = 0xFF;
    private const byte Ok = 0;
    private const ulong GcHeapCollect = 0x80_0000;
    private const uint Informational = 4;
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(20);

    /// <summary>Returns when the collection is over.</summary>
    /// <exception cref="InvalidOperationException">The process has no diagnostics socket, refused, or was not done within 20 s.</exception>
    public static async Task RunAsync(ServerProcess server, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Timeout);
        try
        {
            await TraceAsync(new UnixDomainSocketEndPoint(FindSocket(server)), limit.Token);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new InvalidOperationException($"The {server.Role} did not collect its garbage within {Timeout.TotalSeconds:0} s.", e);
        }
    }

    private static async Task TraceAsync(UnixDomainSocketEndPoint endPoint, CancellationToken cancellationToken)
    {
        await using var trace = await ConnectAsync(endPoint, cancellationToken);
        var session = await AskAsync(trace, StartTrace, BuildStartRequest(), cancellationToken);

        // The trace must be read to its end, or the process could not finish writing it.
        var reading = trace.CopyToAsync(Stream.Null, cancellationToken);
        await using (var control = await ConnectAsync(endPoint, cancellationToken))
        {
            await AskAsync(control, StopTrace, session, cancellationToken);
        }

        await reading;
    }

    private static string FindSocket(ServerProcess server)
    {
        var pattern = string.Create(CultureInfo.InvariantCulture, $"dotnet-diagnostic-{server.Id}-*-socket");
        return Directory.GetFiles(Path.GetTempPath(), pattern).OrderByDescending(File.GetLastWriteTimeUtc).FirstOrDefault()
            ?? throw new InvalidOperationException(
                $"The {server.Role} has no diagnostics socket; memory can be compared only where the runtime offers one.");
    }

    private static async Task<NetworkStream> ConnectAsync(UnixDomainSocketEndPoint endPoint, CancellationToken cancellationToken)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(endPoint, cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static byte[] BuildStartRequest()
    {
        using var bytes = new MemoryStream();
        using var writer = new BinaryWriter(bytes, Encoding.Unicode);
        writer.Write(16u); // megabytes of buffer
        writer.Write(1u); // format: nettrace
        writer.Write(false); // no rundown
        writer.Write(1u); // providers
        writer.Write(GcHeapCollect);
        writer.Write(Informational);
        WriteString(writer, "Microsoft-Windows-DotNETRuntime");
        WriteString(writer, "");
        writer.Flush();
        return bytes.ToArray();
    }

    private static void WriteString(BinaryWriter writer, string text)
    {
        writer.Write((uint)text.Length + 1);
        writer.Write(Encoding.Unicode.GetBytes(text + '\0'));
    }

    private static async Task<byte[]> AskAsync(NetworkStream stream, byte command, byte[] payload, CancellationToken cancellationToken)
    {
        var request = new byte[HeaderLength + payload.Length];
        "DOTNET_IPC_V1\0"u8.CopyTo(request);
        BinaryPrimitives.WriteUInt16LittleEndian(request.AsSpan(14), (ushort)request.Length);
        request[16] = TraceCommands;
        request[17] = command;
        payload.CopyTo(request, HeaderLength);
        await stream.WriteAsync(request, cancellationToken);

        var header = new byte[HeaderLength];
        await stream.ReadExactlyAsync(header, cancellationToken);
        var answer = new byte[BinaryPrimitives.ReadUInt16LittleEndian(header.AsSpan(14)) - HeaderLength];
        await stream.ReadExactlyAsync(answer, cancellationToken);
        return header[16] == ServerAnswers && header[17] == Ok
            ? answer
            : throw new InvalidOperationException($"The runtime refused diagnostics command {command}.");
    }
}
