using GenApi.Protocol.Link;

namespace GenApi.Bench.Frames;

/// <summary>Sends one frame; what carries it may let it leave together with others.</summary>
internal delegate void SendFrame(FrameType type, byte flags, ulong callId, ReadOnlySpan<byte> body);

/// <summary>The side that answers each frame with the same frame.</summary>
internal sealed class FrameEcho(SendFrame send) : ILinkHandler
{
    public void OnHello(Hello hello)
    {
    }

    public void OnFrame(in Frame frame) => send(frame.Type, frame.Flags, frame.CallId, frame.Body);
}
