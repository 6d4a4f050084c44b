using GenApi.Gateway.Storage;

namespace GenApi.Gateway.Configs.Pull;

/// <summary>Adds pulls to the gateway.</summary>
internal static class PullRegistration
{
    public static IServiceCollection AddPull(this IServiceCollection services, bool redis) => services
        .AddStored<IPullStore, MemoryPullStore, RedisPullStore>(redis)
        .AddSingleton<PullRegister>()
        .AddSingleton<PullClient>()
        .AddSingleton<ConfigPuller>()
        .AddHostedService(provider => provider.GetRequiredService<ConfigPuller>());
}
