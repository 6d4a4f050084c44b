using GenApi.Gateway.Calls;
using GenApi.Gateway.Configs;
using GenApi.Gateway.Nodes.Resolvers;
using GenApi.Gateway.Nodes.Selection;
using GenApi.Protocol.Calls;
using GenApi.Protocol.Configs;

namespace GenApi.Gateway.Nodes;

/// <summary>Finds the nodes that can take the call.</summary>
internal sealed class NodeSelectionStep(NodeDirectory directory, IServiceProvider services) : ICallStep
{
    public string Phase => "node_selection";

    public string Describe(FunctionEntry function)
    {
        var nodes = directory.CandidatesOf(function);
        return $"Picks a node by {DescribeChoice(function.Config.ChooseNodeMode)} from {(nodes.Length == 0 ? "none: no node of it can be reached" : string.Join(", ", nodes.Select(node => node.Address)))}";
    }

    public async ValueTask<StepForecast> ForecastAsync(Call call) => new(await RunAsync(call).ConfigureAwait(false), Note: NameMissing(call.Function.Config));

    public ValueTask<CallError?> RunAsync(Call call)
    {
        call.Candidates = directory.CandidatesOf(call.Function);

        // With retries there is still time for a node to come back.
        return call.Candidates.Length > 0 || call.Function.Config.Retry is not null
            ? default
            : new(new CallError(ErrorCode.Unavailable, $"No node of {call.Function.Config.Key} can be reached."));
    }

    private static string DescribeChoice(ChooseNodeMode? mode) => mode switch
    {
        ChooseNodeMode.Hash { Argument: { } argument } => $"hash of the argument '{argument}'",
        ChooseNodeMode.Hash => "hash of the request id",
        ChooseNodeMode.Sticky { Argument: var argument } => $"sticky, the same one for each value of the argument '{argument}',",
        ChooseNodeMode.RoundRobin => "round_robin, each in turn,",
        ChooseNodeMode.LeastBusy => "least_busy, of two the one with fewer calls under way,",
        ChooseNodeMode.Custom { Name: var name } => $"custom, the gateway's selector '{name}',",
        _ => "random",
    };

    /// <summary>What the config names and the gateway does not have; null: nothing.</summary>
    private string? NameMissing(FunConfig config) => config switch
    {
        { Nodes: NodeSet.Resolver { Name: var name } } when services.GetKeyedService<INodeResolver>(name) is null =>
            $"no node resolver is registered as '{name}', so the function has no nodes",
        { ChooseNodeMode: ChooseNodeMode.Custom { Name: var name } } when services.GetKeyedService<INodeSelector>(name) is null =>
            $"no node selector is registered as '{name}', so the node is chosen at random",
        _ => null,
    };
}
