using System.Text.Json;
using GenApi.Gateway.Tests.Clients;
using GenApi.Gateway.Tests.Cluster;

namespace GenApi.Gateway.Tests;

/// <summary>Push, lease, deregister and verify, by hand.</summary>
public sealed class PushTests(PushTests.Alone shared) : IClassFixture<PushTests.Alone>
{
    private ApiClient Api => shared.Cluster.Api;

    [Fact]
    public async Task What_is_pushed_can_be_called_at_once()
    {
        var service = NewService();
        Assert.Equal("not_found", await CodeOfAsync(service, "get"));
        var answer = await PushAsync(service, "1", ApiClient.Function("get"));

        Assert.Equal((200, "accepted"), (answer.Status, StatusOf(answer)));

        // It is known; only nobody serves it.
        Assert.Equal("unavailable", await CodeOfAsync(service, "get"));
    }

    [Fact]
    public async Task A_config_may_leave_out_all_that_has_a_default()
    {
        var service = NewService();
        var answer = await PushAsync(service, "1", """{"request_type":"get"}""");

        Assert.Equal((200, "accepted"), (answer.Status, StatusOf(answer)));
        Assert.Equal("unavailable", await CodeOfAsync(service, "get"));
    }

    [Fact]
    public async Task Of_a_partly_invalid_push_the_valid_functions_are_stored_and_the_others_named_with_every_reason()
    {
        var service = NewService();
        var answer = await PushAsync(service, "1", string.Join(",",
            ApiClient.Function("good"),
            """{"request_type":"bad","timeout":5,"hook_timeout":-1,"choose_node_mode":"random"}""",
            """{"request_type":"worse","version":"1.0.0","misspelt":1,"disabled":"yes"}""",
            ApiClient.Function("alien", ""","service":"another" """),
            ApiClient.Function("good"),
            "7"));

        Assert.Equal((200, "accepted"), (answer.Status, StatusOf(answer)));
        var rejected = answer.Body.GetProperty("rejected").EnumerateArray()
            .Select(function => (
                Type: function.TryGetProperty("request_type", out var type) ? type.GetString() : null,
                Reasons: function.GetProperty("reasons").GetArrayLength()))
            .ToList();
        Assert.Equal([("bad", 2), ("worse", 2), ("alien", 1), ("good", 1), (null, 1)], rejected);
        Assert.Equal("unavailable", await CodeOfAsync(service, "good"));
        Assert.Equal("not_found", await CodeOfAsync(service, "bad"));
        Assert.Equal("not_found", await CodeOfAsync(service, "worse"));
    }

    [Theory]
    [InlineData("""{"request_type":"a","arg_types":{"x":null}}""")]
    [InlineData("""{"request_type":"\ud800"}""")]
    [InlineData("""{"request_type":"a","\ud800":1}""")]
    [InlineData("""{"request_type":{"a":1},"version":[1]}""")]
    [InlineData("""{"request_type":"a","nodes":["http://10.0.0.5:5090\n"]}""")]
    [InlineData("null")]
    public async Task An_odd_function_is_rejected_and_the_others_are_stored(string function)
    {
        var service = NewService();
        var answer = await PushAsync(service, "1", $"{function},{ApiClient.Function("good")}");

        Assert.Equal((200, "accepted"), (answer.Status, StatusOf(answer)));
        Assert.Equal(1, answer.Body.GetProperty("rejected").GetArrayLength());
        Assert.Equal("unavailable", await CodeOfAsync(service, "good"));
    }

