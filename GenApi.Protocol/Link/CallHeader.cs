using System.Buffers.Binary;
using System.Text;

namespace GenApi.Protocol.Link;

/// <summary>
/// What a CALL frame says before the arguments: a 16-bit length of all fields, then each field as a tag byte, a 16-bit
/// length and its bytes. A reader skips tags it does not know.
/// </summary>
internal readonly record struct CallHeader
{
    /// <summary>The longest text a field can carry, in bytes of UTF-8.</summary>
    public const int MaxFieldBytes = 8 * 1024;

    private enum Tag : byte
    {
        Function = 1,
        TimeoutMs = 2,
        Traceparent = 3,
        Tracestate = 4,
        RequestId = 5,
        Service = 6,
        RequestType = 7,
        Version = 8,
        UserId = 9,
        DeviceId = 10,
        Role = 11,
        Window = 12,
    }

    /// <summary>The function's name on the node.</summary>
    public required string Function { get; init; }

    /// <summary>What is left of the call's time, in milliseconds; 0: no limit. Relative, because clocks differ.</summary>
    public uint TimeoutMs { get; init; }

    /// <summary>The W3C trace context of the gateway's span; null: the call is not traced.</summary>
    public string? Traceparent { get; init; }

    public string? Tracestate { get; init; }

    public string? RequestId { get; init; }

    public string? Service { get; init; }

    public string? RequestType { get; init; }

    public string? Version { get; init; }

    public string? UserId { get; init; }

    public string? DeviceId { get; init; }

    public IReadOnlyList<string>? Roles { get; init; }

    /// <summary>How many bytes of ITEM frames a stream may send before it needs credit.</summary>
    public uint Window { get; init; }

    public void WriteTo(FrameWriter writer)
    {
        var start = writer.Length;
        writer.GetSpan(2);
        writer.Advance(2);
        WriteText(writer, Tag.Function, Function);
        WriteNumber(writer, Tag.TimeoutMs, TimeoutMs);
        WriteText(writer, Tag.Traceparent, Traceparent);
        WriteText(writer, Tag.Tracestate, Tracestate);
        WriteText(writer, Tag.RequestId, RequestId);
        WriteText(writer, Tag.Service, Service);
        WriteText(writer, Tag.RequestType, RequestType);
        WriteText(writer, Tag.Version, Version);
        WriteText(writer, Tag.UserId, UserId);
        WriteText(writer, Tag.DeviceId, DeviceId);
        if (Roles is { } roles)
        {
            for (var i = 0; i < roles.Count; i++)
            {
                WriteText(writer, Tag.Role, roles[i]);
            }
        }

        WriteNumber(writer, Tag.Window, Window);
        var length = writer.Length - start - 2;
        if (length > ushort.MaxValue)
        {
            throw new LinkProtocolException($"The header of a call has {length} bytes; {ushort.MaxValue} is the most.");
        }

        writer.PatchUInt16(start, (ushort)length);
    }

    /// <summary>Reads a header and leaves <paramref name="body"/> at the arguments.</summary>
    /// <exception cref="LinkProtocolException">The header is cut short, or names no function.</exception>
    public static CallHeader Read(ref ReadOnlySpan<byte> body)
    {
        if (body.Length < 2)
        {
            throw new LinkProtocolException("A CALL frame ends before its header.");
        }

        var length = BinaryPrimitives.ReadUInt16LittleEndian(body);
        if (body.Length < 2 + length)
        {
            throw new LinkProtocolException("A CALL frame ends inside its header.");
        }

        var fields = body.Slice(2, length);
        body = body[(2 + length)..];

        var header = new CallHeader { Function = "" };
        List<string>? roles = null;
        while (!fields.IsEmpty)
        {
            if (fields.Length < 3)
            {
                throw new LinkProtocolException("A field of a CALL header is cut short.");
            }

            var tag = (Tag)fields[0];
            var size = BinaryPrimitives.ReadUInt16LittleEndian(fields[1..]);
            if (fields.Length < 3 + size)
            {
                throw new LinkProtocolException("A field of a CALL header is cut short.");
            }

            var value = fields.Slice(3, size);
            fields = fields[(3 + size)..];
            switch (tag)
            {
                case Tag.Function:
                    header = header with { Function = Encoding.UTF8.GetString(value) };
                    break;
                case Tag.TimeoutMs:
                    header = header with { TimeoutMs = Number(value) };
                    break;
                case Tag.Traceparent:
                    header = header with { Traceparent = Encoding.UTF8.GetString(value) };
                    break;
                case Tag.Tracestate:
                    header = header with { Tracestate = Encoding.UTF8.GetString(value) };
                    break;
                case Tag.RequestId:
                    header = header with { RequestId = Encoding.UTF8.GetString(value) };
                    break;
                case Tag.Service:
                    header = header with { Service = Encoding.UTF8.GetString(value) };
                    break;
                case Tag.RequestType:
                    header = header with { RequestType = Encoding.UTF8.GetString(value) };
                    break;
                case Tag.Version:
                    header = header with { Version = Encoding.UTF8.GetString(value) };
                    break;
                case Tag.UserId:
                    header = header with { UserId = Encoding.UTF8.GetString(value) };
                    break;
                case Tag.DeviceId:
                    header = header with { DeviceId = Encoding.UTF8.GetString(value) };
                    break;
                case Tag.Role:
                    (roles ??= []).Add(Encoding.UTF8.GetString(value));
                    break;
                case Tag.Window:
                    header = header with { Window = Number(value) };
                    break;
            }
        }

        if (header.Function.Length == 0)
        {
            throw new LinkProtocolException("A CALL header names no function.");
        }

        return roles is null ? header : header with { Roles = roles };
    }

    private static uint Number(ReadOnlySpan<byte> value) => value.Length == 4
        ? BinaryPrimitives.ReadUInt32LittleEndian(value)
        : throw new LinkProtocolException("A number in a CALL header must have 4 bytes.");

    private static void WriteText(FrameWriter writer, Tag tag, string? text)
    {
        if (text is null)
        {
            return;
        }

        var span = writer.GetSpan(3 + Encoding.UTF8.GetMaxByteCount(text.Length));
        var size = Encoding.UTF8.GetBytes(text, span[3..]);
        if (size > MaxFieldBytes)
        {
            throw new LinkProtocolException($"The {tag} of a call has {size} bytes; {MaxFieldBytes} is the most.");
        }

        span[0] = (byte)tag;
        BinaryPrimitives.WriteUInt16LittleEndian(span[1..], (ushort)size);
        writer.Advance(3 + size);
    }

    private static void WriteNumber(FrameWriter writer, Tag tag, uint number)
    {
        if (number == 0)
        {
            return;
        }

        var span = writer.GetSpan(7);
        span[0] = (byte)tag;
        BinaryPrimitives.WriteUInt16LittleEndian(span[1..], 4);
        BinaryPrimitives.WriteUInt32LittleEndian(span[3..], number);
        writer.Advance(7);
    }
}
