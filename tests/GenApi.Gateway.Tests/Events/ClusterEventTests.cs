using GenApi.Gateway.Relay;
using GenApi.Gateway.Telemetry.Events;
using GenApi.Gateway.Tests.Clients;
using GenApi.Gateway.Tests.Cluster;
using GenApi.Gateway.Tests.Configs;
using GenApi.Protocol.Json;
using Microsoft.Extensions.DependencyInjection;

namespace GenApi.Gateway.Tests.Events;

/// <summary>What changes around the calls raises events: configs, nodes and groups.</summary>
public sealed class ClusterEventTests(EventCluster shared) : IClassFixture<EventCluster>
{
    private TestCluster Cluster => shared.Cluster;

    [Fact]
    public async Task Configs_tell_of_every_change()
    {
        using var heard = new Heard(Cluster);
        Assert.Equal(200, (await Cluster.Api.PushAsync(ApiClient.Push("pushed", "1", $"{ApiClient.Function("one")},{ApiClient.Function("two")},7"))).Status);
        Assert.Equal(200, (await Cluster.Api.PushAsync(ApiClient.Push("pushed", "2", ApiClient.Function("three")))).Status);
        Assert.Equal(200, (await Cluster.Api.PushAsync(ApiClient.Push("pushed", "2", ApiClient.Function("three")))).Status);
        foreach (var change in new[] { "disable", "enable" })
        {
            await Cluster.Api.PostAsync($"/admin/functions/pushed/one/-/{change}", "", TestCluster.AdminToken);
        }

        await Cluster.Api.DeleteAsync("/admin/functions/pushed/one/-", TestCluster.AdminToken);

        var push = await heard.OneAsync<PushMeasurements, PushMetadata>(EventNames.ConfigPush, push => push.Service == "pushed" && push.ConfigVersion == "1");
        Assert.Equal(new PushMeasurements(3, 1), push.Measurements);
        Assert.Equal(new PushMetadata("pushed", "1", null, "accepted", null), push.Metadata);
        var skipped = await heard.OneAsync<PushMeasurements, PushMetadata>(EventNames.ConfigPush, push => push is { Service: "pushed", Result: "skipped" });
        Assert.Equal("version_matches", skipped.Metadata.Reason);
        var batch = await heard.OneAsync<CountMeasurements, ConfigMetadata>(EventNames.ConfigBatchAdd, config => config.Service == "pushed");
        Assert.Equal((2, new ConfigMetadata("pushed", null, null, "1")), (batch.Measurements.Count, batch.Metadata));
        var add = await heard.OneAsync<CountMeasurements, ConfigMetadata>(EventNames.ConfigAdd, config => config.Service == "pushed");
        Assert.Equal(new ConfigMetadata("pushed", "three", null, "2"), add.Metadata);
        foreach (var name in new[] { EventNames.ConfigDisable, EventNames.ConfigEnable, EventNames.ConfigDelete })
        {
            var changed = await heard.OneAsync<CountMeasurements, ConfigMetadata>(name, config => config.Service == "pushed");
            Assert.Equal(("one", 1), (changed.Metadata.RequestType, changed.Measurements.Count));
        }
    }

