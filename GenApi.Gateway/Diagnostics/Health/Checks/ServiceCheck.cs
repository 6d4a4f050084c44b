using GenApi.Gateway.Configs;
using GenApi.Gateway.Nodes;

namespace GenApi.Gateway.Diagnostics.Health.Checks;

/// <summary>
/// Whether the functions that clients may call can be called: asks for each what a call without a version would ask. Old versions that
/// no node has any more are nobody's loss, as long as the newest one is served.
/// </summary>
internal sealed class ServiceCheck(ConfigCatalog catalog, NodeDirectory directory) : IComponentCheck
{
    public string Name => "services";

    public ComponentHealth Check()
    {
        var services = 0;
        var without = 0;
        var lost = new List<string>();
        var partly = new List<string>();
        foreach (var service in catalog.Current.Services.Values)
        {
            var functions = service.Defaults.ToList();
            var unreachable = functions.Where(function => !directory.Serves(function)).Select(function => function.Config.Key.ToString()).ToList();
            services += functions.Count > 0 ? 1 : 0;
            without += unreachable.Count;
            if (unreachable.Count > 0 && unreachable.Count == functions.Count)
            {
                lost.Add(service.Name);
            }
            else
            {
                partly.AddRange(unreachable);
            }
        }

        return ComponentHealth.Of(
            [new("services", services), new("unreachable_services", lost.Count), new("unreachable_functions", without)],
            (HealthState.Degraded, lost.Count + partly.Count == 0 ? null : string.Join(' ', Reasons(lost, partly))));
    }

    private static IEnumerable<string> Reasons(List<string> lost, List<string> partly)
    {
        if (lost.Count > 0)
        {
            yield return $"No node of {NameList.Of(lost)} can be reached, so all calls of {(lost.Count == 1 ? "this service" : "these services")} are refused.";
        }

        if (partly.Count > 0)
        {
            yield return $"No node that has {NameList.Of(partly)} can be reached, so calls of {(partly.Count == 1 ? "this function" : "these functions")} are refused.";
        }

        yield return "Start the nodes, or disable or delete the functions if they are not to be called any more.";
    }
}
