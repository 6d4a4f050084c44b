using GenApi.Protocol.Link;

namespace GenApi.Gateway.Nodes.Links;

/// <summary>Is told of the frames of one call.</summary>
internal interface IFrameObserver
{
    /// <param name="type">The frame.</param>
    /// <param name="bytes">The bytes of the arguments in it; 0 where it has none.</param>
    void Sent(FrameType type, int bytes);

    /// <param name="type">The frame.</param>
    /// <param name="bytes">The bytes of its body.</param>
    void Received(FrameType type, int bytes);
}
