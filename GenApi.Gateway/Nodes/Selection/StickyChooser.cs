using GenApi.Gateway.Calls;

namespace GenApi.Gateway.Nodes.Selection;

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
