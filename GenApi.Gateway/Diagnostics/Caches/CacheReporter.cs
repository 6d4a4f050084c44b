using GenApi.Gateway.Calls.Modes;
using GenApi.Gateway.Configs;
using GenApi.Gateway.Nodes;

namespace GenApi.Gateway.Diagnostics.Caches;

/// <summary>Looks into the config cache and the worker pools.</summary>
internal sealed class CacheReporter(ConfigCatalog catalog, NodeDirectory directory, WorkerPools pools)
{
    public CacheStatus Configs()
    {
        var nodes = directory.Current.Services;
        List<CachedService> services =
        [
            .. catalog.Current.Services.Values.OrderBy(service => service.Name, StringComparer.Ordinal).Select(service => new CachedService(
                service.Name,
                service.ConfigVersion,
                service.Stored.StoredAt.ToUnixTimeMilliseconds(),
                service.Functions.Count(),
                service.Functions.Count(function => function.Config.Disabled),
                service.Stored.HttpRoutes.Count,
                nodes.TryGetValue(service.Name, out var registrations) ? registrations.Length : 0)),
        ];
        return new(catalog.IsLoaded, services.Sum(service => service.Functions), services.Sum(service => service.Disabled), services);
    }

    public PoolStatus Pools() => new(Figures(pools.Async), Figures(pools.Stream));

    private static PoolFigures Figures(WorkerPool pool)
    {
        var running = pool.Running;
        return new(pool.Size, pool.Size - running, running, pool.Queued, pool.QueueLimit, pool.Breaker.State.Name);
    }
}
