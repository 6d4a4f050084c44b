using GenApi.Gateway.Storage;

namespace GenApi.Gateway.RateLimits;

/// <summary>The limiter's services.</summary>
internal static class RateLimitRegistration
{
    /// <param name="services">The gateway's services.</param>
    /// <param name="redis">Whether gateways share their state in Redis.</param>
    public static IServiceCollection AddRateLimits(this IServiceCollection services, bool redis)
    {
        services.AddSingleton<RateLimitTelemetry>();
        services.AddStored<IRateLimitOverrideStore, MemoryRateLimitOverrideStore, RedisRateLimitOverrideStore>(redis);
        services.AddSingleton<RateLimitBook>();
        services.AddSingleton<MemoryRateLimitCounters>();
        if (redis)
        {
            services.AddSingleton<IRateLimitCounters, RedisRateLimitCounters>();
        }
        else
        {
            services.AddSingleton<IRateLimitCounters>(provider => provider.GetRequiredService<MemoryRateLimitCounters>());
        }

        services.AddSingleton<RateLimitCleanup>();
        services.AddHostedService(provider => provider.GetRequiredService<RateLimitCleanup>());
        services.AddSingleton<RateLimiter>();
        services.AddSingleton<IRateLimits>(provider => provider.GetRequiredService<RateLimiter>());
        services.AddSingleton<RateLimitSync>();
        services.AddHostedService(provider => provider.GetRequiredService<RateLimitSync>());
        services.AddSingleton<RateLimitStep>();
        return services;
    }
}
