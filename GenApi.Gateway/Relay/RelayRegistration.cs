using GenApi.Gateway.Entry;
using Microsoft.AspNetCore.SignalR;
using Microsoft.Extensions.Options;

namespace GenApi.Gateway.Relay;

/// <summary>Adds groups to a gateway.</summary>
internal static class RelayRegistration
{
    /// <param name="services">The gateway's services.</param>
    /// <param name="redis">Whether gateways share their groups through Redis.</param>
    public static IServiceCollection AddRelay(this IServiceCollection services, bool redis)
    {
        if (redis)
        {
            services.AddSingleton<RedisGroupStore>();
            services.AddSingleton<IGroupStore>(provider => provider.GetRequiredService<RedisGroupStore>());
            services.AddSingleton<GatewaySweep>();
        }
        else
        {
            services.AddSingleton<IGroupStore, MemoryGroupStore>();
        }

        services.AddSingleton<RelayTelemetry>();
        services.AddSingleton<RelayUsers>();
        services.AddSingleton<GroupFeeds>();
        services.AddSingleton<RelayGroups>();
        services.AddSingleton<IRelay>(provider => provider.GetRequiredService<RelayGroups>());
        services.AddSingleton<RelayDoor>();
        services.AddSingleton<HubLifetimeManager<GenApiHub>, RelayHubLifetime>();
        services.AddSingleton(provider => RelayFunctions.Build(provider.GetRequiredService<IOptions<GenApiGatewayOptions>>().Value.Relay.Service, provider));
        services.AddHostedService<RelayService>();
        return services;
    }
}
