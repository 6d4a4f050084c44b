using GenApi.Gateway.Calls;
using GenApi.Gateway.Configs;
using GenApi.Protocol.Calls;

namespace GenApi.Gateway.Nodes;

/// <summary>Finds the nodes that can take the call.</summary>
internal sealed class NodeSelectionStep(NodeDirectory directory) : ICallStep
{
    public string Phase => "node_selection";

    public string Describe(FunctionEntry function)
    {
        var nodes = directory.CandidatesOf(function);
        return $"Picks a node by {function.Chooser.Mode} from {(nodes.Length == 0 ? "none" : string.Join(", ", nodes.Select(node => node.Address)))}";
    }

    public ValueTask<StepForecast> ForecastAsync(Call call) => StepForecast.OfAsync(RunAsync(call));

    public ValueTask<CallError?> RunAsync(Call call)
    {
        call.Candidates = directory.CandidatesOf(call.Function);

        // With retries there is still time for a node to come back.
        return call.Candidates.Length > 0 || call.Function.Config.Retry is not null
            ? default
            : new(new CallError(ErrorCode.Unavailable, $"No node of {call.Function.Config.Key} can be reached."));
    }
}
