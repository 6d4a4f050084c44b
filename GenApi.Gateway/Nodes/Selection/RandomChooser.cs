using GenApi.Gateway.Calls;

namespace GenApi.Gateway.Nodes.Selection;

/// <summary><c>random</c>.</summary>
internal sealed class RandomChooser : NodeChooser
{
    public override string Mode => "random";

    public override int Choose(CallTarget[] nodes, Call call) => Random.Shared.Next(nodes.Length);
}
