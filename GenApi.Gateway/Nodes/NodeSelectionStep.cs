using GenApi.Gateway.Calls;
using GenApi.Protocol.Calls;

namespace GenApi.Gateway.Nodes;

/// <summary>Finds the nodes that can take the call.</summary>
internal sealed class NodeSelectionStep(NodeDirectory directory) : ICallStep
{
    public string Phase => "node_selection";

    public ValueTask<CallError?> RunAsync(Call call)
    {
        call.Candidates = call.Function.Candidates.Get(directory.Current, call.Function.Config.Key);
        return call.Candidates.Length > 0
            ? default
            : new(new CallError(ErrorCode.Unavailable, $"No node of {call.Function.Config.Key} can be reached."));
    }
}
