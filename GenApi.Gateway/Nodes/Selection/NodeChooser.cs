using GenApi.Gateway.Calls;

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
