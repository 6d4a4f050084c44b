using GenApi.Gateway.Configs;
using GenApi.Gateway.Configs.Failed;
using GenApi.Gateway.Configs.Pull;
using GenApi.Gateway.Diagnostics.Health;
using GenApi.Gateway.Diagnostics.Health.Checks;
using GenApi.Gateway.Nodes;
using GenApi.Gateway.Tests.Cluster;
using GenApi.Gateway.Tests.Storage;
using GenApi.Protocol.Cluster;
using GenApi.Protocol.Configs;
using Microsoft.Extensions.DependencyInjection;

namespace GenApi.Gateway.Tests.Configs;

/// <summary>Pulls, with time by hand: on every store, and whatever the node does.</summary>
public sealed class PullTests : IAsyncDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(30);

    private readonly ManualTime _time = ManualTime.FromNow();
    private readonly List<StoreServices> _services = [];

    public async ValueTask DisposeAsync()
    {
        foreach (var services in _services)
        {
            await services.DisposeAsync();
        }
    }

    [RedisTheory]
    [OnEveryStore]
    public async Task What_a_node_has_is_pulled_once_for_each_version(StoreKind kind)
    {
        await using var node = await PulledNode.StartAsync();
        var gateway = await NewAsync(kind, node.Setting);
        await PullAsync(gateway);
        Assert.Equal((VerifyResult.Matched, 1, 1), (await VerifyAsync(gateway, "1"), node.Asked, node.Fetched));
        Assert.Null(CallFault(gateway, "get"));

        // Not before its time.
        _time.Advance(Interval - TimeSpan.FromMilliseconds(1));
        await PullAsync(gateway);
        Assert.Equal((1, 1), (node.Asked, node.Fetched));

        // In time, but the version matches.
        _time.Advance(TimeSpan.FromMilliseconds(1));
        await PullAsync(gateway);
        Assert.Equal((2, 1), (node.Asked, node.Fetched));

        (node.Version, node.Functions) = ("2", """{"request_type":"put"}""");
        _time.Advance(Interval);
        await PullAsync(gateway);
        Assert.Equal((VerifyResult.Matched, 3, 2), (await VerifyAsync(gateway, "2"), node.Asked, node.Fetched));
        Assert.Null(CallFault(gateway, "put"));
    }

    [RedisTheory]
    [OnEveryStore]
    public async Task Failures_are_told_and_tried_again_ever_later_until_it_works(StoreKind kind)
    {
        await using var node = await PulledNode.StartAsync();
        node.Fault = http => NodeFaults.AnswerAsync(http, "500");
        var gateway = await NewAsync(kind, node.Setting);
        foreach (var (failures, pause) in (IReadOnlyList<(int, int)>)[(1, 30), (2, 60), (3, 120), (4, 240), (5, 300), (6, 300), (7, 300)])
        {
            await PullAsync(gateway);
            var state = await StateAsync(gateway);
            Assert.Equal(failures, state.ConsecutiveFailures);
            Assert.Contains("/genapi/config/version answered 500", state.LastError, StringComparison.Ordinal);
            Assert.Equal(_time.GetUtcNow().ToUnixTimeMilliseconds(), state.LastErrorAtMs);
            Assert.Null(state.LastSuccessAtMs);
            Assert.InRange(Until(state.NextAtMs).TotalSeconds, pause * 0.8 - 0.001, pause);

            // A moment too early nobody is asked.
            _time.Advance(Until(state.NextAtMs) - TimeSpan.FromMilliseconds(2));
            await PullAsync(gateway);
            Assert.Equal(failures, node.Asked);
            _time.Advance(TimeSpan.FromMilliseconds(2));
        }

        node.Fault = null;
        await PullAsync(gateway);
        var recovered = await StateAsync(gateway);
        Assert.Equal((0, _time.GetUtcNow().ToUnixTimeMilliseconds()), (recovered.ConsecutiveFailures, recovered.LastSuccessAtMs));
        Assert.Equal("1", recovered.ConfigVersion);
        Assert.Equal(Interval, Until(recovered.NextAtMs));
        Assert.NotNull(recovered.LastError);
    }

    [RedisTheory]
    [OnEveryRedis]
    public async Task Of_two_gateways_one_pulls_and_the_other_goes_on_when_it_is_gone(StoreKind kind)
    {
        await using var node = await PulledNode.StartAsync();
        var here = await NewAsync(kind, node.Setting);
        var there = _services[0].Gateway(_time, Settings(node.Setting));
        for (var i = 1; i <= 5; i++)
        {
            await Task.WhenAll(PullAsync(here), PullAsync(there));
            Assert.Equal(i, node.Asked);
            _time.Advance(Interval);
        }

        // Both know how it goes.
        var (seenHere, seenThere) = (await StateAsync(here), await StateAsync(there));
        Assert.Equal(seenHere, seenThere);
        Assert.NotNull(seenHere.Gateway);

        // It stops in good order, and the other takes over when it looks again. It knows when the next pull is due.
        var (first, second) = seenHere.Gateway == IdOf(here) ? (here, there) : (there, here);
        await PullAsync(first);
        Assert.Equal(6, node.Asked);
        await first.GetRequiredService<ConfigPuller>().ReleaseAsync();
        _time.Advance(TimeSpan.FromSeconds(10));
        await PullAsync(second);
        Assert.Equal(6, node.Asked);
        _time.Advance(Interval);
        await PullAsync(second);
        Assert.Equal((7, IdOf(second)), (node.Asked, (await StateAsync(first)).Gateway));

        // It dies; its lock expires by itself.
        var left = long.Parse(Assert.Single(await _services[0].SendAsync("PTTL genapi:pull:lock:pulled"))[1..], null);
        Assert.InRange(left, 1, ConfigPuller.HoldExpiry.TotalMilliseconds);
        Assert.Equal([":1"], await _services[0].SendAsync("DEL genapi:pull:lock:pulled"));
        _time.Advance(Interval);
        await PullAsync(first);
        Assert.Equal((8, IdOf(first)), (node.Asked, (await StateAsync(second)).Gateway));
        await PullAsync(second);
        Assert.Equal(8, node.Asked);
    }

    [RedisTheory]
    [OnEveryRedis]
    public async Task After_Redis_came_back_empty_who_pulls_a_service_registers_and_pulls_it_again(StoreKind kind)
    {
        await using var node = await PulledNode.StartAsync();
        var gateway = await NewAsync(kind);
        await PushWithPullAsync(gateway, node);
        await PullAsync(gateway);
        Assert.Equal(1, node.Fetched);

        foreach (var server in _services[0].Servers)
        {
            await server.SendAsync("FLUSHALL");
        }

        await PullAsync(gateway);
        Assert.Equal("pulled", Assert.Single(await gateway.GetRequiredService<IPullStore>().RegisteredAsync(Wait.Ended)).Service);
        Assert.Equal(2, node.Asked);
    }

    [RedisTheory]
    [OnEveryStore]
    public async Task A_push_may_ask_to_be_pulled_from_now_on(StoreKind kind)
    {
        await using var node = await PulledNode.StartAsync();
        var gateway = await NewAsync(kind);
        Assert.Empty(await StatusAsync(gateway));

        Assert.Equal(PushResult.Accepted, (await PushWithPullAsync(gateway, node)).Status);

        var status = Assert.Single(await StatusAsync(gateway));
        Assert.Equal(("pulled", PullStatus.ByPush, 2000), (status.Service, status.Registered, status.Interval));
        Assert.Equal([node.Address], status.Nodes);
        await PullAsync(gateway);
        Assert.Equal((VerifyResult.Matched, 1), (await VerifyAsync(gateway, "1"), node.Fetched));
        Assert.Null(CallFault(gateway, "get"));
        _time.Advance(TimeSpan.FromSeconds(2));
        await PullAsync(gateway);
        Assert.Equal((2, 1), (node.Asked, node.Fetched));
        Assert.True(Assert.Single(await gateway.GetRequiredService<PushedServices>().StatusAsync(Wait.Ended)).AutoPull);
    }

    [Fact]
    public async Task What_a_node_has_wrong_is_a_failed_config_of_a_pull()
    {
        await using var node = await PulledNode.StartAsync();
        node.Functions = """{"request_type":"get"},{"request_type":"bad","timeout":1,"hook_timeout":-1}""";
        var gateway = await NewAsync(StoreKind.Memory, node.Setting);
        await gateway.GetRequiredService<FailedConfigs>().StartAsync(Wait.Ended);
        await PullAsync(gateway);

        var failed = Assert.Single(await gateway.GetRequiredService<FailedConfigs>().ListAsync(new FailedConfigQuery(Source: ConfigSource.Pull), Wait.Ended));
        Assert.Equal(("pulled", "bad", node.Address, 2), (failed.Service, failed.RequestType, failed.Node, failed.Reason.Count));
        Assert.Null(CallFault(gateway, "get"));
        Assert.Equal(0, (await StateAsync(gateway)).ConsecutiveFailures);

        // Without any valid function it is a failure of the pull as well.
        (node.Version, node.Functions) = ("2", """{"request_type":"bad","timeout":1}""");
        _time.Advance(Interval);
        await PullAsync(gateway);
        Assert.Contains("no function of the push is valid", (await StateAsync(gateway)).LastError, StringComparison.Ordinal);
        Assert.Equal(2, await gateway.GetRequiredService<FailedConfigs>().CountAsync(Wait.Ended));
        await gateway.GetRequiredService<FailedConfigs>().StopAsync(Wait.Ended);
    }

    public static TheoryData<string, string> Faults => new()
    {
        { "nonsense", "something else than was expected" },
        { "null", "answered null" },
        { "[]", "something else than was expected" },
        { "{}", "no config_version" },
        { """{"config_version":7}""", "something else than was expected" },
        { """{"config_version":"\ud800"}""", "something else than was expected" },
        { "404", "answered 404" },
        { "302", "answered 302" },
        { "401", "must have the same cluster token" },
        { "endless", "more than 4096 bytes" },
        { "announced", "more than 4096 bytes" },
        { "silent", "did not answer within 100 ms" },
        { "stuck", "did not answer within 100 ms" },
        { "abort", "cannot be asked" },
    };

    [Theory]
    [MemberData(nameof(Faults))]
    public async Task Whatever_a_node_answers_it_is_told_and_the_next_node_is_asked(string fault, string told)
    {
        await using var bad = await PulledNode.StartAsync();
        await using var good = await PulledNode.StartAsync();
        bad.Fault = http => NodeFaults.AnswerAsync(http, fault);
        var timeout = ("GenApi:Pull:Services:0:Timeout", told.Contains("100 ms", StringComparison.Ordinal) ? "100" : "30000");
        var alone = await NewAsync(StoreKind.Memory, bad.Setting, timeout);
        await PullAsync(alone);
        var state = await StateAsync(alone);
        Assert.Equal(1, state.ConsecutiveFailures);
        Assert.Contains(told, state.LastError, StringComparison.Ordinal);
        Assert.Contains(bad.Address, state.LastError, StringComparison.Ordinal);

        // 100 ms are enough for the bad one to be slow, and may be too little for the good one on a busy machine.
        var two = await NewAsync(StoreKind.Memory, bad.Setting, ("GenApi:Pull:Services:0:Nodes:1", good.Address), ("GenApi:Pull:Services:0:Timeout", "2000"));
        await PullAsync(two);
        Assert.Equal((VerifyResult.Matched, 0), (await VerifyAsync(two, "1"), (await StateAsync(two)).ConsecutiveFailures));

        // From now on the one that answered comes first.
        var asked = bad.Asked;
        _time.Advance(Interval);
        await PullAsync(two);
        Assert.Equal((asked, 2), (bad.Asked, good.Asked));
    }

    [Theory]
    [InlineData("nonsense", "something else than was expected")]
    [InlineData("""{"service":"another","config_version":"1","fun_configs":[{"request_type":"get"}]}""", "configs of the service 'another'")]
    [InlineData("""{"service":"pulled","config_version":"","fun_configs":[{"request_type":"get"}]}""", "config_version must have")]
    [InlineData("""{"service":"pulled","config_version":"1","fun_configs":[]}""", "no function of the push is valid")]
    [InlineData("""{"service":"pulled","config_version":"1","fun_configs":[{"request_type":"get"}],"node":{"id":"n","address":"x"}}""", "node.address")]
    [InlineData("endless", "more than 16777216 bytes")]
    public async Task A_config_that_is_none_changes_nothing(string answer, string told)
    {
        await using var node = await PulledNode.StartAsync();
        node.Fault = http => NodeFaults.AnswerAsync(http, answer);

        // Without a version path the config is fetched at once.
        var gateway = await NewAsync(StoreKind.Memory, node.Setting, ("GenApi:Pull:Services:0:VersionPath", ""), ("GenApi:Pull:Services:0:Timeout", "30000"));
        await PullAsync(gateway);
        Assert.Equal((0, 1), (node.Asked, node.Fetched));
        Assert.Contains(told, (await StateAsync(gateway)).LastError, StringComparison.Ordinal);
        Assert.Equal(VerifyResult.NotFound, await VerifyAsync(gateway, "1"));

        node.Fault = null;
        _time.Advance(Interval);
        await PullAsync(gateway);
        Assert.Equal(VerifyResult.Matched, await VerifyAsync(gateway, "1"));
    }

    [Fact]
    public async Task A_pulled_node_counts_as_alive_for_as_long_as_it_can_be_pulled()
    {
        await using var node = await PulledNode.StartAsync();
        node.Node = $$"""{"id":"node-1","address":"{{node.Address}}"}""";
        var gateway = await NewAsync(StoreKind.Memory, node.Setting);
        var identity = new NodeIdentity("node-1", node.Address);
        for (var second = 0; second < 90; second += 5)
        {
            await PullAsync(gateway);
            Assert.Equal([node.Address], await LiveAsync(gateway));
            _time.Advance(TimeSpan.FromSeconds(5));
        }

        Assert.Equal(1, node.Fetched);
        node.Fault = http => NodeFaults.AnswerAsync(http, "500");
        for (var second = 0; second < 60; second += 5)
        {
            await PullAsync(gateway);
            _time.Advance(TimeSpan.FromSeconds(5));
        }

        Assert.Empty(await LiveAsync(gateway));

        // It is back with the same version: fetched again, because its lease is gone.
        node.Fault = null;
        _time.Advance(PullBackoff.Longest);
        await PullAsync(gateway);
        Assert.Equal((2, 0), (node.Fetched, (await StateAsync(gateway)).ConsecutiveFailures));
        Assert.Equal([node.Address], await LiveAsync(gateway));
    }

    [Theory]
    [InlineData("""{"nodes":["http://127.0.0.1:9"],"interval":999}""", "pull.interval")]
    [InlineData("""{"nodes":["http://127.0.0.1:9"],"timeout":1}""", "pull.timeout")]
    [InlineData("""{"nodes":[]}""", "pull.nodes")]
    [InlineData("""{"nodes":["ftp://127.0.0.1"]}""", "pull.nodes")]
    [InlineData("""{"nodes":[null]}""", "pull.nodes")]
    [InlineData("""{"nodes":["http://127.0.0.1:9"],"path":"config"}""", "pull.path")]
    [InlineData("""{"nodes":["http://127.0.0.1:9"],"version_path":"http://elsewhere"}""", "pull.version_path")]
    [InlineData("""{"service":"another","nodes":["http://127.0.0.1:9"]}""", "pull.service")]
    public async Task A_push_that_asks_for_an_impossible_pull_is_refused_and_says_why(string pull, string told)
    {
        await using var cluster = await TestCluster.StartAsync();
        var answer = await cluster.Api.PushAsync($$"""{"service":"pulled","config_version":"1","fun_configs":[{"request_type":"get"}],"pull":{{pull}}}""");

        Assert.Equal(422, answer.Status);
        Assert.StartsWith(told, answer.Body.GetProperty("reason").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_node_that_cannot_push_is_pulled_and_then_called()
    {
        await using var cluster = await TestCluster.StartAsync();
        var node = await cluster.StartNodeAsync("a", new Dictionary<string, string?> { ["GenApi:Node:Gateways:0"] = "http://127.0.0.1:9" });

        // The node's own functions come with the pull.
        var pushed = await cluster.Api.PushAsync($$"""{"service":"{{TestFunctions.Service}}","config_version":"none","fun_configs":[{"request_type":"nothing"}],"pull":{"nodes":["{{node.Address}}"],"interval":1000} }""");
        Assert.Equal(200, pushed.Status);

        await cluster.ReachableAsync("a");
        var services = await cluster.Api.GetAsync("/admin/pushed-services", TestCluster.AdminToken);
        var service = Assert.Single(services.Body.EnumerateArray(), service => service.GetProperty("service").GetString() == TestFunctions.Service);
        Assert.Equal((true, "push"), (service.GetProperty("auto_pull").GetBoolean(), service.GetProperty("pull").GetProperty("registered").GetString()));
        Assert.Equal(node.Address.ToString().TrimEnd('/'), service.GetProperty("nodes")[0].GetString());
        Assert.Contains(cluster.Gateway.Log, line => line.Contains("Pulled the configs of", StringComparison.Ordinal));
    }

    [RedisTheory]
    [OnEveryRedis]
    public async Task Health_says_at_every_gateway_what_the_status_of_pulls_says(StoreKind kind)
    {
        await using var node = await PulledNode.StartAsync();
        node.Fault = http => NodeFaults.AnswerAsync(http, "500");
        var here = await NewAsync(kind, node.Setting);
        var there = _services[0].Gateway(_time, Settings(node.Setting));
        await PullAsync(here);
        await PullAsync(there);

        foreach (var gateway in (IServiceProvider[])[here, there])
        {
            var told = new PullerCheck(gateway.GetRequiredService<ConfigPuller>()).Check();
            Assert.Equal((HealthState.Degraded, 1, 1), (told.Status, told.Figures["services"], told.Figures["failing_services"]));
            Assert.Equal(1, (await StateAsync(gateway)).ConsecutiveFailures);
        }

        // The one that does not pull hears of it when it looks again.
        node.Fault = null;
        _time.Advance(Interval);
        await PullAsync(here);
        await PullAsync(there);
        Assert.All((IServiceProvider[])[here, there], gateway =>
            Assert.Equal(HealthState.Ok, new PullerCheck(gateway.GetRequiredService<ConfigPuller>()).Check().Status));
    }

    private static (string, string)[] Settings(params (string, string)[] more) =>
        [("GenApi:ClusterToken", TestCluster.ClusterToken), .. more.Length == 0 ? [] : ((string, string)[])[("GenApi:Pull:Services:0:Service", "pulled")], .. more];

    private async Task<ServiceProvider> NewAsync(StoreKind kind, params (string, string)[] settings)
    {
        var services = await StoreServices.StartAsync(kind);
        _services.Add(services);
        return services.Gateway(_time, Settings(settings));
    }

    private static Task PullAsync(IServiceProvider gateway) => Wait.For(gateway.GetRequiredService<ConfigPuller>().PullDueAsync(Wait.Ended));

    private static async Task<string> VerifyAsync(IServiceProvider gateway, string version) =>
        (await gateway.GetRequiredService<ConfigReceiver>().VerifyAsync("pulled", version, Wait.Ended)).Status;

    private static Task<IReadOnlyList<PullStatus>> StatusAsync(IServiceProvider gateway) => gateway.GetRequiredService<ConfigPuller>().StatusAsync(Wait.Ended);

    private static async Task<PullState> StateAsync(IServiceProvider gateway) => Assert.Single(await StatusAsync(gateway)).State;

    private static string IdOf(IServiceProvider gateway) => gateway.GetRequiredService<Gateways.GatewayIdentity>().Id;

    private static string? CallFault(IServiceProvider gateway, string function)
    {
        gateway.GetRequiredService<ConfigCatalog>().Current.Find("pulled", function, null, out var error);
        return error?.Message;
    }

    private static async Task<IEnumerable<string>> LiveAsync(IServiceProvider gateway) =>
        (await gateway.GetRequiredService<ILeaseStore>().LoadAsync(Wait.Ended)).Select(lease => lease.Node.Address);

    private static Task<PushResult> PushWithPullAsync(IServiceProvider gateway, PulledNode node) => gateway.GetRequiredService<ConfigReceiver>().PushAsync(
        new PushConfig
        {
            Service = "pulled",
            ConfigVersion = "0",
            FunConfigs = [System.Text.Json.JsonDocument.Parse("""{"request_type":"old"}""").RootElement],
            Pull = new ServiceConfig { Nodes = [node.Address], Interval = 2000 },
        },
        force: false,
        Wait.Ended);

    private TimeSpan Until(long unixMs) => DateTimeOffset.FromUnixTimeMilliseconds(unixMs) - _time.GetUtcNow();
}
