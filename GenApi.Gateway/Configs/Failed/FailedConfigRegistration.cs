using GenApi.Gateway.Storage;

namespace GenApi.Gateway.Configs.Failed;

/// <summary>Adds failed configs to the gateway.</summary>
internal static class FailedConfigRegistration
{
    public static IServiceCollection AddFailedConfigs(this IServiceCollection services, bool redis) => services
        .AddStored<IFailedConfigStore, MemoryFailedConfigStore, RedisFailedConfigStore>(redis)
        .AddSingleton<FailedConfigs>()
        .AddHostedService(provider => provider.GetRequiredService<FailedConfigs>());
}
