using GenApi.Gateway.Relay;
using GenApi.Protocol.Json;

namespace GenApi.Gateway.Tests.Relay;

/// <summary>What groups do, wherever they are kept.</summary>
public abstract class GroupTests : IAsyncLifetime
{
    private protected static readonly TimeSpan Grace = TimeSpan.FromSeconds(15);

    private readonly List<RelayHost> _hosts = [];

    private protected string? Redis { get; set; }

    public virtual ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public virtual async ValueTask DisposeAsync()
    {
        foreach (var host in _hosts)
        {
            await host.DisposeAsync();
        }

        GC.SuppressFinalize(this);
    }

    private protected async Task<RelayHost> StartAsync(ManualTimers? clock = null, string? id = null, params (string Name, string Value)[] settings)
    {
        var host = await RelayHost.StartAsync(Redis, clock, id, settings);
        _hosts.Add(host);
        return host;
    }

    [Fact]
    public async Task A_message_has_group_sender_text_and_time_and_counts_its_recipients()
    {
        var host = await StartAsync();
        var received = new List<string>();
        host.Get<IGroupStore>().Noticed += notice => received.Add(new RawJson(notice.Message).ToString());
        await host.Relay.CreateAsync("g", GroupType.StrictPrivate, "ann", Wait.Ended);
        foreach (var user in (string[])["bob", "cid", "dan"])
        {
            await host.Relay.JoinAsync("g", user, Wait.Ended);
        }

        await host.Relay.AcceptAsync("g", "ann", "bob", Wait.Ended);
        await host.Relay.AcceptAsync("g", "ann", "cid", Wait.Ended);
        await host.Relay.MuteAsync("g", "ann", "cid", Wait.Ended);
        var answer = await host.Relay.RelayAsync("g", "ann", RawJson.FromString("""{"text":"Grüße","n":[1,2]}"""), Wait.Ended);

        Assert.Equal(new RelayedMessage("relayed", 3), answer);
        await Wait.UntilAsync(() => received.Exists(text => text.Length > 0));
        var message = System.Text.Json.JsonDocument.Parse(received.Find(text => text.Length > 0)!).RootElement;
        Assert.Equal(["group_id", "from_user_id", "message", "timestamp"], message.EnumerateObject().Select(member => member.Name));
        Assert.Equal(("g", "ann", """{"text":"Grüße","n":[1,2]}"""), (message.GetProperty("group_id").GetString(), message.GetProperty("from_user_id").GetString(), message.GetProperty("message").GetRawText()));
        Assert.True(message.GetProperty("timestamp").TryGetDateTimeOffset(out _));
    }

    [Fact]
    public async Task Joining_again_changes_nothing()
    {
        var host = await StartAsync();
        await host.Relay.CreateAsync("g", GroupType.StrictPrivate, "ann", Wait.Ended);
        await host.Relay.JoinAsync("g", "bob", Wait.Ended);
        await host.Relay.JoinAsync("g", "bob", Wait.Ended);
        Assert.Equal("ann:admin bob:pending", await host.MembersAsync("g"));

        await host.Relay.AcceptAsync("g", "ann", "bob", Wait.Ended);
        await host.Relay.MuteAsync("g", "ann", "bob", Wait.Ended);
        Assert.Equal(MemberState.Muted, (await host.Relay.JoinAsync("g", "bob", Wait.Ended)).State);
        Assert.Equal("ann:admin bob:muted", await host.MembersAsync("g"));
        Assert.Equal(2, (await host.Relay.RelayAsync("g", "ann", RawJson.FromString("1"), Wait.Ended)).RecipientsCount);
    }

    [Fact]
    public async Task A_muted_member_who_leaves_and_joins_again_is_pending()
    {
        var host = await StartAsync();
        await host.Relay.CreateAsync("g", GroupType.StrictPrivate, "ann", Wait.Ended);
        await host.Relay.JoinAsync("g", "bob", Wait.Ended);
        await host.Relay.AcceptAsync("g", "ann", "bob", Wait.Ended);
        await host.Relay.MuteAsync("g", "ann", "bob", Wait.Ended);

        await host.Relay.LeaveAsync("g", "bob", Wait.Ended);
        Assert.Equal(MemberState.Pending, (await host.Relay.JoinAsync("g", "bob", Wait.Ended)).State);
        Assert.Equal(1, (await host.Relay.RelayAsync("g", "ann", RawJson.FromString("1"), Wait.Ended)).RecipientsCount);
    }

    [Fact]
    public async Task The_creator_is_admin_again_whenever_they_join()
    {
        var host = await StartAsync();
        await host.Relay.CreateAsync("g", GroupType.StrictPrivate, "ann", Wait.Ended);
        await host.Relay.JoinAsync("g", "bob", Wait.Ended);
        await host.Relay.AcceptAsync("g", "ann", "bob", Wait.Ended);
        await host.Relay.LeaveAsync("g", "ann", Wait.Ended);
        Assert.Equal("bob:active", await host.MembersAsync("g"));

        await host.Relay.JoinAsync("g", "ann", Wait.Ended);
        Assert.Equal("ann:admin bob:active", await host.MembersAsync("g"));
    }

