using GenApi.Gateway.Calls;

namespace GenApi.Gateway.Nodes.Selection;

/// <summary><c>round_robin</c>.</summary>
internal sealed class RoundRobinChooser : NodeChooser
{
    private uint _next = (uint)Random.Shared.Next();

    public override string Mode => "round_robin";

    public override int Choose(CallTarget[] nodes, Call call) => (int)(Interlocked.Increment(ref _next) % (uint)nodes.Length);
}
