namespace GenApi.Gateway.Diagnostics.Health.Checks;

/// <summary>What runs in the background for as long as the gateway does: leases, links, notices, pulls (the seed's processes).</summary>
internal sealed class BackgroundCheck(IServiceProvider services) : IComponentCheck
{
    /// <summary>Found at the first look: some of the services are made from what this is part of.</summary>
    private readonly Lazy<BackgroundService[]> _services = new(() => [.. services.GetServices<IHostedService>().OfType<BackgroundService>()]);

    public string Name => "background";

    public ComponentHealth Check()
    {
        // Some have nothing to do here, or one thing at the start.
        var all = _services.Value.Where(service => service.ExecuteTask is { IsCompletedSuccessfully: false }).ToList();
        var down = all.Where(service => service.ExecuteTask is { IsFaulted: true }).Select(service => service.GetType().Name).Order(StringComparer.Ordinal).ToList();
        return ComponentHealth.Of(
            [new("services", all.Count), new("running", all.Count(service => service.ExecuteTask is { IsCompleted: false }))],
            (HealthState.Error, down.Count == 0 ? null : $"Down: {string.Join(", ", down)}. The log says why; the gateway must be restarted."));
    }
}
