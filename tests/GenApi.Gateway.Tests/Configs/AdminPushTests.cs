using GenApi.Gateway.Tests.Clients;
using GenApi.Gateway.Tests.Cluster;

namespace GenApi.Gateway.Tests.Configs;

/// <summary><c>POST /admin/push</c>, <c>GET /admin/verify</c> and <c>GET /admin/pushed-services</c>.</summary>
public sealed class AdminPushTests
{
    private static readonly string Body = ApiClient.Push("users", "1", ApiClient.Function("get"));

    [Fact]
    public async Task A_push_is_accepted_skipped_and_forced_as_one_of_a_node()
    {
        await using var cluster = await TestCluster.StartAsync();
        Assert.Equal("""{"status":"accepted","rejected":[]}""", (await PushAsync(cluster, Body)).Body.GetRawText());
        Assert.Equal("""{"status":"skipped","reason":"version_matches","rejected":[]}""", (await PushAsync(cluster, Body)).Body.GetRawText());
        Assert.Equal("""{"status":"accepted","rejected":[]}""", (await PushAsync(cluster, Body, "?force=true")).Body.GetRawText());

        var refused = await PushAsync(cluster, ApiClient.Push("users", "2", "7"));
        Assert.Equal((422, "error", 1), (refused.Status, refused.Body.GetProperty("status").GetString(), refused.Body.GetProperty("rejected").GetArrayLength()));
        Assert.Equal((400, "invalid_request"), ((await PushAsync(cluster, "nonsense")).Status, (await PushAsync(cluster, "nonsense")).Code));
    }

    [Theory]
    [InlineData(true, "push_config", null, 200)]
    [InlineData(true, "*", TestCluster.ClusterToken, 200)]
    [InlineData(true, "manage_functions", TestCluster.ClusterToken, 200)]
    [InlineData(true, "manage_functions", null, 403)]
    [InlineData(true, "push_config", "wrong", 401)]
    [InlineData(false, "push_config", null, 200)]
    [InlineData(false, "push_config", "whatever", 200)]
    [InlineData(false, "manage_functions", null, 403)]
    [InlineData(false, "manage_functions", "whatever", 403)]
    public async Task The_cluster_token_or_the_action_allows_it(bool hasClusterToken, string action, string? pushToken, int status)
    {
        await using var cluster = await TestCluster.StartAsync(new TestClusterOptions
        {
            GatewaySettings = new Dictionary<string, string?>
            {
                ["GenApi:ClusterToken"] = hasClusterToken ? TestCluster.ClusterToken : null,
                ["GenApi:AdminActions:0"] = action,
            },
        });
        var body = pushToken is null ? Body : Body.Insert(1, $"\"push_token\":\"{pushToken}\",");

        var answer = await PushAsync(cluster, body);

        Assert.Equal(status, answer.Status);
        if (status != 200)
        {
            Assert.Equal("not_found", (await cluster.Api.GetAsync("/admin/verify?service=users&config_version=1", TestCluster.AdminToken)).Body.GetProperty("status").GetString());
        }

        // The admin token is needed in any case.
        Assert.Equal(401, (await cluster.Api.PostAsync("/admin/push", body, TestCluster.ClusterToken)).Status);
    }

    [Fact]
    public async Task Verify_tells_what_is_stored()
    {
        await using var cluster = await TestCluster.StartAsync();
        Assert.Equal("""{"status":"not_found"}""", await VerifyAsync("1"));
        await PushAsync(cluster, Body);
        Assert.Equal("""{"status":"matched"}""", await VerifyAsync("1"));
        Assert.Equal("""{"status":"mismatch","stored":"1"}""", await VerifyAsync("2"));
        Assert.Equal(400, (await cluster.Api.GetAsync("/admin/verify?service=users", TestCluster.AdminToken)).Status);
        Assert.Equal(401, (await cluster.Api.GetAsync("/admin/verify?service=users&config_version=1", TestCluster.ClusterToken)).Status);

        async Task<string> VerifyAsync(string version) =>
            (await cluster.Api.GetAsync($"/admin/verify?service=users&config_version={version}", TestCluster.AdminToken)).Body.GetRawText();
    }

    [Fact]
    public async Task Pushed_services_are_listed_with_version_nodes_and_pulls()
    {
        await using var cluster = await TestCluster.StartAsync(new TestClusterOptions
        {
            GatewaySettings = new Dictionary<string, string?>
            {
                ["GenApi:Pull:Services:0:Service"] = "pulled",
                ["GenApi:Pull:Services:0:Nodes:0"] = "http://127.0.0.1:9",
            },
        });
        await cluster.Api.PushAsync(ApiClient.Push("users", "7", $"{ApiClient.Function("get")},{ApiClient.Function("put", ""","disabled":true""")}", "http://127.0.0.1:9"));
        await Wait.UntilAsync(async () => (await ListAsync())[0].GetProperty("pull").GetProperty("state").GetProperty("consecutive_failures").GetInt32() > 0);

        var services = await ListAsync();
        Assert.Equal(["pulled", "users"], services.Select(service => service.GetProperty("service").GetString()));
        Assert.Equal((true, false), (services[0].GetProperty("auto_pull").GetBoolean(), services[1].GetProperty("auto_pull").GetBoolean()));
        Assert.False(services[0].TryGetProperty("config_version", out _));
        var pull = services[0].GetProperty("pull");
        Assert.Equal(("configuration", 30_000), (pull.GetProperty("registered").GetString(), pull.GetProperty("interval").GetInt32()));
        Assert.Contains("http://127.0.0.1:9", pull.GetProperty("state").GetProperty("last_error").GetString(), StringComparison.Ordinal);
        Assert.Equal(("7", 2, 1), (services[1].GetProperty("config_version").GetString(), services[1].GetProperty("functions").GetInt32(), services[1].GetProperty("disabled_functions").GetInt32()));
        Assert.Equal("http://127.0.0.1:9", services[1].GetProperty("nodes")[0].GetString());
        Assert.True(services[1].GetProperty("stored_at_ms").GetInt64() > 0);
        Assert.Equal(401, (await cluster.Api.GetAsync("/admin/pushed-services", null)).Status);

        // Without the one that the gateway hosts itself.
        async Task<IReadOnlyList<System.Text.Json.JsonElement>> ListAsync() =>
            [.. (await cluster.Api.GetAsync("/admin/pushed-services", TestCluster.AdminToken)).Body.EnumerateArray().Where(service => service.GetProperty("service").GetString() != "relay")];
    }

    private static Task<Answer> PushAsync(TestCluster cluster, string body, string query = "") => cluster.Api.PostAsync($"/admin/push{query}", body, TestCluster.AdminToken);
}
