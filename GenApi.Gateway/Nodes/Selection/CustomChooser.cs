using GenApi.Gateway.Calls;

namespace GenApi.Gateway.Nodes.Selection;

/// <summary><c>custom</c>: a selector that the gateway has registered. Where it is missing or fails, any node.</summary>
internal sealed partial class CustomChooser(string name, INodeSelector? selector, ILogger<CustomChooser> logger) : NodeChooser
{
    public override string Mode => "custom";

    public override int Choose(CallTarget[] nodes, Call call)
    {
        if (selector is null)
        {
            Log.Missing(logger, name);
            return Random.Shared.Next(nodes.Length);
        }

        try
        {
            var request = call.Request;
            var candidates = Array.ConvertAll(nodes, node => new NodeCandidate(node.Address, node.InFlight));
            var index = selector.Select(new NodeChoice(request.Service, request.RequestType, request.RequestId, call.UserId, call.Args, candidates));
            return (uint)index < (uint)nodes.Length ? index : Random.Shared.Next(nodes.Length);
        }
        catch (Exception error)
        {
            // A selector is other people's code; the call can go on without it.
            Log.Failed(logger, error, name);
            return Random.Shared.Next(nodes.Length);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "No node selector is registered as {Name}; the node is chosen at random.")]
        public static partial void Missing(ILogger logger, string name);

        [LoggerMessage(2, LogLevel.Error, "The node selector {Name} failed; the node is chosen at random.")]
        public static partial void Failed(ILogger logger, Exception error, string name);
    }
}
