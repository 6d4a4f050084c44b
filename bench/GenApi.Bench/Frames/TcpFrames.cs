using System.Net.Sockets;
using GenApi.Protocol.Link;

namespace GenApi.Bench.Frames;

/// <summary>The link's frames on a bare socket: one thread at a time reads, handles what it has read, and writes the answers itself.</summary>
/// <param name="socket">A connected socket.</param>
/// <param name="together">Whether the frames that were sent while one read was handled leave in one write. Otherwise each is a write of its own.</param>
internal sealed class TcpFrames(Socket socket, bool together) : IDisposable
{
    private readonly Lock _gate = new();
    private readonly FrameWriter _unsent = new();

    public void Send(FrameType type, byte flags, ulong callId, ReadOnlySpan<byte> body)
    {
        lock (_gate)
        {
            _unsent.WriteFrame(type, flags, callId, body);
            if (!together)
            {
                Flush();
            }
        }
    }

    /// <summary>Writes what has been sent and not written. Blocks, which is safe because what can be in flight is far smaller than a socket's buffer.</summary>
    public void Flush()
    {
        lock (_gate)
        {
            for (var bytes = _unsent.Written.Span; !bytes.IsEmpty;)
            {
                bytes = bytes[socket.Send(bytes)..];
            }

            _unsent.Reset();
        }
    }

    /// <summary>Hands each frame that comes to the handler until the other side closes.</summary>
    public async Task RunAsync(ILinkHandler handler, CancellationToken cancellationToken)
    {
        var buffer = new byte[64 * 1024];
        var filled = 0;
        while (await socket.ReceiveAsync(buffer.AsMemory(filled), cancellationToken).ConfigureAwait(false) is > 0 and var received)
        {
            filled += received;
            var rest = Dispatch(handler, buffer.AsSpan(0, filled));
            buffer.AsSpan(filled - rest, rest).CopyTo(buffer);
            filled = rest;
            if (together)
            {
                Flush();
            }
        }
    }

    public void Dispose()
    {
        socket.Dispose();
        lock (_gate)
        {
            _unsent.Dispose();
        }
    }

    /// <summary>Handles all whole frames and returns how many bytes are left over.</summary>
    private static int Dispatch(ILinkHandler handler, ReadOnlySpan<byte> bytes)
    {
        while (FrameReader.TryRead(ref bytes, LinkConnection.LeastMaxFrameBytes, out var frame, out _))
        {
            handler.OnFrame(frame);
        }

        return bytes.Length;
    }
}
