using GenApi.Gateway.Gateways;
using GenApi.Gateway.Nodes;
using Microsoft.Extensions.Options;

namespace GenApi.Gateway.Diagnostics.Health;

/// <summary>Finds out how well this gateway is, from what it knows itself.</summary>
internal sealed class HealthReporter(
    GatewayIdentity identity, NodeDirectory directory, IEnumerable<IComponentCheck> checks, IOptions<GenApiGatewayOptions> options, TimeProvider time)
{
    private readonly IComponentCheck[] _checks = [.. checks];

    /// <param name="maxMemoryBytes">The memory above which the process is degraded; null: what the settings say.</param>
    public HealthReport Report(long? maxMemoryBytes)
    {
        var runtime = Runtime(maxMemoryBytes ?? options.Value.Health.MaxMemoryBytes);
        var node = Node();
        var components = Components();
        return new HealthReport(
            Worst(runtime.Status, node.Status, components.Status),
            identity.Id,
            time.GetUtcNow().ToUnixTimeMilliseconds(),
            new HealthChecks(runtime, node, components));
    }

    private static HealthState Worst(params IEnumerable<HealthState> states) => states.DefaultIfEmpty().Max();

    private RuntimeHealth Runtime(long? maxMemoryBytes)
    {
        var figures = RuntimeFigures.Read(time);
        var reason = figures.Memory.TotalBytes > maxMemoryBytes
            ? $"The process takes {figures.Memory.TotalBytes} bytes of memory, more than {maxMemoryBytes}."
            : null;
        return new(reason is null ? HealthState.Ok : HealthState.Degraded, reason, maxMemoryBytes, figures);
    }

    private NodeHealth Node()
    {
        var nodes = directory.Current.Endpoints.Values.OrderBy(node => node.Address, StringComparer.Ordinal).ToLookup(node => node.IsReachable, node => node.Address);
        string[] unreachable = [.. nodes[false]];
        var reason = unreachable.Length == 0 ? null : $"{unreachable.Length} of {unreachable.Length + nodes[true].Count()} nodes cannot be reached: {NameList.Of(unreachable)}.";
        return new(reason is null ? HealthState.Ok : HealthState.Degraded, reason, identity.Id, Alive: true, [.. nodes[true]], unreachable);
    }

    private GenApiHealth Components()
    {
        var found = _checks.ToDictionary(check => check.Name, check => check.Check());
        return new(Worst(found.Values.Select(check => check.Status)), "gateway", found);
    }
}
