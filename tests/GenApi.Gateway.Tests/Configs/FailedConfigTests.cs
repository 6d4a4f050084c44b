using System.Text.Json;
using GenApi.Gateway.Configs;
using GenApi.Gateway.Configs.Failed;
using GenApi.Gateway.Tests.Clients;
using GenApi.Gateway.Tests.Cluster;
using GenApi.Gateway.Tests.Storage;
using GenApi.Protocol.Cluster;
using GenApi.Testing.Redis;
using Microsoft.Extensions.DependencyInjection;

namespace GenApi.Gateway.Tests.Configs;

/// <summary>What a push leaves in the failed configs, and how the admin API shows it.</summary>
public sealed class FailedConfigTests
{
    [RedisFact]
    public async Task Of_100_pushed_functions_90_are_served_and_10_are_failed_configs_of_every_gateway()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var cluster = await TestCluster.StartAsync(Over(redis));
        var here = cluster.Api;
        var there = cluster.ApiOf(await cluster.StartAnotherGatewayAsync());
        var functions = Enumerable.Range(0, 100).Select(i => i % 10 == 7
            ? $$"""{"request_type":"f{{i}}","version":"1.0.0","timeout":5,"hook_timeout":-1,"retry":99}"""
            : ApiClient.Function($"f{i}"));

        var answer = await here.PushAsync(ApiClient.Push("many", "1", string.Join(",", functions), "http://127.0.0.1:9"));

        Assert.Equal((200, "accepted", 10), (answer.Status, answer.Body.GetProperty("status").GetString(), answer.Body.GetProperty("rejected").GetArrayLength()));
        var alice = await here.TokenAsync("alice");
        await Wait.UntilAsync(async () => (await there.CallAsync("many", "f99", "{}", alice)).Code == "unavailable", "the other gateway knows the functions");
        foreach (var gateway in (ApiClient[])[here, there])
        {
            for (var i = 0; i < 100; i++)
            {
                // Nobody listens at the node's address, so a function that is served is unavailable, and another not found.
                Assert.Equal(i % 10 == 7 ? "not_found" : "unavailable", (await gateway.CallAsync("many", $"f{i}", "{}", alice)).Code);
            }
        }

