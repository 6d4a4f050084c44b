using System.Buffers.Binary;
using System.Text;

namespace GenApi.Gateway.Tests.Clients;

/// <summary>The frames of the link, written by hand from the description of its layout and not by the product's own writer.</summary>
internal static class LinkBytes
{
    public const byte Hello = 1;
    public const byte Call = 2;
    public const byte Result = 3;
    public const byte Error = 4;
    public const byte Item = 5;
    public const byte End = 6;
    public const byte Cancel = 7;
    public const byte Credit = 8;
    public const byte GoAway = 9;

    public static byte[] Frame(byte type, ulong callId, byte[] body, byte flags = 0)
    {
        var frame = new byte[14 + body.Length];
        BinaryPrimitives.WriteUInt32LittleEndian(frame, (uint)(10 + body.Length));
        frame[4] = type;
        frame[5] = flags;
        BinaryPrimitives.WriteUInt64LittleEndian(frame.AsSpan(6), callId);
        body.CopyTo(frame, 14);
        return frame;
    }

    public static byte[] Frame(byte type, ulong callId, string body, byte flags = 0) => Frame(type, callId, Encoding.UTF8.GetBytes(body), flags);

    public static byte[] Greeting(int maxFrameBytes = 16 * 1024 * 1024, string id = "by-hand") =>
        Frame(Hello, 0, $$"""{"id":"{{id}}","max_frame_bytes":{{maxFrameBytes}}}""");

    public static byte[] CallFrame(ulong callId, string function, string args)
    {
        var name = Encoding.UTF8.GetBytes(function);
        byte[] field = [1, (byte)name.Length, 0, .. name];
        return Frame(Call, callId, [(byte)field.Length, 0, .. field, .. Encoding.UTF8.GetBytes(args)]);
    }

    /// <summary>The start of a frame that says it is very long.</summary>
    public static byte[] HugeLength => [0xFF, 0xFF, 0xFF, 0x7F, Result, 0, 1, 0, 0, 0, 0, 0, 0, 0];
}

/// <summary>A frame as it was received.</summary>
internal sealed record LinkFrame(byte Type, byte Flags, ulong CallId, byte[] Body)
{
    public string Text => Encoding.UTF8.GetString(Body);

    /// <summary>Takes whole frames off the front of the bytes.</summary>
    public static List<LinkFrame> TakeFrom(List<byte> bytes)
    {
        var frames = new List<LinkFrame>();
        while (bytes.Count >= 14)
        {
            var start = bytes.GetRange(0, 14).ToArray();
            var total = 4 + BinaryPrimitives.ReadInt32LittleEndian(start);
            if (bytes.Count < total)
            {
                break;
            }

            frames.Add(new LinkFrame(start[4], start[5], BinaryPrimitives.ReadUInt64LittleEndian(start.AsSpan(6)), [.. bytes.GetRange(14, total - 14)]));
            bytes.RemoveRange(0, total);
        }

        return frames;
    }
}
