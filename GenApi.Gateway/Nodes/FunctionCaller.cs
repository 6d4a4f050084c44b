using GenApi.Gateway.Calls;
using GenApi.Gateway.Nodes.Links;
using GenApi.Protocol.Json;
using GenApi.Protocol.Link;

namespace GenApi.Gateway.Nodes;

/// <summary>Calls a function on a node for the gateway itself: hooks and permission callbacks.</summary>
internal sealed class FunctionCaller(NodeDirectory directory)
{
    /// <summary>Runs a function on one of the nodes that have the call's own function. The node is told who calls.</summary>
    public async ValueTask<LinkReply> CallAsync(Call call, string function, RawJson args, CancellationToken cancellationToken)
    {
        var header = CallHeaders.Of(call, function, whoCalls: true);
        var nodes = directory.CandidatesOf(call.Function);
        var chooser = call.Function.Chooser;

        // A hook of a function that sticks to a node finds there what the function left.
        var first = nodes.Length < 2 ? 0 : chooser.IsKeyed ? chooser.Choose(nodes, call) : Random.Shared.Next(nodes.Length);
        for (var i = 0; i < nodes.Length; i++)
        {
            var node = nodes[(first + i) % nodes.Length];
            if (!node.CanTakeCall)
            {
                continue;
            }

            var reply = await node.CallAsync(CallFlags.None, header, args, long.MaxValue, call.Trace, cancellationToken).ConfigureAwait(false);
            if (reply.Kind != LinkReplyKind.NotSent)
            {
                return reply;
            }
        }

        return new LinkReply(LinkReplyKind.NotSent);
    }
}
