using System.Buffers;
using System.Buffers.Binary;

namespace GenApi.Protocol.Link;

/// <summary>
/// A growing buffer of whole frames, ready to be sent. Knows nothing of connections, and is not safe for use by several
/// threads at once. Its memory comes from the shared pool and goes back with <see cref="Dispose"/>.
/// </summary>
internal sealed class FrameWriter(int initialCapacity = 4096) : IBufferWriter<byte>, IDisposable
{
    private byte[] _buffer = ArrayPool<byte>.Shared.Rent(initialCapacity);

    /// <summary>The number of bytes written.</summary>
    public int Length { get; private set; }

    /// <summary>The bytes written, until the next write.</summary>
    public ReadOnlyMemory<byte> Written => _buffer.AsMemory(0, Length);

    /// <summary>Writes a frame whose body is at hand.</summary>
    public void WriteFrame(FrameType type, byte flags, ulong callId, ReadOnlySpan<byte> body)
    {
        var start = BeginFrame(type, flags, callId);
        this.Write(body);
        EndFrame(start);
    }

    /// <summary>Writes a CALL frame.</summary>
    public void WriteCall(ulong callId, CallFlags flags, in CallHeader header, ReadOnlySpan<byte> args)
    {
        var start = BeginFrame(FrameType.Call, (byte)flags, callId);
        header.WriteTo(this);
        this.Write(args);
        EndFrame(start);
    }

    /// <summary>Starts a frame; what is written until <see cref="EndFrame"/> is its body.</summary>
    public int BeginFrame(FrameType type, byte flags, ulong callId)
    {
        var start = Length;
        var header = GetSpan(FrameLayout.HeaderSize);
        header[FrameLayout.TypeOffset] = (byte)type;
        header[FrameLayout.FlagsOffset] = flags;
        BinaryPrimitives.WriteUInt64LittleEndian(header[FrameLayout.IdOffset..], callId);
        Length += FrameLayout.HeaderSize;
        return start;
    }

    /// <summary>Ends the frame that began at <paramref name="start"/>.</summary>
    public void EndFrame(int start) => BinaryPrimitives.WriteUInt32LittleEndian(
        _buffer.AsSpan(start),
        (uint)(Length - start - FrameLayout.LengthSize));

    /// <summary>Forgets everything from <paramref name="position"/> on, such as a frame that could not be completed.</summary>
    public void Truncate(int position) => Length = position;

    /// <inheritdoc/>
    public void Advance(int count) => Length += count;

    /// <inheritdoc/>
    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        Reserve(sizeHint);
        return _buffer.AsMemory(Length);
    }

    /// <inheritdoc/>
    public Span<byte> GetSpan(int sizeHint = 0)
    {
        Reserve(sizeHint);
        return _buffer.AsSpan(Length);
    }

    /// <summary>Overwrites two bytes written before, as a little-endian number.</summary>
    public void PatchUInt16(int position, ushort value) =>
        BinaryPrimitives.WriteUInt16LittleEndian(_buffer.AsSpan(position), value);

    /// <summary>Empties the buffer for reuse, and gives back memory that an unusually large frame has taken.</summary>
    public void Reset()
    {
        Length = 0;
        if (_buffer.Length > 256 * 1024)
        {
            ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = ArrayPool<byte>.Shared.Rent(initialCapacity);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        var buffer = _buffer;
        _buffer = [];
        Length = 0;
        if (buffer.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private void Reserve(int sizeHint)
    {
        var needed = Length + Math.Max(sizeHint, 1);
        if (needed <= _buffer.Length)
        {
            return;
        }

        var larger = ArrayPool<byte>.Shared.Rent(Math.Max(_buffer.Length * 2, needed));
        _buffer.AsSpan(0, Length).CopyTo(larger);
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = larger;
    }
}