    [Fact]
    public async Task A_clear_tells_how_many_functions_are_gone()
    {
        await using var cluster = await EventCluster.StartAsync([]);
        using var heard = new Heard(cluster, "config.*");
        await cluster.Api.PushAsync(ApiClient.Push("one", "1", $"{ApiClient.Function("a")},{ApiClient.Function("b")}"));
        await cluster.Api.PushAsync(ApiClient.Push("two", "1", ApiClient.Function("a")));
        await cluster.Api.PushAsync(ApiClient.Push("three", "1", ApiClient.Function("a")));

        var ofOne = await cluster.Api.DeleteAsync("/admin/functions/one", TestCluster.AdminToken);
        var again = await cluster.Api.DeleteAsync("/admin/functions/one", TestCluster.AdminToken);
        var all = (await cluster.Api.GetAsync("/admin/functions", TestCluster.AdminToken)).Body.GetArrayLength();
        Assert.Equal(400, (await cluster.Api.DeleteAsync("/admin/functions/", TestCluster.AdminToken)).Status);
        Assert.Equal(404, (await cluster.Api.DeleteAsync("/admin/functions/none", TestCluster.AdminToken)).Status);
        var ofAll = await cluster.Api.DeleteAsync("/admin/functions", TestCluster.AdminToken);

        Assert.Equal(((200, 2), (200, 0), (200, all)), (Removed(ofOne), Removed(again), Removed(ofAll)));
        var cleared = await heard.OneAsync<CountMeasurements, ConfigMetadata>(EventNames.ConfigClear, config => config.Service == "one");
        Assert.Equal((2, new ConfigMetadata("one", null, null, null)), (cleared.Measurements.Count, cleared.Metadata));
        cleared = await heard.OneAsync<CountMeasurements, ConfigMetadata>(EventNames.ConfigClear, config => config.Service is null);
        Assert.Equal(all, cleared.Measurements.Count);
        Assert.Equal(2, heard.All.Count(happened => happened.Name == EventNames.ConfigClear));
        Assert.Contains(cluster.Gateway.Log, line => line.Contains("Functions of one were removed, 2 of them;", StringComparison.Ordinal));
        Assert.Contains(cluster.Gateway.Log, line => line.Contains($"Functions of all services were removed, {all} of them;", StringComparison.Ordinal));

        static (int Status, int Removed) Removed(Answer answer) => (answer.Status, answer.Body.GetProperty("removed").GetInt32());
    }

    [Fact]
    public async Task A_pull_starts_and_stops()
    {
        await using var node = await PulledNode.StartAsync();
        node.Functions = """{"request_type":"get"},{"request_type":"put"},7""";
        await using var cluster = await TestCluster.StartAsync(new TestClusterOptions
        {
            GatewaySettings = new Dictionary<string, string?>
            {
                ["GenApi:Pull:Services:0:Service"] = "pulled",
                [node.Setting.Item1] = node.Setting.Item2,
                ["GenApi:Pull:Services:0:Interval"] = "1000",
            },
        });
        using var heard = new Heard(cluster, "config.*");
        node.Version = "2";

        var stored = await heard.OneAsync<PullMeasurements, PullMetadata>(EventNames.PullStop, pull => pull.Result == "stored");
        Assert.Equal((2, 1), (stored.Measurements.Functions, stored.Measurements.Rejected));
        Assert.Equal(("pulled", node.Address, null), (stored.Metadata.Service, stored.Metadata.Node, stored.Metadata.Reason));
        await heard.OneAsync<CountMeasurements, ConfigMetadata>(EventNames.ConfigBatchAdd, config => config is { Service: "pulled", ConfigVersion: "2" });
        await heard.OneAsync<StartMeasurements, PullMetadata>(EventNames.PullStart, pull => pull.Service == "pulled");
        var skipped = await heard.OneAsync<PullMeasurements, PullMetadata>(EventNames.PullStop, pull => pull.Result == "skipped");
        Assert.Equal("version_matches", skipped.Metadata.Reason);
        node.Fault = http =>
        {
            http.Response.StatusCode = 500;
            return Task.CompletedTask;
        };
        var failed = await heard.OneAsync<PullMeasurements, PullMetadata>(EventNames.PullStop, pull => pull.Result == "error");
        Assert.NotEmpty(failed.Metadata.Reason!);
    }

    [Fact]
    public async Task A_node_joins_and_leaves_and_its_link_with_it()
    {
        using var heard = new Heard(Cluster);
        var node = await Cluster.StartNodeAsync("visitor");
        var address = node.Address.GetLeftPart(UriPartial.Authority);
        await Cluster.ReachableAsync("visitor");
        await Cluster.StopNodeAsync("visitor");

        await heard.OneAsync<CountMeasurements, NodeMetadata>(EventNames.NodeJoined, seen => seen.Node == address && seen.NodeId is { Length: > 0 });
        var up = await heard.OneAsync<CountMeasurements, NodeMetadata>(EventNames.LinkUp, seen => seen.Node == address);
        await heard.OneAsync<CountMeasurements, NodeMetadata>(EventNames.NodeLeft, seen => seen.Node == address && seen.NodeId is { Length: > 0 });
        var down = await heard.OneAsync<DurationMeasurements, NodeMetadata>(EventNames.LinkDown, seen => seen.Node == address);
        Assert.NotEmpty(up.Metadata.NodeId!);
        Assert.Equal(up.Metadata.NodeId, down.Metadata.NodeId);
        Assert.InRange(down.Measurements.DurationUs, 1, 60_000_000);
    }

