using GenApi.Gateway.Calls.Modes;
using GenApi.Gateway.Diagnostics.Caches;
using GenApi.Gateway.Diagnostics.Cluster;
using GenApi.Gateway.Diagnostics.Connections;
using GenApi.Gateway.Diagnostics.Debugging;
using GenApi.Gateway.Diagnostics.Debugging.Stacks;
using GenApi.Gateway.Diagnostics.Flows;
using GenApi.Gateway.Diagnostics.Health;
using GenApi.Gateway.Diagnostics.Health.Checks;
using GenApi.Gateway.Diagnostics.Statistics;
using GenApi.Gateway.Gateways;
using GenApi.Gateway.Storage;

namespace GenApi.Gateway.Diagnostics;

/// <summary>Adds diagnostics to a gateway.</summary>
internal static class DiagnosticsRegistration
{
    /// <param name="services">The gateway's services.</param>
    /// <param name="redis">Whether gateways share their state in Redis.</param>
    public static IServiceCollection AddDiagnostics(this IServiceCollection services, bool redis)
    {
        services.AddSingleton<IComponentCheck, ConfigCacheCheck>();
        services.AddSingleton<IComponentCheck, ServiceCheck>();
        services.AddSingleton<IComponentCheck, PullerCheck>();
        services.AddSingleton<IComponentCheck, RateLimiterCheck>();
        services.AddSingleton<IComponentCheck>(provider => new PoolCheck(provider.GetRequiredService<WorkerPools>().Async));
        services.AddSingleton<IComponentCheck>(provider => new PoolCheck(provider.GetRequiredService<WorkerPools>().Stream));
        services.AddSingleton<IComponentCheck, BreakerCheck>();
        services.AddSingleton<IComponentCheck, RelayCheck>();
        services.AddSingleton<IComponentCheck, RedisCheck>();
        services.AddSingleton<IComponentCheck, BackgroundCheck>();
        services.AddSingleton<HealthReporter>();
        services.AddHealthChecks().AddCheck<GatewayHealthCheck>("genapi");

        services.AddSingleton<ConnectionTable>();
        services.AddSingleton<CacheReporter>();
        services.AddSingleton<StatisticsReporter>();
        services.AddSingleton<StackSampler>();
        services.AddSingleton<DebugReporter>();
        services.AddSingleton<FlowReporter>();
        services.AddSingleton<RequestInspector>();
        services.AddStored<IGatewayFigureStore, MemoryGatewayFigureStore, RedisGatewayFigureStore>(redis);
        services.AddSingleton<GatewayPlace>();
        services.AddSingleton<OwnFigures>();
        services.AddSingleton<ClusterReporter>();
        services.AddHostedService<GatewayFigureTeller>();
        services.AddSingleton<Reconciliation>();
        services.AddSingleton<IGatewayDiagnostics, GatewayDiagnostics>();
        return services;
    }
}
