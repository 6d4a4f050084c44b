using GenApi.Gateway.Nodes;

namespace GenApi.Gateway.Diagnostics.Health.Checks;

/// <summary>The breakers of the nodes.</summary>
internal sealed class BreakerCheck(NodeDirectory directory) : IComponentCheck
{
    public string Name => "breakers";

    public ComponentHealth Check()
    {
        var nodes = directory.Current.Endpoints.Values;
        var open = nodes.Where(node => node.Breaker.State != BreakerState.Closed).Select(node => node.Address).Order(StringComparer.Ordinal).ToList();
        return ComponentHealth.Of(
            [new("breakers", nodes.Length), new("not_closed", open.Count)],
            (HealthState.Degraded, open.Count == 0 ? null : $"Calls fail at {string.Join(", ", open)}, so the breaker lets none or few through."));
    }
}