    [Fact]
    public async Task The_breaker_of_a_node_opens_and_closes()
    {
        await using var cluster = await EventCluster.StartAsync(new()
        {
            ["GenApi:Nodes:Breaker:ConsecutiveFailures"] = "1",
            ["GenApi:Nodes:Breaker:OpenFor"] = "00:00:00.010",
        });
        using var heard = new Heard(cluster, "node.*", "link.*");
        var links = 0;
        await using var fake = await FakeNode.StartAsync(async peer =>
        {
            await peer.GreetAsync();
            if (Interlocked.Increment(ref links) == 1)
            {
                await peer.CallAsync();
                peer.Abort();
                return;
            }

            while (await peer.CallAsync() is { } call)
            {
                await peer.SendAsync(LinkBytes.Frame(LinkBytes.Result, call.CallId, "true"));
            }
        });
        await fake.JoinAsync(cluster, "fragile", "get");
        var alice = await cluster.Api.TokenAsync("alice");
        await heard.OneAsync<CountMeasurements, NodeMetadata>(EventNames.LinkUp, node => node.Node == fake.Address);
        (await cluster.Api.CallAsync("fragile", "get", "{}", alice)).AssertFailed("unavailable", 503, true);

        await heard.OneAsync<CountMeasurements, NodeMetadata>(EventNames.NodeBreakerOpen, node => node.Node == fake.Address);
        var down = await heard.OneAsync<DurationMeasurements, NodeMetadata>(EventNames.LinkDown, node => node.Node == fake.Address);
        Assert.NotEmpty(down.Metadata.Reason!);
        await Wait.UntilAsync(async () =>
        {
            await cluster.Api.CallAsync("fragile", "get", "{}", alice);
            return heard.All.Any(happened => happened.Name == EventNames.NodeBreakerClose && happened.Subject is NodeMetadata node && node.Node == fake.Address);
        });
    }

    [Fact]
    public async Task Groups_tell_of_their_members_and_messages()
    {
        var relay = Cluster.Gateway.Services.GetRequiredService<IRelay>();
        using var heard = new Heard(Cluster, "relay.*");
        var group = Guid.NewGuid().ToString("N");
        await relay.CreateAsync(group, GroupType.StrictPrivate, "alice", Wait.Ended);
        await relay.JoinAsync(group, "bob", Wait.Ended);
        await relay.AcceptAsync(group, "alice", "bob", Wait.Ended);
        await relay.MuteAsync(group, "alice", "bob", Wait.Ended);
        await relay.RelayAsync(group, "alice", RawJson.FromString("1"), Wait.Ended);
        await relay.LeaveAsync(group, "bob", Wait.Ended);
        await relay.DeleteAsync(group, "alice", Wait.Ended);

        var created = await heard.OneAsync<CountMeasurements, GroupMetadata>(EventNames.GroupCreated, seen => seen.GroupId == group);
        Assert.Equal(new GroupMetadata(group, "strict_private", "alice", null), created.Metadata);
        var sent = await heard.OneAsync<RelayMeasurements, GroupMetadata>(EventNames.MessageRelayed, seen => seen.GroupId == group);
        Assert.Equal((2, "alice"), (sent.Measurements.RecipientsCount, sent.Metadata.UserId));
        await heard.OneAsync<CountMeasurements, GroupMetadata>(EventNames.GroupDeleted, seen => seen.GroupId == group);
        Assert.Equal(
            ["bob pending", "bob active", "bob muted", "bob left"],
            heard.All.Where(happened => happened.Name == EventNames.MemberChanged).Select(happened => (GroupMetadata)happened.Subject).Where(seen => seen.GroupId == group).Select(seen => $"{seen.UserId} {seen.State}"));
    }
}
