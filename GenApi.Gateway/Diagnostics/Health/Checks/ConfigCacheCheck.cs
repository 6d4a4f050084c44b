using GenApi.Gateway.Configs;

namespace GenApi.Gateway.Diagnostics.Health.Checks;

/// <summary>The functions that this gateway knows. One that has never read them is of no use yet.</summary>
internal sealed class ConfigCacheCheck(ConfigCatalog catalog) : IComponentCheck
{
    public string Name => "config_cache";

    public ComponentHealth Check()
    {
        var now = catalog.Current;
        var functions = now.Services.Values.SelectMany(service => service.Functions).ToList();
        return ComponentHealth.Of(
            [
                new("services", now.Services.Count),
                new("functions", functions.Count),
                new("disabled_functions", functions.Count(function => function.Config.Disabled)),
            ],
            (HealthState.Error, catalog.IsLoaded ? null : "The configs have never been read: Redis has been away since this gateway started."));
    }
}