    [Fact]
    public async Task A_group_ends_with_its_last_member_and_its_id_is_free_again()
    {
        var host = await StartAsync();
        await host.Relay.CreateAsync("g", GroupType.Private, "ann", Wait.Ended);
        await host.Relay.LeaveAsync("g", "ann", Wait.Ended);
        Assert.Equal("Group not found", await RefusedAsync(host.Relay.JoinAsync("g", "bob", Wait.Ended)));

        await host.Relay.CreateAsync("g", GroupType.Public, "bob", Wait.Ended);
        Assert.Equal("bob:admin", await host.MembersAsync("g"));
        await host.Relay.DeleteAsync("g", "bob", Wait.Ended);
        Assert.Equal("no group", await host.MembersAsync("g"));
    }

    [Fact]
    public async Task Odd_targets_are_refused_by_name()
    {
        var host = await StartAsync();
        await host.Relay.CreateAsync("g", GroupType.StrictPrivate, "ann", Wait.Ended);
        await host.Relay.JoinAsync("g", "bob", Wait.Ended);

        Assert.Equal("The user is not a member of this group", await RefusedAsync(host.Relay.AcceptAsync("g", "ann", "eve", Wait.Ended)));
        Assert.Equal("The user is not a member of this group", await RefusedAsync(host.Relay.MuteAsync("g", "ann", "eve", Wait.Ended)));
        Assert.Equal("The user is pending: accept them first", await RefusedAsync(host.Relay.MuteAsync("g", "ann", "bob", Wait.Ended)));
        Assert.Equal("The admin cannot be muted", await RefusedAsync(host.Relay.MuteAsync("g", "ann", "ann", Wait.Ended)));
        Assert.Equal("ann:admin bob:pending", await host.MembersAsync("g"));
    }

    [Fact]
    public async Task Numbers_and_sizes_are_bounded()
    {
        var host = await StartAsync(settings: [("MaxMembersPerGroup", "2"), ("MaxGroupsPerUser", "2"), ("MaxGroups", "3"), ("MaxMessageBytes", "10")]);
        await host.Relay.CreateAsync("g1", GroupType.Public, "ann", Wait.Ended);
        await host.Relay.CreateAsync("g2", GroupType.Public, "ann", Wait.Ended);
        Assert.Equal("The user is in as many groups as a user may be", await RefusedAsync(host.Relay.CreateAsync("g3", GroupType.Public, "ann", Wait.Ended)));
        await host.Relay.CreateAsync("g3", GroupType.Public, "bob", Wait.Ended);
        Assert.Equal("The user is in as many groups as a user may be", await RefusedAsync(host.Relay.JoinAsync("g3", "ann", Wait.Ended)));
        Assert.Equal("There are as many groups as there may be", await RefusedAsync(host.Relay.CreateAsync("g4", GroupType.Public, "cid", Wait.Ended)));
        await host.Relay.JoinAsync("g1", "bob", Wait.Ended);
        Assert.Equal("The group has as many members as a group may have", await RefusedAsync(host.Relay.JoinAsync("g1", "cid", Wait.Ended)));
        Assert.Equal("Group not found", await RefusedAsync(host.Relay.JoinAsync("g9", "ann", Wait.Ended)));
        await host.Relay.RelayAsync("g1", "ann", RawJson.FromString("\"12345678\""), Wait.Ended);
        Assert.Equal("message is larger than 10 bytes.", await RefusedAsync(host.Relay.RelayAsync("g1", "ann", RawJson.FromString("\"123456789\""), Wait.Ended)));

        // What was refused left nothing behind.
        await host.Relay.LeaveAsync("g2", "ann", Wait.Ended);
        await host.Relay.JoinAsync("g3", "ann", Wait.Ended);
    }

