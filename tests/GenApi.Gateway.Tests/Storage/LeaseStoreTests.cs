using GenApi.Gateway.Nodes;
using GenApi.Protocol.Configs;
using GenApi.Testing.Redis;
using Microsoft.Extensions.DependencyInjection;

namespace GenApi.Gateway.Tests.Storage;

/// <summary>Leases in Redis. Those in memory have tests of their own, where time is moved by hand.</summary>
public sealed class LeaseStoreTests
{
    private static readonly TimeSpan Long = TimeSpan.FromMinutes(5);
    private static readonly NodeIdentity First = new("n1", "http://a:1");
    private static readonly NodeIdentity Second = new("n2", "http://b:1");

    [RedisTheory]
    [OnEveryRedis]
    public async Task A_lease_is_known_at_every_gateway_until_it_is_ended(StoreKind kind)
    {
        await using var services = await StoreServices.StartAsync(kind);
        var (here, there) = (Store(services), Store(services));
        await here.PutAsync(Lease(First), Long, Wait.Ended);
        await there.PutAsync(Lease(Second), Long, Wait.Ended);

        var found = await there.LoadAsync(Wait.Ended);
        Assert.Equal([First, Second], found.Select(lease => lease.Node).OrderBy(node => node.Id));
        Assert.All(found, lease => Assert.Equal([new FunctionKey("shop", "a", null), new FunctionKey("shop", "b", "2")], lease.Functions.OrderBy(key => key.RequestType)));
        Assert.All(found, lease => Assert.Equal(["GET /files/{name}"], lease.HttpRoutes));

        await there.RemoveAsync("shop", First, Wait.Ended);
        Assert.Equal([Second], (await here.LoadAsync(Wait.Ended)).Select(lease => lease.Node));
    }

    [RedisFact]
    public async Task Only_the_very_node_with_the_very_version_renews_and_removes()
    {
        await using var services = await StoreServices.StartAsync(StoreKind.Redis);
        var store = Store(services);
        await store.PutAsync(Lease(First), Long, Wait.Ended);

        Assert.False(await store.RenewAsync("shop", First with { Id = "n9" }, "1", Long, Wait.Ended));
        Assert.False(await store.RenewAsync("shop", First, "2", Long, Wait.Ended));
        Assert.False(await store.RenewAsync("shop", First with { Address = "http://c:1" }, "1", Long, Wait.Ended));
        Assert.False(await store.RenewAsync("bank", First, "1", Long, Wait.Ended));
        await store.RemoveAsync("shop", First with { Id = "n9" }, Wait.Ended);
        Assert.True(await store.RenewAsync("shop", First, "1", Long, Wait.Ended));
    }

    [RedisFact]
    public async Task A_lease_that_is_not_renewed_ends()
    {
        await using var services = await StoreServices.StartAsync(StoreKind.Redis);
        var store = Store(services);
        await store.PutAsync(Lease(First), TimeSpan.FromMilliseconds(100), Wait.Ended);
        await store.PutAsync(Lease(Second), TimeSpan.FromMilliseconds(100), Wait.Ended);
        Assert.True(await store.RenewAsync("shop", Second, "1", Long, Wait.Ended));

        await Wait.UntilAsync(async () => (await store.LoadAsync(Wait.Ended)).Count == 1);
        Assert.Equal(Second, Assert.Single(await store.LoadAsync(Wait.Ended)).Node);
        Assert.False(await store.RenewAsync("shop", First, "1", Long, Wait.Ended));
    }

    [RedisFact]
    public async Task A_lease_that_has_not_changed_is_the_same_object()
    {
        await using var services = await StoreServices.StartAsync(StoreKind.Redis);
        var store = Store(services);
        await store.PutAsync(Lease(First), Long, Wait.Ended);
        var before = Assert.Single(await store.LoadAsync(Wait.Ended));
        await store.RenewAsync("shop", First, "1", Long, Wait.Ended);

        Assert.Same(before, Assert.Single(await store.LoadAsync(Wait.Ended)));
        await store.PutAsync(Lease(First with { Id = "n9" }), Long, Wait.Ended);
        Assert.Equal("n9", Assert.Single(await store.LoadAsync(Wait.Ended)).Node.Id);
    }

    /// <summary>They are put back by their nodes, which have not gone.</summary>
    [RedisFact]
    public async Task Leases_that_Redis_has_lost_are_good_for_one_more_expiry()
    {
        await using var server = await RedisServer.StartAsync();
        await using var services = StoreServices.On(server.ConnectionString);
        var store = Store(services, ("GenApi:Nodes:LeaseExpiry", "00:00:02"));
        await store.PutAsync(Lease(First), Long, Wait.Ended);
        await store.PutAsync(Lease(Second), Long, Wait.Ended);

        await server.KillAsync();
        await server.StartAgainAsync(empty: true);
        IReadOnlyList<NodeLease> found = [];
        await Wait.UntilAsync(async () =>
        {
            try
            {
                await store.PutAsync(Lease(Second with { Id = "n9" }), Long, Wait.Ended);
                found = await store.LoadAsync(Wait.Ended);
                return true;
            }
            catch (Gateway.Storage.StorageUnavailableException)
            {
                return false;
            }
        });

        Assert.Equal(["n1", "n9"], found.Select(lease => lease.Node.Id).Order());
        await Wait.UntilAsync(async () => (await store.LoadAsync(Wait.Ended)).Count == 1);
        Assert.Equal("n9", Assert.Single(await store.LoadAsync(Wait.Ended)).Node.Id);
    }

    private static ILeaseStore Store(StoreServices services, params (string, string)[] settings) =>
        services.Gateway(settings).GetRequiredService<ILeaseStore>();

    private static NodeLease Lease(NodeIdentity node) =>
        new("shop", node, "1", new HashSet<FunctionKey> { new("shop", "a", null), new("shop", "b", "2") }) { HttpRoutes = new HashSet<string> { "GET /files/{name}" } };
}