    [Fact]
    public async Task A_push_with_no_valid_function_is_refused_with_every_reason()
    {
        var service = NewService();
        var answer = await PushAsync(service, "1", """{"request_type":"a b","timeout":1}""");

        Assert.Equal((422, "error"), (answer.Status, StatusOf(answer)));
        Assert.NotEmpty(answer.Body.GetProperty("reason").GetString()!);
        Assert.Equal(2, answer.Body.GetProperty("rejected")[0].GetProperty("reasons").GetArrayLength());
        Assert.Equal("not_found", StatusOf(await VerifyAsync(service, "1")));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("wrong")]
    [InlineData(TestCluster.AdminToken)]
    public async Task Without_the_cluster_token_everything_is_401(string? bearer)
    {
        var service = NewService();
        Answer[] answers =
        [
            await Api.PushAsync(ApiClient.Push(service, "1", ApiClient.Function("get")), bearer: bearer),
            await Api.PushAsync("nonsense", bearer: bearer),
            await Api.PostAsync("/cluster/lease", Lease(service, "1"), bearer),
            await Api.PostAsync("/cluster/deregister", Lease(service, "1"), bearer),
            await Api.GetAsync($"/cluster/verify?service={service}&config_version=1", bearer),
        ];

        Assert.All(answers, answer => Assert.Equal((401, "unauthenticated"), (answer.Status, answer.Code)));
        Assert.Equal("not_found", await CodeOfAsync(service, "get"));
    }

    [Fact]
    public async Task The_token_may_stand_in_the_push()
    {
        var service = NewService();
        static string Body(string service, string token) =>
            $$"""{"service":"{{service}}","config_version":"1","fun_configs":[{{ApiClient.Function("get")}}],"push_token":"{{token}}"}""";

        Assert.Equal(401, (await Api.PushAsync(Body(service, "wrong"), bearer: null)).Status);
        Assert.Equal(200, (await Api.PushAsync(Body(service, TestCluster.ClusterToken), bearer: null)).Status);
    }

    [Fact]
    public async Task The_same_version_is_skipped_unless_forced()
    {
        var service = NewService();
        await PushAsync(service, "1", ApiClient.Function("get"));
        var same = await PushAsync(service, "1", ApiClient.Function("put"));
        Assert.Equal((200, "skipped"), (same.Status, StatusOf(same)));
        Assert.Equal("not_found", await CodeOfAsync(service, "put"));

        var forced = await PushAsync(service, "1", ApiClient.Function("put"), "?force=true");
        Assert.Equal((200, "accepted"), (forced.Status, StatusOf(forced)));
        Assert.Equal("unavailable", await CodeOfAsync(service, "put"));

        Assert.Equal("accepted", StatusOf(await PushAsync(service, "2", ApiClient.Function("list"))));
        Assert.Equal("unavailable", await CodeOfAsync(service, "list"));
        Assert.Equal("unavailable", await CodeOfAsync(service, "get"));
    }

    [Fact]
    public async Task A_function_pushed_again_replaces_the_one_before()
    {
        var service = NewService();
        await PushAsync(service, "1", ApiClient.Function("get", ""","disabled":true"""));
        Assert.Equal("disabled", await CodeOfAsync(service, "get"));
        await PushAsync(service, "2", ApiClient.Function("get"));
        Assert.Equal("unavailable", await CodeOfAsync(service, "get"));
    }

    [Fact]
    public async Task Verify_compares_with_what_is_stored()
    {
        var service = NewService();
        Assert.Equal("not_found", StatusOf(await VerifyAsync(service, "1")));
        await PushAsync(service, "1", ApiClient.Function("get"));
        Assert.Equal("matched", StatusOf(await VerifyAsync(service, "1")));
        var mismatch = await VerifyAsync(service, "2");

        Assert.Equal(("mismatch", "1"), (StatusOf(mismatch), mismatch.Body.GetProperty("stored").GetString()));
        Assert.Equal(400, (await Api.GetAsync("/cluster/verify", TestCluster.ClusterToken)).Status);
    }

    [Fact]
    public async Task A_lease_is_ok_for_the_node_that_pushed_and_unknown_for_others()
    {
        var service = NewService();
        Assert.Equal("unknown", StatusOf(await Api.PostAsync("/cluster/lease", Lease(service, "1"), TestCluster.ClusterToken)));
        await Api.PushAsync(ApiClient.Push(service, "1", ApiClient.Function("get"), "http://127.0.0.1:9"));

        Assert.Equal("ok", StatusOf(await Api.PostAsync("/cluster/lease", Lease(service, "1"), TestCluster.ClusterToken)));
        Assert.Equal("unknown", StatusOf(await Api.PostAsync("/cluster/lease", Lease(service, "2"), TestCluster.ClusterToken)));
        Assert.Equal("unknown", StatusOf(await Api.PostAsync("/cluster/lease", Lease(service, "1", "node-2"), TestCluster.ClusterToken)));

        Assert.Equal("ok", StatusOf(await Api.PostAsync("/cluster/deregister", Lease(service, "1"), TestCluster.ClusterToken)));
        Assert.Equal("unknown", StatusOf(await Api.PostAsync("/cluster/lease", Lease(service, "1"), TestCluster.ClusterToken)));
    }

