using GenApi.Gateway.Tests.Cluster;
using Microsoft.Extensions.DependencyInjection;

namespace GenApi.Gateway.Tests.Routes;

/// <summary>One gateway and two nodes with routes, for tests that leave them as they were.</summary>
public sealed class RouteCluster : IAsyncLifetime
{
    internal TestCluster Cluster { get; private set; } = null!;

    /// <summary>The user alice, without roles.</summary>
    internal RouteClient Alice { get; private set; } = null!;

    /// <summary>A cluster whose nodes have <see cref="TestRoutes"/>.</summary>
    internal static Task<TestCluster> StartAsync(IReadOnlyDictionary<string, string?> gatewaySettings, params string[] nodes) =>
        TestCluster.StartAsync(new TestClusterOptions
        {
            Nodes = nodes,
            GatewaySettings = gatewaySettings,
            MapNode = TestRoutes.Map,
            ConfigureGateway = builder => builder.Services.AddAuthorizationBuilder().AddPolicy("adults", policy => policy.RequireRole("adult")),
        });

    public async ValueTask InitializeAsync()
    {
        Cluster = await StartAsync(new Dictionary<string, string?>(), "a", "b");
        Alice = await RouteClient.AsAsync(Cluster, "alice");
    }

    public async ValueTask DisposeAsync()
    {
        Alice.Dispose();
        await Cluster.DisposeAsync();
    }
}
