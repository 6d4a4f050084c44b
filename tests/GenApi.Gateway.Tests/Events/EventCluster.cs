using GenApi.Gateway.Tests.Cluster;

namespace GenApi.Gateway.Tests.Events;

/// <summary>A cluster with <see cref="EventFunctions"/>, for the tests of a class.</summary>
public sealed class EventCluster : IAsyncLifetime
{
    internal TestCluster Cluster { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Cluster = await StartAsync();

    public ValueTask DisposeAsync() => Cluster.DisposeAsync();

    /// <summary>Starts one for a single test.</summary>
    internal static Task<TestCluster> StartAsync(Dictionary<string, string?>? settings = null) => TestCluster.StartAsync(new TestClusterOptions
    {
        Nodes = ["a", "b"],
        GatewaySettings = settings ?? [],
        MoreFunctions = EventFunctions.Map,
        ConfigureGateway = EventFunctions.AddHooks,
    });

    /// <summary>Calls with a request id of its own, and answers that.</summary>
    internal static async Task<string> CallAsync(TestCluster cluster, string function, string args, string? version = null)
    {
        var id = Guid.NewGuid().ToString("N");
        await cluster.Api.CallAsync(TestFunctions.Service, function, args, await cluster.Api.TokenAsync("alice"), version, request => request.Headers.Add("X-Request-Id", id));
        return id;
    }
}