    [Fact]
    public async Task A_lease_that_is_not_renewed_ends()
    {
        await using var cluster = await TestCluster.StartAsync();
        await cluster.Api.PushAsync(ApiClient.Push("gone", "1", ApiClient.Function("get"), "http://127.0.0.1:9"));
        cluster.Time.Shift = TimeSpan.FromSeconds(16);

        Assert.Equal("unknown", StatusOf(await cluster.Api.PostAsync("/cluster/lease", Lease("gone", "1"), TestCluster.ClusterToken)));
    }

    [Theory]
    [InlineData("")]
    [InlineData("nonsense")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"service":"s"}""")]
    [InlineData("""{"service":"s","config_version":"1"}""")]
    [InlineData("""{"service":"s","config_version":"1","fun_configs":null}""")]
    [InlineData("""{"service":"s","config_version":"1","fun_configs":[]}""")]
    [InlineData("""{"service":"s","config_version":"1","fun_configs":{}}""")]
    [InlineData("""{"service":"s","config_version":null,"fun_configs":[{"request_type":"t"}]}""")]
    [InlineData("""{"service":"s","fun_configs":[{"request_type":"t"}]}""")]
    [InlineData("""{"service":"s","config_version":"","fun_configs":[{"request_type":"t"}]}""")]
    [InlineData("""{"service":null,"config_version":"1","fun_configs":[{"request_type":"t"}]}""")]
    [InlineData("""{"service":"a b","config_version":"1","fun_configs":[{"request_type":"t"}]}""")]
    [InlineData("""{"service":7,"config_version":"1","fun_configs":[{"request_type":"t"}]}""")]
    [InlineData("""{"service":"s","config_version":"1","fun_configs":[{"request_type":"t"}],"node":{}}""")]
    [InlineData("""{"service":"s","config_version":"1","fun_configs":[{"request_type":"t"}],"node":{"id":"n","address":"nonsense"}}""")]
    [InlineData("""{"service":"s","config_version":"1","fun_configs":[{"request_type":"t"}],"node":{"id":"a b","address":"http://127.0.0.1:9"}}""")]
    public async Task A_malformed_push_is_refused_with_a_reason(string body)
    {
        var answer = await Api.PushAsync(body);

        Assert.InRange(answer.Status, 400, 422);
        Assert.NotEmpty(answer.Error ?? answer.Body.GetProperty("reason").GetString()!);
    }

    [Theory]
    [InlineData("")]
    [InlineData("nonsense")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"service":"s","config_version":"1"}""")]
    [InlineData("""{"service":"s","config_version":"1","node":null}""")]
    [InlineData("""{"service":"s","config_version":"1","node":{}}""")]
    [InlineData("""{"service":"s","config_version":"1","node":{"id":null,"address":null}}""")]
    [InlineData("""{"service":null,"config_version":null,"node":{"id":"n","address":"http://127.0.0.1:9"}}""")]
    public async Task A_malformed_lease_is_400(string body)
    {
        Assert.Equal((400, "invalid_request"), await RefusedAsync("/cluster/lease"));
        Assert.Equal((400, "invalid_request"), await RefusedAsync("/cluster/deregister"));

        async Task<(int, string?)> RefusedAsync(string path)
        {
            var answer = await Api.PostAsync(path, body, TestCluster.ClusterToken);
            return (answer.Status, answer.Code);
        }
    }

    [Fact]
    public async Task Nodes_that_functions_name_are_held_to_the_allowlist_too()
    {
        await using var cluster = await TestCluster.StartAsync(new TestClusterOptions
        {
            GatewaySettings = new Dictionary<string, string?>
            {
                ["GenApi:Allowlist:Nodes:0"] = "http://10.*",
            },
        });
        var answer = await cluster.Api.PushAsync(ApiClient.Push("shop", "1", string.Join(
            ',',
            ApiClient.Function("good", ""","nodes":["http://10.0.0.5:5090"]"""),
            ApiClient.Function("bad", ""","nodes":["http://10.0.0.5:5090","http://127.0.0.1:9"]"""),
            ApiClient.Function("named", ""","nodes":{"resolver":"dns","args":["http://127.0.0.1:9"]}"""))));

        var rejected = Assert.Single(answer.Body.GetProperty("rejected").EnumerateArray());
        Assert.Equal("bad", rejected.GetProperty("request_type").GetString());
        Assert.Contains("GenApi:Allowlist:Nodes", rejected.GetProperty("reasons")[0].GetString(), StringComparison.Ordinal);

        // Nobody dials what a resolver gives either.
        await Wait.UntilAsync(() => cluster.Gateway.Log.Any(line => line.Contains("one is left out", StringComparison.Ordinal)));
        Assert.DoesNotContain(cluster.Gateway.Log, line => line.Contains("The node at http://127.0.0.1:9", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_function_that_names_its_nodes_can_be_called_without_waiting_for_the_next_look_at_leases()
    {
        await using var home = await TestCluster.StartAsync("a");
        await using var cluster = await TestCluster.StartAsync(new TestClusterOptions
        {
            GatewaySettings = new Dictionary<string, string?> { ["GenApi:Nodes:WatchInterval"] = "00:01:00" },
        });
        var address = home.Nodes["a"].Address.ToString().TrimEnd('/');
        Assert.Equal(200, (await cluster.Api.PushAsync(ApiClient.Push("shop", "1", ApiClient.Function("node", $$""","nodes":["{{address}}"]""")))).Status);

        var token = await cluster.Api.TokenAsync("alice");
        await Wait.UntilAsync(async () => (await cluster.Api.CallAsync("shop", "node", "{}", token)).Status == 200);
    }

    [Fact]
    public async Task A_gateway_without_a_cluster_token_takes_no_push_and_says_why()
    {
        await using var cluster = await TestCluster.StartAsync(new TestClusterOptions
        {
            GatewaySettings = new Dictionary<string, string?> { ["GenApi:ClusterToken"] = null },
        });
        var answer = await cluster.Api.PushAsync(ApiClient.Push("s", "1", ApiClient.Function("get")));

        Assert.Equal(401, answer.Status);
        Assert.Contains("GenApi:ClusterToken", answer.Error, StringComparison.Ordinal);
    }

    private static string NewService() => $"s-{Guid.NewGuid():N}";

    private static string? StatusOf(Answer answer) => answer.Body.ValueKind == JsonValueKind.Object && answer.Body.TryGetProperty("status", out var status) ? status.GetString() : null;

    private static string Lease(string service, string version, string node = "node-1") =>
        $$"""{"service":"{{service}}","config_version":"{{version}}","node":{"id":"{{node}}","address":"http://127.0.0.1:9"} }""";

    private Task<Answer> PushAsync(string service, string version, string functions, string query = "") =>
        Api.PushAsync(ApiClient.Push(service, version, functions), query);

    private Task<Answer> VerifyAsync(string service, string version) =>
        Api.GetAsync($"/cluster/verify?service={service}&config_version={version}", TestCluster.ClusterToken);

    private async Task<string?> CodeOfAsync(string service, string function) =>
        (await Api.CallAsync(service, function, "{}", shared.Token)).Code;

    /// <summary>A gateway without nodes.</summary>
    public sealed class Alone : IAsyncLifetime
    {
        internal TestCluster Cluster { get; private set; } = null!;

        internal string Token { get; private set; } = "";

        public async ValueTask InitializeAsync()
        {
            Cluster = await TestCluster.StartAsync();
            Token = await Cluster.Api.TokenAsync("alice");
        }

        public ValueTask DisposeAsync() => Cluster.DisposeAsync();
    }
}
