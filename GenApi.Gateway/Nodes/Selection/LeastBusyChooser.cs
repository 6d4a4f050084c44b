using GenApi.Gateway.Calls;

namespace GenApi.Gateway.Nodes.Selection;

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
