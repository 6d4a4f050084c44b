using System.Text.Json;
using GenApi.Gateway.Relay;
using GenApi.Gateway.Tests.Cluster;
using GenApi.Gateway.Tests.Storage;
using GenApi.Protocol.Json;
using GenApi.Testing.Redis;

namespace GenApi.Gateway.Tests.Relay;

/// <summary>Every cell of the rules, by the service in memory, and by the hubs of two gateways with Redis.</summary>
public sealed class RelayRuleTests
{
    [Fact]
    public async Task Every_rule_holds_for_the_service_in_memory()
    {
        await using var host = await RelayHost.StartAsync(null);
        await PlayAllAsync(new ServicePlayers(host));
    }

    [RedisFact]
    public async Task Every_rule_holds_for_the_service_on_a_cluster_of_three_masters()
    {
        await using var redis = await RedisCluster.StartAsync();
        await using var host = await RelayHost.StartAsync(redis.ConnectionString);
        await PlayAllAsync(new ServicePlayers(host));
    }

    [RedisFact]
    public async Task Every_rule_holds_for_hub_connections_to_two_gateways()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var a = await TestCluster.StartAsync(RelayHost.Gateway(redis.ConnectionString, "a"));
        await using var b = await TestCluster.StartAsync(RelayHost.Gateway(redis.ConnectionString, "b"));
        var players = new HubPlayers();
        try
        {
            // The admin is at one gateway, those of whom the table tells at the other, and their friend with the admin.
            foreach (var (cluster, users) in ((TestCluster, string[])[])[(a, ["owner", "friend", "silenced"]), (b, ["none", "pending", "active", "muted", "waiting"])])
            {
                foreach (var user in users)
                {
                    players.Add(await RelayClient.ConnectAsync(cluster, user));
                }
            }

            await PlayAllAsync(players);
        }
        finally
        {
            await players.CloseAsync();
        }
    }

    private static async Task PlayAllAsync(RelayPlayers players)
    {
        var wrong = new List<string>();
        foreach (var (cell, number) in RelayTable.Cells.Select((cell, number) => (cell, number)))
        {
            var answer = await players.PlayAsync(cell.Action, cell.Type, cell.State, $"group {number}");
            if (answer != cell.Answer)
            {
                wrong.Add($"{cell.Action} in {cell.Type} by {cell.State}: '{answer}' in place of '{cell.Answer}'");
            }

            // No user may be in too many groups at once.
            await players.AskAsync("owner", "DeleteGroup", $"group {number}");
            await players.AskAsync("owner", "DeleteGroup", $"group {number}-after");
        }

        Assert.Empty(wrong);
    }

    /// <summary>Plays by the C# service; who receives is seen by connections without a client.</summary>
    private sealed class ServicePlayers : RelayPlayers
    {
        private readonly IRelay _relay;
        private readonly Dictionary<string, RecordingSink> _sinks = [];

        public ServicePlayers(RelayHost host)
        {
            _relay = host.Get<IRelay>();
            foreach (var user in (string[])["owner", "friend", "silenced", "none", "pending", "active", "muted", "waiting"])
            {
                _sinks[user] = host.Connect(user).Sink;
            }
        }

        public override IReadOnlyList<string> Received(string user) => _sinks[user].Texts;

        public override async Task<string> AskAsync(string user, string method, params object?[] arguments)
        {
            var group = (string)arguments[0]!;
            var other = arguments.Length > 1 ? (string)arguments[1]! : "";
            try
            {
                return method switch
                {
                    "CreateGroup" => Told(await _relay.CreateAsync(group, other switch { "public" => GroupType.Public, "private" => GroupType.Private, _ => GroupType.StrictPrivate }, user, Wait.Ended)),
                    "JoinGroup" => Told(await _relay.JoinAsync(group, user, Wait.Ended)),
                    "LeaveGroup" => Told(await _relay.LeaveAsync(group, user, Wait.Ended)),
                    "AcceptMember" => Told(await _relay.AcceptAsync(group, user, other, Wait.Ended)),
                    "MuteMember" => Told(await _relay.MuteAsync(group, user, other, Wait.Ended)),
                    "UnmuteMember" => Told(await _relay.UnmuteAsync(group, user, other, Wait.Ended)),
                    "DeleteGroup" => Told(await _relay.DeleteAsync(group, user, Wait.Ended) with { State = null }),
                    "GroupInfo" => (await _relay.InfoAsync(group, user, Wait.Ended)).GroupId == group ? "told" : "told of another",
                    _ => (await _relay.RelayAsync(group, user, RawJson.FromString(JsonSerializer.Serialize(other)), Wait.Ended)).Status,
                };
            }
            catch (RelayException error)
            {
                return $"{error.Error.Code.Name} {error.Message}";
            }

            static string Told(RelayAnswer answer) => $"{answer.Status} ({answer.State?.ToString().ToLowerInvariant()})";
        }
    }

    private sealed class HubPlayers : RelayPlayers
    {
        private readonly Dictionary<string, RelayClient> _clients = [];

        public void Add(RelayClient client) => _clients[client.UserId] = client;

        public override IReadOnlyList<string> Received(string user) => _clients[user].Messages;

        public override async Task<string> AskAsync(string user, string method, params object?[] arguments)
        {
            var answer = await _clients[user].AskAsync(method, arguments);
            if (!answer.Success)
            {
                return $"{answer.Code} {answer.Error}";
            }

            var result = answer.Result;
            return (method, result.TryGetProperty("status", out var status)) switch
            {
                ("GroupInfo", _) => result.GetProperty("group_id").GetString() == (string?)arguments[0] ? "told" : "told of another",
                ("Relay", true) => status.GetString()!,
                (_, true) => $"{status.GetString()} ({(result.TryGetProperty("state", out var state) ? state.GetString() : "")})",
                _ => result.GetRawText(),
            };
        }

        public async Task CloseAsync()
        {
            foreach (var client in _clients.Values)
            {
                await client.DisposeAsync();
            }
        }
    }
}
