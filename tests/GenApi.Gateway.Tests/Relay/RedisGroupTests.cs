using GenApi.Gateway.Relay;
using GenApi.Testing.Redis;

namespace GenApi.Gateway.Tests.Relay;

/// <summary>Groups in Redis, and what is theirs alone: several gateways.</summary>
public class RedisGroupTests : GroupTests
{
    private RedisServer? _server;

    public override async ValueTask InitializeAsync()
    {
        Assert.SkipWhen(RedisServer.Missing is not null, RedisServer.Missing ?? "");
        Redis = await StartRedisAsync();
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        await StopRedisAsync();
        GC.SuppressFinalize(this);
    }

    private protected virtual async Task<string> StartRedisAsync() => (_server = await RedisServer.StartAsync()).ConnectionString;

    private protected virtual ValueTask StopRedisAsync() => _server?.DisposeAsync() ?? ValueTask.CompletedTask;

    [Fact]
    public async Task Connections_of_a_user_to_other_gateways_get_messages_whichever_joined()
    {
        var (a, b) = (await StartAsync(id: "a"), await StartAsync(id: "b"));
        var (here, there) = (a.Connect("bob"), b.Connect("bob"));
        await a.Relay.CreateAsync("g", GroupType.Public, "bob", Wait.Ended);

        // The other gateway hears of it in its own time.
        await Wait.UntilAsync(async () => await b.Get<RedisGroupStore>().IsHereAsync("g", Wait.Ended));
        await SendAsync(b, "g", "bob", "hello");
        await Wait.UntilAsync(() => here.Sink.Texts.Count == 1 && there.Sink.Texts.Count == 1);
        Assert.Equal("bob:admin", await b.MembersAsync("g"));
    }

    [Fact]
    public async Task A_user_who_comes_back_by_another_gateway_is_still_a_member_there()
    {
        var clock = new ManualTimers();
        var (a, b) = (await StartAsync(clock, "a"), await StartAsync(clock, "b"));
        var (ann, bob) = (a.Connect("ann"), a.Connect("bob"));
        await a.Relay.CreateAsync("g", GroupType.Private, "ann", Wait.Ended);
        await a.Relay.JoinAsync("g", "bob", Wait.Ended);
        await a.Relay.AcceptAsync("g", "ann", "bob", Wait.Ended);

        a.Disconnect(bob.Connection);
        var again = b.Connect("bob");
        await clock.UntilAsync(async () => await b.Get<RedisGroupStore>().IsHereAsync("g", Wait.Ended));
        clock.Advance(Grace);
        await clock.UntilAsync(() => !a.Get<RelayUsers>().IsKnown("bob"));
        await SendAsync(a, "g", "ann", "hello");
        await clock.UntilAsync(() => again.Sink.Texts.Count == 1 && ann.Sink.Texts.Count == 1);
        Assert.Equal("ann:admin bob:active", await a.MembersAsync("g"));
        Assert.Empty(bob.Sink.Texts);
    }

    [Fact]
    public async Task A_change_by_one_gateway_holds_for_the_next_message_at_another()
    {
        var (a, b) = (await StartAsync(id: "a"), await StartAsync(id: "b"));
        var (ann, bob) = (a.Connect("ann"), b.Connect("bob"));
        await a.Relay.CreateAsync("g", GroupType.Private, "ann", Wait.Ended);
        await b.Relay.JoinAsync("g", "bob", Wait.Ended);
        for (var round = 0; round < 20; round++)
        {
            await SendAsync(a, "g", "ann", $"before {round}");
            await a.Relay.AcceptAsync("g", "ann", "bob", Wait.Ended);
            await SendAsync(a, "g", "ann", $"after {round}");
            await Wait.UntilAsync(() => bob.Sink.Texts.Contains($"after {round}"));
            await b.Relay.LeaveAsync("g", "bob", Wait.Ended);
            await b.Relay.JoinAsync("g", "bob", Wait.Ended);
        }

        await Wait.UntilAsync(() => ann.Sink.Texts.Count == 40);
        Assert.Equal(Enumerable.Range(0, 20).Select(round => $"after {round}"), bob.Sink.Texts);
    }

    [Fact]
    public async Task A_gateway_that_stops_and_starts_again_finds_its_members()
    {
        var clock = new ManualTimers();
        var first = await StartAsync(clock, "a");
        first.Connect("ann");
        first.Connect("bob");
        await first.Relay.CreateAsync("g", GroupType.Private, "ann", Wait.Ended);
        await first.Relay.JoinAsync("g", "bob", Wait.Ended);
        await first.StopAsync();

        var second = await StartAsync(clock, "a");
        Assert.Equal("ann:admin bob:pending", await second.MembersAsync("g"));
        var ann = second.Connect("ann");
        await clock.UntilAsync(() => second.Get<RelayUsers>().IsKnown("bob"));
        await SendAsync(second, "g", "ann", "hello");
        await clock.UntilAsync(() => ann.Sink.Texts.Count == 1);

        // Who does not come back leaves.
        clock.Advance(Grace);
        await clock.UntilAsync(async () => await second.MembersAsync("g") == "ann:admin");
    }

    [Fact]
    public async Task Members_of_a_gateway_that_stopped_have_the_grace_period_to_come_back_by_another()
    {
        var clock = new ManualTimers();
        var first = await StartAsync(clock, "a");
        var second = await StartAsync(clock, "b");
        foreach (var user in (string[])["ann", "bob"])
        {
            first.Connect(user);
        }

        await first.Relay.CreateAsync("g", GroupType.Private, "ann", Wait.Ended);
        await first.Relay.JoinAsync("g", "bob", Wait.Ended);
        await SeenAliveAsync(second, clock);
        await first.StopAsync();
        await SeenAliveAsync(second, clock);
        Assert.Equal("ann:admin bob:pending", await second.MembersAsync("g"));

        var ann = second.Connect("ann");
        await clock.UntilAsync(async () => await second.Get<RedisGroupStore>().IsHereAsync("g", Wait.Ended));
        clock.Advance(Grace);
        await clock.UntilAsync(async () => await second.MembersAsync("g") == "ann:admin");
        await SendAsync(second, "g", "ann", "hello");
        await clock.UntilAsync(() => ann.Sink.Texts.Count == 1);
    }

    /// <summary>Lets the gateway look at the others a few times.</summary>
    private static async Task SeenAliveAsync(RelayHost host, ManualTimers clock)
    {
        for (var look = 0; look < 5; look++)
        {
            clock.Advance(TimeSpan.FromMilliseconds(50));
            await host.MembersAsync("g");
        }
    }
}

/// <summary>The same on a cluster of three masters.</summary>
public sealed class RedisClusterGroupTests : RedisGroupTests
{
    private RedisCluster? _cluster;

    private protected override async Task<string> StartRedisAsync() => (_cluster = await RedisCluster.StartAsync()).ConnectionString;

    private protected override ValueTask StopRedisAsync() => _cluster?.DisposeAsync() ?? ValueTask.CompletedTask;
}