        await Wait.UntilAsync(async () => (await ListAsync(there)).Count == 10, "the other gateway shows them");
        foreach (var gateway in (ApiClient[])[here, there])
        {
            var failed = await ListAsync(gateway, "?order=oldest_first");
            Assert.Equal(Enumerable.Range(0, 10).Select(i => $"f{(10 * i) + 7}"), failed.Select(entry => entry.GetProperty("request_type").GetString()));
            Assert.All(failed, entry =>
            {
                Assert.Equal(
                    ["timeout must be from 100 to 300000 ms, or \"infinity\"", "retry must ask for 1 to 10 more attempts", "hook_timeout must be from 1 to 60000 ms"],
                    entry.GetProperty("reason").EnumerateArray().Select(reason => reason.GetString()));
                Assert.Equal(("many", "1.0.0", "push", "http://127.0.0.1:9"), (Text(entry, "service"), Text(entry, "version"), Text(entry, "source"), Text(entry, "node")));
                Assert.Equal(99, entry.GetProperty("config").GetProperty("retry").GetInt32());
            });
        }
    }

    [Fact]
    public async Task The_admin_API_lists_summarizes_cleans_up_and_clears()
    {
        await using var cluster = await TestCluster.StartAsync();
        await cluster.Api.PushAsync(ApiClient.Push("users", "1", """{"request_type":"bad","timeout":1}""" + "," + ApiClient.Function("good")));
        await cluster.Api.PushAsync(ApiClient.Push("orders", "1", "7"));

        var failed = await ListAsync(cluster);
        Assert.Equal([("orders", 2), ("users", 1)], failed.Select(entry => (Text(entry, "service"), entry.GetProperty("id").GetInt32())));
        Assert.Equal(
            ["id", "service", "request_type", "version", "source", "node", "reason", "config", "inserted_at_ms", "expires_at_ms"],
            failed[0].EnumerateObject().Select(member => member.Name));
        Assert.Equal(JsonValueKind.Null, failed[0].GetProperty("request_type").ValueKind);
        Assert.Equal(["users"], (await ListAsync(cluster, "?service=users")).Select(entry => Text(entry, "service")));
        Assert.Equal(["users"], (await ListAsync(cluster, "?order=oldest_first&limit=1")).Select(entry => Text(entry, "service")));
        Assert.Empty(await ListAsync(cluster, "?source=pull"));

        var summary = await cluster.Api.GetAsync("/admin/failed-configs/summary", TestCluster.AdminToken);
        Assert.Equal("""{"total":2,"by_source":{"push":2},"by_service":{"orders":1,"users":1}}""", summary.Body.GetRawText());

        cluster.Time.Shift = TimeSpan.FromHours(25);
        Assert.Empty(await ListAsync(cluster));
        await cluster.Api.PushAsync(ApiClient.Push("orders", "2", "8"));
        Assert.Equal("""{"removed":2}""", (await cluster.Api.PostAsync("/admin/failed-configs/cleanup", "", TestCluster.AdminToken)).Body.GetRawText());
        Assert.Equal("""{"removed":1}""", (await DeleteAsync(cluster)).Body.GetRawText());
        Assert.Empty(await ListAsync(cluster));
    }

    [Fact]
    public async Task A_push_without_any_valid_function_is_recorded_too()
    {
        await using var cluster = await TestCluster.StartAsync();
        Assert.Equal(422, (await cluster.Api.PushAsync(ApiClient.Push("users", "1", """{"request_type":"a b","timeout":1}"""))).Status);

        var entry = Assert.Single(await ListAsync(cluster));
        Assert.Equal("a b", Text(entry, "request_type"));
        Assert.Equal(2, entry.GetProperty("reason").GetArrayLength());
    }

    [Fact]
    public async Task Configs_of_any_kind_and_size_can_be_listed()
    {
        await using var cluster = await TestCluster.StartAsync();
        var large = $$"""{"request_type":"{{new string('x', 1000)}}","description":"{{new string('ü', 20_000)}}"}""";
        var many = $$"""{"request_type":"many",{{string.Join(",", Enumerable.Range(0, 300).Select(i => $"\"no{i}\":1"))}}}""";
        await cluster.Api.PushAsync(ApiClient.Push("odd", "1", string.Join(",", """{"request_type":"\ud800"}""", "null", large, many)));

        var failed = await ListAsync(cluster, "?order=oldest_first");
        Assert.Equal(4, failed.Count);
        Assert.Equal("""{"request_type":"\ud800"}""", Text(failed[0], "config"));
        Assert.Equal(JsonValueKind.Null, failed[1].GetProperty("config").ValueKind);
        Assert.InRange(Text(failed[2], "config")!.Length, 1000, FailedConfig.MaxConfigBytes);
        Assert.InRange(Text(failed[2], "request_type")!.Length, 1, 256);
        Assert.Equal((FailedConfig.MaxReasons, "and 201 more"), (failed[3].GetProperty("reason").GetArrayLength(), failed[3].GetProperty("reason")[99].GetString()));
    }

    [Theory]
    [InlineData("?source=nowhere", "source")]
    [InlineData("?limit=0", "limit")]
    [InlineData("?limit=1001", "limit")]
    [InlineData("?limit=x", "limit")]
    [InlineData("?order=sideways", "order")]
    public async Task A_wrong_filter_is_400_and_named(string query, string word)
    {
        await using var cluster = await TestCluster.StartAsync();
        var answer = await cluster.Api.GetAsync($"/admin/failed-configs{query}", TestCluster.AdminToken);

        Assert.Equal((400, "invalid_request"), (answer.Status, answer.Code));
        Assert.StartsWith(word, answer.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Looking_takes_the_admin_token_and_removing_the_action_too()
    {
        await using var cluster = await TestCluster.StartAsync(new TestClusterOptions
        {
            GatewaySettings = new Dictionary<string, string?> { ["GenApi:AdminActions:0"] = "manage_functions" },
        });

        Assert.Equal(401, (await cluster.Api.GetAsync("/admin/failed-configs", null)).Status);
        Assert.Equal(401, (await cluster.Api.GetAsync("/admin/failed-configs/summary", TestCluster.ClusterToken)).Status);
        Assert.Equal(200, (await cluster.Api.GetAsync("/admin/failed-configs", TestCluster.AdminToken)).Status);
        Assert.Equal(403, (await cluster.Api.PostAsync("/admin/failed-configs/cleanup", "", TestCluster.AdminToken)).Status);
        Assert.Equal(403, (await DeleteAsync(cluster)).Status);
        Assert.Contains(cluster.Gateway.Log, line => line.Contains("manage_failed_configs", StringComparison.Ordinal));
    }

    [RedisFact]
    public async Task While_Redis_is_away_recording_disturbs_nobody_and_what_was_recorded_comes_later()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var cluster = await TestCluster.StartAsync(Over(redis));
        var failed = cluster.Gateway.Services.GetRequiredService<FailedConfigs>();
        await redis.KillAsync();

        // Far more than may wait. It returns all the same.
        for (var i = 0; i < 5; i++)
        {
            failed.Record(new ConfigOrigin(ConfigSource.Push, null), "users", [.. Enumerable.Range(0, 1500).Select(n => new RejectedFunction("users", $"f{n}", null, ["no"]))], Configs(1500));
        }

        Assert.Equal(503, (await cluster.Api.GetAsync("/admin/failed-configs", TestCluster.AdminToken)).Status);
        Assert.Contains(cluster.Gateway.Log, line => line.Contains("not recorded as failed configs", StringComparison.Ordinal));

        await redis.StartAgainAsync();
        await Wait.UntilAsync(
            async () => (await cluster.Api.GetAsync("/admin/failed-configs/summary", TestCluster.AdminToken)) is { Status: 200 } answer && answer.Body.GetProperty("total").GetInt32() >= 1000,
            "what was recorded meanwhile is there");

        // And what is recorded from now on at once.
        failed.Record(new ConfigOrigin(ConfigSource.Pull, null), "orders", [new RejectedFunction("orders", "f", null, ["no"])], Configs(1));
        await Wait.UntilAsync(async () => (await ListAsync(cluster, "?source=pull")).Count == 1);
    }

    private static TestClusterOptions Over(RedisServer redis) => new()
    {
        GatewaySettings = new Dictionary<string, string?> { ["ConnectionStrings:redis"] = redis.ConnectionString },
    };

    private static JsonElement[] Configs(int count) => [.. Enumerable.Repeat(JsonDocument.Parse("{}").RootElement, count)];

    private static string? Text(JsonElement entry, string member) => entry.GetProperty(member).GetString();

    private static Task<IReadOnlyList<JsonElement>> ListAsync(TestCluster cluster, string query = "") => ListAsync(cluster.Api, query);

    private static async Task<IReadOnlyList<JsonElement>> ListAsync(ApiClient api, string query = "")
    {
        var answer = await api.GetAsync($"/admin/failed-configs{query}", TestCluster.AdminToken);
        Assert.Equal(200, answer.Status);
        return [.. answer.Body.EnumerateArray()];
    }

    private static Task<Answer> DeleteAsync(TestCluster cluster) => cluster.Api.DeleteAsync("/admin/failed-configs", TestCluster.AdminToken);
}
