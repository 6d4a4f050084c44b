namespace GenApi.Protocol.Link;

/// <summary>What each side says first.</summary>
/// <param name="Id">The gateway's or the node's id.</param>
/// <param name="MaxFrameBytes">The largest frame this side accepts, in bytes after the length field.</param>
internal sealed record Hello(string Id, int MaxFrameBytes);
