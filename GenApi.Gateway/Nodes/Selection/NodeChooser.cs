using GenApi.Gateway.Calls;
using GenApi.Protocol.Configs;

namespace GenApi.Gateway.Nodes.Selection;

/// <summary>Chooses one of the nodes that can take a call. One for each function, made from its <c>choose_node_mode</c>.</summary>
internal abstract class NodeChooser
{
    /// <summary>The mode's name in diagnostics.</summary>
    public abstract string Mode { get; }

    /// <summary>Whether the same call always leads to the same node, while that is there.</summary>
    public virtual bool IsKeyed => false;

    /// <param name="nodes">At least two nodes, in the order of their addresses.</param>
    /// <param name="call">The call, its arguments complete.</param>
    /// <returns>The index of the chosen node.</returns>
    public abstract int Choose(CallTarget[] nodes, Call call);

    /// <summary>A call has been answered by this node.</summary>
    public virtual void Answered(CallTarget node, Call call)
    {
    }
}

/// <summary><c>random</c>.</summary>
internal sealed class RandomChooser : NodeChooser
{
    public override string Mode => "random";

    public override int Choose(CallTarget[] nodes, Call call) => Random.Shared.Next(nodes.Length);
}

/// <summary><c>round_robin</c>.</summary>
internal sealed class RoundRobinChooser : NodeChooser
{
    private uint _next = (uint)Random.Shared.Next();

    public override string Mode => "round_robin";

    public override int Choose(CallTarget[] nodes, Call call) => (int)(Interlocked.Increment(ref _next) % (uint)nodes.Length);
}

/// <summary><c>least_busy</c>: of two nodes picked at random, the one with fewer calls under way.</summary>
internal sealed class LeastBusyChooser : NodeChooser
{
    public override string Mode => "least_busy";

    public override int Choose(CallTarget[] nodes, Call call)
    {
        var one = Random.Shared.Next(nodes.Length);
        var other = Random.Shared.Next(nodes.Length - 1);
        other += other >= one ? 1 : 0;
        return nodes[one].InFlight <= nodes[other].InFlight ? one : other;
    }
}

/// <summary>
/// <c>hash</c>: the node with the highest hash of node and key together (rendezvous hashing), so that a node that joins or
/// leaves moves only its own share of the keys.
/// </summary>
internal sealed class HashChooser(string? argument) : NodeChooser
{
    private readonly ArgumentKey? _argument = argument is null ? null : new ArgumentKey(argument);

    public override string Mode => "hash";

    public override bool IsKeyed => true;

    public override int Choose(CallTarget[] nodes, Call call) =>
        Highest(nodes, _argument is null ? StableHash.Of(call.Request.RequestId) : _argument.HashOf(call.Args));

    /// <summary>The node to which a key belongs.</summary>
    public static int Highest(CallTarget[] nodes, ulong key)
    {
        var best = 0;
        var highest = 0UL;
        for (var i = 0; i < nodes.Length; i++)
        {
            var weight = StableHash.Mix(nodes[i].AddressHash ^ key);
            if (weight >= highest)
            {
                (best, highest) = (i, weight);
            }
        }

        return best;
    }
}

/// <summary><c>sticky</c>: the node that answered the last call with the same key, while it can take calls.</summary>
internal sealed class StickyChooser(string argument, TimeProvider time) : NodeChooser
{
    private const int Capacity = 100_000;

    private readonly ArgumentKey _argument = new(argument);
    private readonly RecentTable<ulong, string> _nodes = new(time, Capacity, TimeSpan.FromMinutes(30));

    public override string Mode => "sticky";

    public override bool IsKeyed => true;

    public override int Choose(CallTarget[] nodes, Call call)
    {
        var key = _argument.HashOf(call.Args);
        if (_nodes.TryGet(key, out var address))
        {
            var index = Array.FindIndex(nodes, node => node.Address == address);
            if (index >= 0)
            {
                return index;
            }
        }

        // By hash, so that gateways which do not know the key yet agree on its node.
        return HashChooser.Highest(nodes, key);
    }

    public override void Answered(CallTarget node, Call call)
    {
        var key = _argument.HashOf(call.Args);
        if (!_nodes.TryGet(key, out var address) || address != node.Address)
        {
            _nodes.Set(key, node.Address);
        }
    }
}

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

/// <summary>Makes the chooser that a config asks for.</summary>
internal sealed class NodeChooserFactory(IServiceProvider services, TimeProvider time, ILogger<CustomChooser> logger)
{
    public NodeChooser For(FunConfig config) => config.ChooseNodeMode switch
    {
        ChooseNodeMode.Hash hash => new HashChooser(hash.Argument),
        ChooseNodeMode.RoundRobin => new RoundRobinChooser(),
        ChooseNodeMode.Sticky sticky => new StickyChooser(sticky.Argument, time),
        ChooseNodeMode.LeastBusy => new LeastBusyChooser(),
        ChooseNodeMode.Custom custom => new CustomChooser(custom.Name, services.GetKeyedService<INodeSelector>(custom.Name), logger),
        _ => new RandomChooser(),
    };
}
