using GenApi.Gateway.Calls;

namespace GenApi.Gateway.Nodes.Selection;

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
