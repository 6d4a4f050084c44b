using GenApi.Protocol.Calls;
using GenApi.Protocol.Json;

namespace GenApi.Gateway.Nodes.Links;

/// <summary>How a call over a link ended.</summary>
internal enum LinkReplyKind
{
    /// <summary>The function has answered.</summary>
    Result,

    /// <summary>The node has answered with an error.</summary>
    Error,

    /// <summary>The call was never sent; another node may take it without danger of running it twice.</summary>
    NotSent,

    /// <summary>The link ended before the answer came.</summary>
    Lost,

    /// <summary>The deadline passed first.</summary>
    TimedOut,

    /// <summary>The client is gone.</summary>
    Cancelled,
}

/// <summary>What came of a call over a link.</summary>
/// <param name="Kind">How it ended.</param>
/// <param name="Result">What the function returned; empty where there is nothing.</param>
/// <param name="Error">What the node answered in place of a result; null where it did not.</param>
/// <param name="NodeSilent">On a timeout: whether the node has sent nothing at all since the call was sent to it.</param>
internal readonly record struct LinkReply(LinkReplyKind Kind, RawJson Result = default, CallError? Error = null, bool NodeSilent = false);
