using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Yarp.ReverseProxy.Configuration;
using Yarp.ReverseProxy.LoadBalancing;

namespace GenApi.Cluster.Tests.Running;

/// <summary>What stands before several gateways: it leads one request to the first, the next to the second, and so on.</summary>
internal sealed class LoadBalancer : IAsyncDisposable
{
    private const string Gateways = "gateways";

    private static readonly RouteConfig[] Routes = [new() { RouteId = Gateways, ClusterId = Gateways, Match = new RouteMatch { Path = "{**all}" } }];

    private readonly InMemoryConfigProvider _config;
    private readonly TestApp _app;

    private LoadBalancer(InMemoryConfigProvider config, TestApp app)
    {
        _config = config;
        _app = app;
    }

    /// <summary>Its base address.</summary>
    public Uri Address => _app.Address;

    /// <summary>Starts it.</summary>
    public static async Task<LoadBalancer> StartAsync(params IEnumerable<Uri> gateways)
    {
        var config = new InMemoryConfigProvider(Routes, [Describe(gateways)]);
        return new LoadBalancer(config, await TestApp.StartAsync(
            [],
            builder => builder.Services.AddSingleton<IProxyConfigProvider>(config).AddReverseProxy(),
            app => app.MapReverseProxy()));
    }

    /// <summary>Leads to these gateways from now on.</summary>
    public void LeadTo(params IEnumerable<Uri> gateways) => _config.Update(Routes, [Describe(gateways)]);

    /// <inheritdoc />
    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private static ClusterConfig Describe(IEnumerable<Uri> gateways) => new()
    {
        ClusterId = Gateways,
        LoadBalancingPolicy = LoadBalancingPolicies.RoundRobin,
        Destinations = gateways.ToDictionary(gateway => gateway.ToString(), gateway => new DestinationConfig { Address = gateway.ToString() }),
    };
}
