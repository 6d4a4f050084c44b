using System.Collections.Concurrent;
using System.Text.Json;
using GenApi.Calls.Tests.Clients;
using GenApi.Calls.Tests.Running;
using GenApi.Testing.Redis;
using GenApi.Testing.SignalR;
using Microsoft.AspNetCore.SignalR.Client;

namespace GenApi.Calls.Tests;

/// <summary>Groups when a gateway is killed.</summary>
public sealed class RelayLossTests
{
    /// <summary>The others take a gateway for gone when its lease is over: 15 s after its last sign of life.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task Members_of_a_killed_gateway_are_gone_with_its_lease_and_those_who_join_again_get_messages()
    {
        Assert.SkipWhen(RedisServer.Missing is not null, RedisServer.Missing ?? "");
        await using var redis = await RedisServer.StartAsync();
        await using var survivor = await StartGatewayAsync(redis, "survivor");
        await using var victim = await StartGatewayAsync(redis, "victim");
        using var api = new ApiClient(survivor.Address);
        await using var ann = await Member.ConnectAsync(survivor, await api.TokenAsync("ann"));
        await using var bob = await Member.ConnectAsync(victim, await api.TokenAsync("bob"));
        await using var cid = await Member.ConnectAsync(victim, await api.TokenAsync("cid"));
        await ann.DoAsync("CreateGroup", "g", "private");
        foreach (var (member, name) in ((Member, string)[])[(bob, "bob"), (cid, "cid")])
        {
            await member.DoAsync("JoinGroup", "g");
            await ann.DoAsync("AcceptMember", "g", name);
        }

        await ann.DoAsync("Relay", "g", "before");
        await Wait.UntilAsync(() => ann.Messages.Contains("before") && bob.Messages.Contains("before") && cid.Messages.Contains("before"), "all have the message");

        await victim.SignalAsync("KILL");
        await victim.EndedAsync();
        Assert.Equal("ann bob cid", await ann.MembersAsync("g"));

        // One comes back before the lease is over, and is a member still, without doing anything for it.
        await using var bobAgain = await Member.ConnectAsync(survivor, await api.TokenAsync("bob"));
        var end = DateTime.UtcNow + Patience;
        while (await ann.MembersAsync("g") is var members && members != "ann bob")
        {
            Assert.True(DateTime.UtcNow < end, $"the members are still {members}");
            await Task.Delay(100, Wait.Ended);
        }

        // The other comes too late, and must be accepted again.
        await using var cidAgain = await Member.ConnectAsync(survivor, await api.TokenAsync("cid"));
        Assert.Equal("pending", (await cidAgain.DoAsync("JoinGroup", "g")).GetProperty("state").GetString());
        await ann.DoAsync("AcceptMember", "g", "cid");
        Assert.Equal(3, (await ann.DoAsync("Relay", "g", "after")).GetProperty("recipients_count").GetInt32());
        await Wait.UntilAsync(() => new[] { ann, bobAgain, cidAgain }.All(member => member.Messages.Contains("after")), "all have the message");
        Assert.Equal(["after"], bobAgain.Messages);
    }

    private static Task<ServerProcess> StartGatewayAsync(RedisServer redis, string id) => ServerProcess.StartAsync(ServerProcess.Gateway,
    [
        new("ConnectionStrings__redis", redis.ConnectionString),
        new("GenApi__GatewayId", id),
        new("GenApi__ClusterToken", Secrets.Cluster),
        new("GenApi__AdminToken", Secrets.Admin),
        new("GenApi__AdminActions__0", "*"),
    ]);

    /// <summary>A connection of a user.</summary>
    private sealed class Member : IAsyncDisposable
    {
        private readonly HubConnection _connection;
        private readonly ConcurrentQueue<string> _messages = new();

        private Member(HubConnection connection)
        {
            _connection = connection;
            connection.On<JsonElement>("genapi", response => _messages.Enqueue(response.GetProperty("result").GetProperty("message").GetString()!));
        }

        public IReadOnlyCollection<string> Messages => [.. _messages];

        public static async Task<Member> ConnectAsync(ServerProcess gateway, string token) => new(await HubClients.ConnectAsync(gateway.Address, token));

        public async Task<JsonElement> DoAsync(string method, params object?[] arguments)
        {
            var answer = await Wait.For(_connection.InvokeCoreAsync<JsonElement>(method, arguments, Wait.Ended));
            Assert.True(answer.GetProperty("success").GetBoolean(), $"{method}: {answer.GetRawText()}");
            return answer.GetProperty("result");
        }

        public async Task<string> MembersAsync(string group) => string.Join(
            ' ',
            (await DoAsync("GroupInfo", group)).GetProperty("members").EnumerateArray().Select(member => member.GetProperty("user_id").GetString()).Order(StringComparer.Ordinal));

        public ValueTask DisposeAsync() => _connection.DisposeAsync();
    }
}
