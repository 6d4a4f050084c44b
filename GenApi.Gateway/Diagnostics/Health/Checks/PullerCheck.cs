using GenApi.Gateway.Configs.Pull;

namespace GenApi.Gateway.Diagnostics.Health.Checks;

/// <summary>The pulls of configs.</summary>
internal sealed class PullerCheck(ConfigPuller puller) : IComponentCheck
{
    public string Name => "config_puller";

    public ComponentHealth Check()
    {
        var services = puller.Known;
        var failing = services.Where(service => service.State.ConsecutiveFailures > 0).Select(service => service.Service).ToList();
        return ComponentHealth.Of(
            [new("services", services.Count), new("failing_services", failing.Count)],
            (HealthState.Degraded, failing.Count == 0 ? null : $"The configs of {NameList.Of(failing)} cannot be pulled."));
    }
}
