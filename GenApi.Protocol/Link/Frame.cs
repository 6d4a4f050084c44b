namespace GenApi.Protocol.Link;

/// <summary>What a frame of the link says. The values are on the wire; docs/link.md lists them.</summary>
internal enum FrameType : byte
{
    /// <summary>The first frame of each side. Body: <see cref="Link.Hello"/> as JSON.</summary>
    Hello = 1,

    /// <summary>Gateway to node: run a function. Body: a <see cref="CallHeader"/>, then the arguments as JSON.</summary>
    Call = 2,

    /// <summary>Node to gateway: the call's result as JSON. Ends the call.</summary>
    Result = 3,

    /// <summary>Node to gateway: the call's failure, as JSON with code and message. Ends the call.</summary>
    Error = 4,

    /// <summary>Node to gateway: one chunk of a stream as JSON.</summary>
    Item = 5,

    /// <summary>Node to gateway: the stream is complete. No body. Ends the call.</summary>
    End = 6,

    /// <summary>Gateway to node: nobody waits for this call any more. No body.</summary>
    Cancel = 7,

    /// <summary>Gateway to node: a stream may send that many more bytes. Body: a 32-bit count.</summary>
    Credit = 8,

    /// <summary>Node to gateway: send no new calls; those under way will be finished. No body.</summary>
    GoAway = 9,
}

/// <summary>How a call wants to be answered. Travels in the flags of a CALL frame.</summary>
[Flags]
internal enum CallFlags : byte
{
    None = 0,

    /// <summary>Nothing is sent back, neither result nor error.</summary>
    NoReply = 1,

    /// <summary>ITEM frames and an END are expected; the header's window limits how many bytes may be under way.</summary>
    Stream = 2,
}

/// <summary>
/// The fixed start of every frame, 14 bytes: the length of what follows it as 32 bits, the type, the flags, and the call id
/// as 64 bits, all little endian. Frames that belong to no call have the id 0.
/// </summary>
internal static class FrameLayout
{
    public const int LengthSize = 4;
    public const int HeaderSize = 14;
    public const int TypeOffset = 4;
    public const int FlagsOffset = 5;
    public const int IdOffset = 6;

    /// <summary>The sub-protocol's name in the WebSocket handshake.</summary>
    public const string SubProtocol = "genapi.link.v1";

    /// <summary>The path of the link on a node.</summary>
    public const string Path = "/genapi/link";
}

/// <summary>One frame as it stands in the receive buffer. Valid only until the handler returns.</summary>
internal readonly ref struct Frame(FrameType type, byte flags, ulong callId, ReadOnlySpan<byte> body)
{
    public FrameType Type { get; } = type;

    public byte Flags { get; } = flags;

    public ulong CallId { get; } = callId;

    public ReadOnlySpan<byte> Body { get; } = body;
}

/// <summary>The other side broke the link protocol; the link is closed, and only that link.</summary>
internal sealed class LinkProtocolException(string message) : Exception(message);

/// <summary>What an ITEM frame says beside its chunk.</summary>
[Flags]
internal enum ItemFlags : byte
{
    None = 0,

    /// <summary>This is the last chunk; no END follows.</summary>
    Last = 1,
}