    [Theory]
    [InlineData("", "ann", "group_id is missing; it must be a non-empty string.")]
    [InlineData("a\nb", "ann", "group_id must not have control characters or text that is not Unicode.")]
    [InlineData("g", "", "user_id is missing; it must be a non-empty string.")]
    public async Task Ids_that_are_none_are_refused(string group, string user, string error)
    {
        var host = await StartAsync();

        Assert.Equal(error, await RefusedAsync(host.Relay.CreateAsync(group, GroupType.Public, user, Wait.Ended)));
        Assert.StartsWith("group_id must have at most 128 bytes", await RefusedAsync(host.Relay.CreateAsync(new string('é', 65), GroupType.Public, "ann", Wait.Ended)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Ids_of_all_letters_are_kept_apart()
    {
        var host = await StartAsync();
        string[] ids = ["{a}", "{a}:b", "a b", "a,b=1", "a|b", "ключ", "u:type", "%d %s"];
        foreach (var id in ids)
        {
            await host.Relay.CreateAsync(id, GroupType.Public, $"user {id}", Wait.Ended);
            await host.Relay.JoinAsync(id, id, Wait.Ended);
        }

        foreach (var id in ids)
        {
            Assert.Equal(new HashSet<string> { id, $"user {id}" }, [.. (await host.InfoAsync(id, "x")).Members.Select(member => member.UserId)]);
            var sink = host.Connect(id).Sink;
            await host.Relay.RelayAsync(id, $"user {id}", RawJson.FromString("\"hello\""), Wait.Ended);
            await Wait.UntilAsync(() => sink.Texts.Count == 1);
        }
    }

    [Fact]
    public async Task Changes_at_once_are_one_after_the_other()
    {
        var host = await StartAsync();
        await host.Relay.CreateAsync("g", GroupType.Private, "ann", Wait.Ended);

        await Task.WhenAll(Enumerable.Range(0, 200).Select(number => Task.Run(() => host.Relay.JoinAsync("g", $"u{number % 100}", Wait.Ended))));
        await Task.WhenAll(Enumerable.Range(0, 200).Select(number => Task.Run(() => host.Relay.AcceptAsync("g", "ann", $"u{number % 100}", Wait.Ended))));
        await Task.WhenAll(Enumerable.Range(0, 50).Select(number => Task.Run(() => host.Relay.LeaveAsync("g", $"u{number}", Wait.Ended))));

        Assert.Equal(51, (await host.Relay.RelayAsync("g", "ann", RawJson.FromString("1"), Wait.Ended)).RecipientsCount);
        Assert.Equal(51, (await host.InfoAsync("g", "ann")).Members.Count(member => member.State == MemberState.Active));
    }

    [Fact]
    public async Task All_connections_of_a_user_get_each_message_once_and_one_that_ends_costs_nothing()
    {
        var clock = new ManualTimers();
        var host = await StartAsync(clock);
        var (first, second) = (host.Connect("bob"), host.Connect("bob"));
        await host.Relay.CreateAsync("g", GroupType.Public, "bob", Wait.Ended);
        await SendAsync(host, "g", "bob", "one");
        await clock.UntilAsync(() => first.Sink.Texts.Count == 1 && second.Sink.Texts.Count == 1);

        host.Disconnect(first.Connection);
        clock.Advance(Grace * 2);
        await SendAsync(host, "g", "bob", "two");
        await clock.UntilAsync(() => second.Sink.Texts.Count == 2);
        Assert.Equal(["one"], first.Sink.Texts);
        Assert.Equal("bob:admin", await host.MembersAsync("g"));
    }

    [Fact]
    public async Task A_connection_that_ends_leaves_after_the_grace_period()
    {
        var clock = new ManualTimers();
        var host = await StartAsync(clock);
        var bob = host.Connect("bob");
        host.Connect("ann");
        await host.Relay.CreateAsync("g", GroupType.Public, "ann", Wait.Ended);
        await host.Relay.JoinAsync("g", "bob", Wait.Ended);

        host.Disconnect(bob.Connection);
        clock.Advance(Grace - TimeSpan.FromMilliseconds(1));
        Assert.Equal("ann:admin bob:active", await host.MembersAsync("g"));
        clock.Advance(TimeSpan.FromMilliseconds(1));
        await clock.UntilAsync(async () => await host.MembersAsync("g") == "ann:admin");
        await clock.UntilAsync(() => !host.Get<RelayUsers>().IsKnown("bob"));
    }

    [Fact]
    public async Task A_connection_that_comes_back_in_time_keeps_its_place_and_gets_messages()
    {
        var clock = new ManualTimers();
        var host = await StartAsync(clock);
        var bob = host.Connect("bob");
        host.Connect("ann");
        await host.Relay.CreateAsync("g", GroupType.StrictPrivate, "ann", Wait.Ended);
        await host.Relay.JoinAsync("g", "bob", Wait.Ended);
        await host.Relay.AcceptAsync("g", "ann", "bob", Wait.Ended);

        for (var round = 0; round < 3; round++)
        {
            host.Disconnect(bob.Connection);
            clock.Advance(Grace - TimeSpan.FromMilliseconds(1));
            bob = host.Connect("bob");
        }

        clock.Advance(Grace);
        await SendAsync(host, "g", "ann", "hello");
        await clock.UntilAsync(() => bob.Sink.Texts.Count == 1);
        Assert.Equal("ann:admin bob:active", await host.MembersAsync("g"));
    }

    [Fact]
    public async Task A_user_put_in_without_a_connection_leaves_after_the_grace_period()
    {
        var clock = new ManualTimers();
        var host = await StartAsync(clock);
        await host.Relay.CreateAsync("g", GroupType.Public, "nobody", Wait.Ended);
        Assert.Equal("nobody:admin", await host.MembersAsync("g"));

        clock.Advance(Grace);
        await clock.UntilAsync(async () => await host.MembersAsync("g") == "no group");
    }

    internal static Task<RelayedMessage> SendAsync(RelayHost host, string group, string user, string text) =>
        host.Relay.RelayAsync(group, user, RawJson.FromString($"\"{text}\""), Wait.Ended);

    internal static async Task<string> RefusedAsync(Task asked) => (await Assert.ThrowsAsync<RelayException>(() => asked)).Message;
}

/// <summary>Groups in memory.</summary>
public sealed class MemoryGroupTests : GroupTests;
