using GenApi.Gateway.Calls.Modes;
using GenApi.Gateway.Nodes;

namespace GenApi.Gateway.Diagnostics.Health.Checks;

/// <summary>All breakers: those of the nodes, that of this process as a node, and those of the pools.</summary>
internal sealed class BreakerCheck(NodeDirectory directory, WorkerPools pools) : IComponentCheck
{
    public string Name => "breakers";

    public ComponentHealth Check()
    {
        List<(string Of, CircuitBreaker Breaker)> breakers =
        [
            .. directory.Current.Endpoints.Values.Select(node => (node.Address, node.Breaker)),
            (directory.Local.Address, directory.Local.Breaker),
            ($"{pools.Async.Name} pool", pools.Async.Breaker),
            ($"{pools.Stream.Name} pool", pools.Stream.Breaker),
        ];
        var open = breakers.Where(breaker => breaker.Breaker.State != BreakerState.Closed).Select(breaker => breaker.Of).ToList();
        return ComponentHealth.Of(
            [new("breakers", breakers.Count), new("not_closed", open.Count)],
            (HealthState.Degraded, open.Count == 0 ? null : $"Calls fail at {NameList.Of(open)}, so the breaker lets none or few through."));
    }
}
