using GenApi.Gateway.Relay;
using GenApi.Gateway.Storage;
using GenApi.Gateway.Tests.Storage;
using GenApi.Testing.Redis;

namespace GenApi.Gateway.Tests.Relay;

/// <summary>What becomes of groups when Redis or a gateway is lost.</summary>
public sealed class GroupLossTests : IAsyncLifetime
{
    private readonly List<RelayHost> _hosts = [];
    private RedisServer _redis = null!;

    public async ValueTask InitializeAsync()
    {
        if (RedisServer.Missing is null)
        {
            _redis = await RedisServer.StartAsync();
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var host in _hosts)
        {
            await host.DisposeAsync();
        }

        await (_redis?.DisposeAsync() ?? ValueTask.CompletedTask);
    }

    [RedisFact]
    public async Task While_Redis_is_away_groups_answer_unavailable_and_afterwards_all_is_as_before()
    {
        var (a, b) = (await StartAsync("a"), await StartAsync("b"));
        var (ann, bob) = (a.Connect("ann"), b.Connect("bob"));
        await a.Relay.CreateAsync("g", GroupType.Public, "ann", Wait.Ended);
        await b.Relay.JoinAsync("g", "bob", Wait.Ended);
        await _redis.KillAsync();
        await Wait.UntilAsync(async () => await UnavailableAsync(a) && await UnavailableAsync(b));
        var cid = b.Connect("cid");

        await _redis.StartAgainAsync();
        await Wait.UntilAsync(async () => !await UnavailableAsync(a) && !await UnavailableAsync(b));
        Assert.Equal("ann:admin bob:active", await a.MembersAsync("g"));
        await b.Relay.JoinAsync("g", "cid", Wait.Ended);

        // Subscriptions come back a moment later than commands.
        await Wait.UntilAsync(async () =>
        {
            await GroupTests.SendAsync(a, "g", "ann", "hello");
            return ann.Sink.Texts.Count > 0 && bob.Sink.Texts.Count > 0 && cid.Sink.Texts.Count > 0;
        });
    }

    [RedisFact]
    public async Task A_Redis_that_comes_back_empty_gets_its_groups_back()
    {
        var (a, b) = (await StartAsync("a"), await StartAsync("b"));
        var (ann, bob) = (a.Connect("ann"), b.Connect("bob"));
        b.Connect("cid");
        await a.Relay.CreateAsync("g", GroupType.StrictPrivate, "ann", Wait.Ended);
        await b.Relay.JoinAsync("g", "bob", Wait.Ended);
        await b.Relay.JoinAsync("g", "cid", Wait.Ended);
        await a.Relay.AcceptAsync("g", "ann", "bob", Wait.Ended);
        await a.Relay.MuteAsync("g", "ann", "bob", Wait.Ended);
        const string members = "ann:admin bob:muted cid:pending";
        await Wait.UntilAsync(() => new[] { a, b }.All(host => host.Get<GroupFeeds>().Known.Any(group => group.Find("bob")?.State == MemberState.Muted)));

        await _redis.KillAsync();
        await Wait.UntilAsync(async () => await UnavailableAsync(a) && await UnavailableAsync(b));
        await _redis.StartAgainAsync(empty: true);
        await Wait.UntilAsync(async () => await MembersOrNothingAsync(a) == members && await MembersOrNothingAsync(b) == members);

        await Wait.UntilAsync(async () =>
        {
            await GroupTests.SendAsync(a, "g", "ann", "hello");
            return ann.Sink.Texts.Count > 0 && bob.Sink.Texts.Count > 0;
        });
        Assert.Equal("You are muted and cannot send messages", await GroupTests.RefusedAsync(GroupTests.SendAsync(b, "g", "bob", "hello")));
    }

    [RedisFact]
    public async Task A_gateway_whose_lease_ends_loses_its_members_at_once_and_those_at_others_too_stay()
    {
        var b = await StartAsync("b", settings: ("GracePeriod", "00:10:00"));

        // A gateway that does not renew: its loops are held up by a clock that stands.
        var a = await StartAsync("a", new ManualTimers());
        a.Connect("ann");
        a.Connect("bob");
        var ann = b.Connect("ann");
        await a.Relay.CreateAsync("g", GroupType.Private, "ann", Wait.Ended);
        await a.Relay.JoinAsync("g", "bob", Wait.Ended);
        await Wait.UntilAsync(async () => await b.Get<RedisGroupStore>().IsHereAsync("g", Wait.Ended));
        await Wait.UntilAsync(async () => await _redis.SendAsync("HEXISTS genapi:relay:gateways a") == ":1");
        await GroupTests.SendAsync(b, "g", "ann", "before");
        await Wait.UntilAsync(() => ann.Sink.Texts.Count == 1);

        // Its lease's end, before the eyes of the other gateway.
        await Wait.UntilAsync(() => b.Get<GatewaySweep>().HasSeen("a"));
        await _redis.SendAsync("ZREM genapi:gateways a");
        await Wait.UntilAsync(async () => await b.MembersAsync("g") == "ann:admin");
        await Wait.UntilAsync(async () => await _redis.SendAsync("HEXISTS genapi:relay:gateways a") == ":0");
        await GroupTests.SendAsync(b, "g", "ann", "after");
        await Wait.UntilAsync(() => ann.Sink.Texts.Count == 2);
    }

    private async Task<RelayHost> StartAsync(string id, ManualTimers? clock = null, params (string Name, string Value)[] settings)
    {
        var host = await RelayHost.StartAsync(_redis.ConnectionString, clock, id, settings);
        _hosts.Add(host);
        return host;
    }

    private static async Task<string> MembersOrNothingAsync(RelayHost host)
    {
        try
        {
            return await host.MembersAsync("g");
        }
        catch (StorageUnavailableException)
        {
            return "away";
        }
    }

    private static async Task<bool> UnavailableAsync(RelayHost host)
    {
        try
        {
            await host.InfoAsync("none", "ann");
            return false;
        }
        catch (RelayException error)
        {
            return error.Error.Code.Name == "unavailable";
        }
    }
}
