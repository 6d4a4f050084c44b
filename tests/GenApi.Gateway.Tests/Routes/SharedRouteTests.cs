using GenApi.Gateway.Tests.Cluster;
using GenApi.Gateway.Tests.Storage;
using GenApi.Testing.Redis;
using Microsoft.AspNetCore.Builder;

namespace GenApi.Gateway.Tests.Routes;

/// <summary>Routes of nodes that have pushed to another gateway.</summary>
public sealed class SharedRouteTests
{
    [RedisFact]
    public async Task A_route_pushed_to_one_gateway_is_served_by_the_other_and_after_a_restart_of_all()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var cluster = await TestCluster.StartAsync(new TestClusterOptions
        {
            Nodes = ["a"],
            GatewaySettings = new Dictionary<string, string?> { ["ConnectionStrings:redis"] = redis.ConnectionString, ["GenApi:Storage:ReconcileInterval"] = "00:00:00.5" },
            MapNode = (app, name, _) => app.MapGet("/node", () => name).WithGatewayRoute(),
        });
        var other = await cluster.StartAnotherGatewayAsync();
        await IsServedAsync(other);

        await cluster.RestartGatewayAsync();
        await IsServedAsync(cluster.Gateway);

        async Task IsServedAsync(TestApp gateway)
        {
            using var client = new RouteClient(gateway.Address, await cluster.ApiOf(gateway).TokenAsync("alice"));
            await Wait.UntilAsync(async () =>
            {
                using var response = await client.SendAsync(HttpMethod.Get, "/node");
                return response.IsSuccessStatusCode;
            });
            Assert.Equal("a", await client.GetAsync("/node"));
        }
    }
}
