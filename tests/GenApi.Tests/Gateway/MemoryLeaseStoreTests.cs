using GenApi.Gateway.Nodes;
using GenApi.Protocol.Configs;

namespace GenApi.Tests.Gateway;

public sealed class MemoryLeaseStoreTests
{
    private static readonly TimeSpan Expiry = TimeSpan.FromSeconds(15);

    private readonly ManualTime _time = new();
    private readonly MemoryLeaseStore _leases;

    public MemoryLeaseStoreTests() => _leases = new MemoryLeaseStore(_time);

    private static CancellationToken Ended => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_lease_ends_at_its_expiry_and_not_before()
    {
        await _leases.PutAsync(Lease("n1"), Expiry, Ended);
        _time.Advance(Expiry - TimeSpan.FromTicks(1));
        Assert.Single(await _leases.LoadAsync(Ended));
        _time.Advance(TimeSpan.FromTicks(1));
        Assert.Empty(await _leases.LoadAsync(Ended));
    }

    [Fact]
    public async Task A_renewed_lease_lasts_on()
    {
        await _leases.PutAsync(Lease("n1"), Expiry, Ended);
        for (var i = 0; i < 5; i++)
        {
            _time.Advance(TimeSpan.FromSeconds(10));
            Assert.True(await RenewAsync("n1"));
        }

        Assert.Single(await _leases.LoadAsync(Ended));
    }

    [Fact]
    public async Task A_lease_that_has_ended_cannot_be_renewed()
    {
        await _leases.PutAsync(Lease("n1"), Expiry, Ended);
        _time.Advance(Expiry);

        Assert.False(await RenewAsync("n1"));
    }

    [Fact]
    public async Task Only_the_very_node_with_the_very_version_renews()
    {
        await _leases.PutAsync(Lease("n1"), Expiry, Ended);

        Assert.False(await RenewAsync("n2"));
        Assert.False(await RenewAsync("n1", version: "2"));
        Assert.False(await RenewAsync("n1", address: "http://b:1"));
        Assert.False(await _leases.RenewAsync("bank", new NodeIdentity("n1", "http://a:1"), "1", Expiry, Ended));
        Assert.True(await RenewAsync("n1"));
    }

    [Fact]
    public async Task A_node_restarted_at_the_same_address_takes_the_place_of_the_old()
    {
        await _leases.PutAsync(Lease("n1"), Expiry, Ended);
        await _leases.PutAsync(Lease("n2"), Expiry, Ended);
        await _leases.RemoveAsync("shop", new NodeIdentity("n1", "http://a:1"), Ended);

        Assert.Equal("n2", Assert.Single(await _leases.LoadAsync(Ended)).Node.Id);
        Assert.False(await RenewAsync("n1"));
    }

    [Fact]
    public async Task A_node_that_leaves_is_gone_at_once()
    {
        await _leases.PutAsync(Lease("n1"), Expiry, Ended);
        await _leases.PutAsync(Lease("n2", "http://b:1"), Expiry, Ended);
        await _leases.RemoveAsync("shop", new NodeIdentity("n1", "http://a:1"), Ended);

        Assert.Equal("n2", Assert.Single(await _leases.LoadAsync(Ended)).Node.Id);
    }

    private Task<bool> RenewAsync(string id, string version = "1", string address = "http://a:1") =>
        _leases.RenewAsync("shop", new NodeIdentity(id, address), version, Expiry, Ended);

    private static NodeLease Lease(string id, string address = "http://a:1") =>
        new("shop", new NodeIdentity(id, address), "1", new HashSet<FunctionKey> { new("shop", "get", null) });
}
