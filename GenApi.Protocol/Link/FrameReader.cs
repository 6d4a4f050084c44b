using System.Buffers.Binary;

namespace GenApi.Protocol.Link;

/// <summary>Takes frames off the front of received bytes. Knows nothing of connections.</summary>
internal static class FrameReader
{
    /// <summary>Reads one frame if all of it is there.</summary>
    /// <param name="bytes">The received bytes, starting at a frame; moved past the frame when one is read.</param>
    /// <param name="maxFrameBytes">The largest length to accept.</param>
    /// <param name="frame">The frame, a view of <paramref name="bytes"/>.</param>
    /// <param name="missing">How many more bytes are needed at least, when there is no whole frame.</param>
    /// <exception cref="LinkProtocolException">The length is out of range or the type is unknown.</exception>
    public static bool TryRead(ref ReadOnlySpan<byte> bytes, int maxFrameBytes, out Frame frame, out int missing)
    {
        frame = default;
        if (bytes.Length < FrameLayout.LengthSize)
        {
            missing = FrameLayout.HeaderSize - bytes.Length;
            return false;
        }

        var length = BinaryPrimitives.ReadUInt32LittleEndian(bytes);
        if (length < FrameLayout.HeaderSize - FrameLayout.LengthSize)
        {
            throw new LinkProtocolException($"A frame of {length} bytes is too short to have a header.");
        }

        if (length > (uint)maxFrameBytes)
        {
            throw new LinkProtocolException($"A frame of {length} bytes is larger than the {maxFrameBytes} this side accepts.");
        }

        var total = FrameLayout.LengthSize + (int)length;
        if (bytes.Length < total)
        {
            missing = total - bytes.Length;
            return false;
        }

        var type = (FrameType)bytes[FrameLayout.TypeOffset];
        if (type is < FrameType.Hello or > FrameType.GoAway)
        {
            throw new LinkProtocolException($"{(byte)type} is not a frame type.");
        }

        frame = new Frame(
            type,
            bytes[FrameLayout.FlagsOffset],
            BinaryPrimitives.ReadUInt64LittleEndian(bytes[FrameLayout.IdOffset..]),
            bytes[FrameLayout.HeaderSize..total]);
        bytes = bytes[total..];
        missing = 0;
        return true;
    }
}
