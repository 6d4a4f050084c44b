using System.Collections.Concurrent;
using GenApi.Gateway;
using GenApi.Gateway.Diagnostics.Cluster;
using GenApi.Gateway.Diagnostics.Health;
using GenApi.Gateway.Entry.Admin.Forwarding;
using GenApi.Gateway.Gateways;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace GenApi.Tests.Gateway;

/// <summary>How a gateway finds the one that a request names.</summary>
public sealed class GatewayAddressBookTests
{
    [Fact]
    public async Task Once_all_are_known_a_gateway_that_is_named_by_its_id_alone_is_looked_up()
    {
        var figures = new Figures();
        var book = Book(figures);
        await book.FindAsync("b", TestContext.Current.CancellationToken);
        Assert.Equal(["b", "c"], figures.Asked.Order());

        figures.Asked.Clear();
        var (gateway, fault) = await book.FindAsync("b", TestContext.Current.CancellationToken);
        Assert.Null(fault);
        Assert.Equal(new GatewayEntry("b", "instance-b", "http://b:1", 0), gateway);
        Assert.Equal(["b"], figures.Asked);
    }

    [Fact]
    public async Task By_its_instance_id_it_is_found_among_all()
    {
        var figures = new Figures();
        var (gateway, _) = await Book(figures).FindAsync("instance-b", TestContext.Current.CancellationToken);

        Assert.Equal("b", gateway?.Id);
        Assert.Equal(["b", "c"], figures.Asked.Order());
    }

    private static GatewayAddressBook Book(IGatewayFigureStore figures)
    {
        var options = Options.Create(new GenApiGatewayOptions { GatewayId = "a" });
        var place = new GatewayPlace(new ConfigurationBuilder().Build(), new ServiceCollection().BuildServiceProvider(), options);
        return new GatewayAddressBook(new GatewayIdentity(options), place, new Registry(), figures, TimeProvider.System);
    }

    private sealed class Registry : IGatewayRegistry
    {
        public Task<IReadOnlyList<GatewayMember>> LiveAsync(CancellationToken cancellationToken) =>
            Task.FromResult<IReadOnlyList<GatewayMember>>([new("c", DateTimeOffset.MaxValue), new("b", DateTimeOffset.MaxValue), new("a", DateTimeOffset.MaxValue)]);

        public Task RenewAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task LeaveAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }

    private sealed class Figures : IGatewayFigureStore
    {
        public ConcurrentQueue<string> Asked { get; } = new();

        public Task PutAsync(GatewayFigures figures, CancellationToken cancellationToken) => Task.CompletedTask;

        public Task<GatewayFigures?> FindAsync(string gateway, CancellationToken cancellationToken)
        {
            Asked.Enqueue(gateway);
            return Task.FromResult<GatewayFigures?>(new GatewayFigures
            {
                Gateway = gateway,
                InstanceId = $"instance-{gateway}",
                Address = $"http://{gateway}:1",
                AtMs = 0,
                Status = HealthState.Ok,
                UptimeMs = 0,
                MemoryBytes = 0,
                Calls = 0,
                Failures = 0,
                CallsPerSecond = 0,
                InFlight = 0,
                Connections = 0,
                Streams = 0,
                Functions = 0,
                Nodes = 0,
                ReachableNodes = 0,
            });
        }
    }
}
