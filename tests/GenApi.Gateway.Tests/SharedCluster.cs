using GenApi.Gateway.Tests.Clients;
using GenApi.Gateway.Tests.Cluster;

namespace GenApi.Gateway.Tests;

/// <summary>One gateway with two nodes, for tests that leave them as they were.</summary>
public sealed class SharedCluster : IAsyncLifetime
{
    internal TestCluster Cluster { get; private set; } = null!;

    /// <summary>A token of the user alice, without roles.</summary>
    internal string Alice { get; private set; } = "";

    public async ValueTask InitializeAsync()
    {
        Cluster = await TestCluster.StartAsync("a", "b");
        Alice = await Cluster.Api.TokenAsync("alice");
    }

    public ValueTask DisposeAsync() => Cluster.DisposeAsync();

    internal Task<HubClient> HubAsync() => HubClient.ConnectAsync(Cluster, Alice);

    internal Task<Answer> CallAsync(string function, string args = "{}", string? version = null) =>
        Cluster.Api.CallAsync(TestFunctions.Service, function, args, Alice, version);
}
