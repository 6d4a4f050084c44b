using System.Text.Json;
using GenApi.Gateway.Tests.Clients;
using GenApi.Gateway.Tests.Cluster;

namespace GenApi.Gateway.Tests;

/// <summary>Who may call, and for whom the call is made.</summary>
public sealed class IdentityTests(SharedCluster shared) : IClassFixture<SharedCluster>
{
    private TestCluster Cluster => shared.Cluster;

    private ApiClient Api => shared.Cluster.Api;

    [Fact]
    public async Task A_token_by_header_is_known_at_both_doors_and_by_query_at_the_hub()
    {
        Assert.Equal("alice", UserOf(await Api.CallAsync("test", "whoami", "{}", shared.Alice)));
        await using var byHeader = await HubClient.ConnectAsync(Cluster, shared.Alice);
        Assert.Equal("alice", UserOf(await byHeader.CallAsync("whoami")));
        await using var byQuery = await HubClient.ConnectAsync(Cluster, shared.Alice, byQuery: true);
        Assert.Equal("alice", UserOf(await byQuery.CallAsync("whoami")));
    }

    [Fact]
    public async Task A_token_in_the_query_is_not_for_plain_http()
    {
        var answer = await Api.PostAsync($"/api/test/whoami?access_token={Uri.EscapeDataString(shared.Alice)}", "{}", null);

        answer.AssertFailed("unauthenticated", 401, false);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("nonsense")]
    [InlineData("the-cluster-token-of-the-tests")]
    [InlineData("the-admin-token-of-the-tests")]
    public async Task Without_a_right_token_a_call_is_refused_by_both_doors(string? token)
    {
        var byHttp = await Api.CallAsync("test", "node", "{}", token);
        byHttp.AssertFailed("unauthenticated", 401, false);
        Assert.Contains("Bearer", byHttp.Http!.Headers.WwwAuthenticate.ToString(), StringComparison.Ordinal);

        using var hub = await RawHub.ConnectAsync(Cluster, token);
        await hub.InvokeAsync("1", HubClient.Request("test", "node", "{}"));
        (await hub.CompletionAsync("1")).AssertFailed("unauthenticated", 401, false);
    }

    [Fact]
    public async Task A_token_of_another_gateway_with_other_keys_is_refused()
    {
        await using var other = await TestCluster.StartAsync();
        var foreign = await other.Api.TokenAsync("alice");

        (await Api.CallAsync("test", "node", "{}", foreign)).AssertFailed("unauthenticated", 401, false);
    }

    [Fact]
    public async Task A_token_that_was_tampered_with_is_refused()
    {
        var last = shared.Alice[^10];
        var tampered = shared.Alice[..^10] + (last == 'A' ? 'B' : 'A') + shared.Alice[^9..];

        (await Api.CallAsync("test", "node", "{}", tampered)).AssertFailed("unauthenticated", 401, false);
    }

    [Fact]
    public async Task An_expired_token_is_refused_by_both_doors()
    {
        await using var cluster = await TestCluster.StartAsync("a");
        cluster.Time.Shift = TimeSpan.FromHours(-2);
        var expired = await cluster.Api.TokenAsync("alice");
        cluster.Time.Shift = TimeSpan.Zero;

        (await cluster.Api.CallAsync("test", "node", "{}", expired)).AssertFailed("unauthenticated", 401, false);
        await using var hub = await HubClient.ConnectAsync(cluster, expired);
        (await hub.CallAsync("node")).AssertFailed("unauthenticated", 401, false);
    }

    [Fact]
    public async Task The_token_says_user_roles_and_device_and_the_payload_does_not()
    {
        var token = (await Api.PostAsync("/admin/tokens", """{"user_id":"carol","roles":["clerk","admin"],"device_id":"phone"}""", TestCluster.AdminToken))
            .Body.GetProperty("access_token").GetString();
        await using var hub = await HubClient.ConnectAsync(Cluster, token);
        var byHub = (await hub.SendAsync(HubClient.Request("test", "whoami", "{}", more: ""","user_id":"mallory","user_roles":["root"],"device_id":"stolen" """))).Result;
        var byHttp = (await Api.CallAsync("test", "whoami", "{}", token, change: request => request.Headers.Add("X-Device-Id", "stolen"))).Result;

        foreach (var who in new[] { byHub, byHttp })
        {
            Assert.Equal("carol", who.GetProperty("user_id").GetString());
            Assert.Equal("phone", who.GetProperty("device_id").GetString());
            Assert.Equal(["clerk", "admin"], who.GetProperty("roles").EnumerateArray().Select(role => role.GetString()));
        }
    }

    [Fact]
    public async Task A_token_without_a_device_takes_the_clients_word_for_it()
    {
        await using var hub = await shared.HubAsync();
        var byHub = await hub.SendAsync(HubClient.Request("test", "whoami", "{}", more: ""","device_id":"tablet" """));
        var byHttp = await Api.CallAsync("test", "whoami", "{}", shared.Alice, change: request => request.Headers.Add("X-Device-Id", "tablet"));

        Assert.Equal("tablet", byHub.Result.GetProperty("device_id").GetString());
        Assert.Equal("tablet", byHttp.Result.GetProperty("device_id").GetString());
    }

    [Fact]
    public async Task The_function_is_told_the_request()
    {
        var answer = await Api.CallAsync("test", "whoami", "{}", shared.Alice, change: request => request.Headers.Add("X-Request-Id", "r-9"));

        Assert.Equal("r-9", answer.Result.GetProperty("request_id").GetString());
        Assert.Equal("test", answer.Result.GetProperty("service").GetString());
        Assert.Equal("whoami", answer.Result.GetProperty("request_type").GetString());
    }

    [Fact]
    public async Task Http_makes_a_request_id_where_the_caller_gives_none()
    {
        var first = await shared.CallAsync("node");
        var second = await shared.CallAsync("node");

        Assert.NotEmpty(first.RequestId!);
        Assert.NotEqual(first.RequestId, second.RequestId);
    }

    [Fact]
    public async Task Permissions_let_the_right_ones_through()
    {
        var boss = await Api.TokenAsync("bob", "boss");

        (await shared.CallAsync("authenticated")).AssertResult("true");
        (await shared.CallAsync("own", """{"user_id":"alice"}""")).AssertResult("\"alice\"");
        (await Api.CallAsync("test", "admin", "{}", boss)).AssertResult("true");
        (await shared.CallAsync("admin")).AssertFailed("permission_denied", 403, false);
    }

    [Fact]
    public async Task Without_require_verified_user_id_strangers_get_in_where_the_function_lets_them()
    {
        await using var cluster = await TestCluster.StartAsync(new TestClusterOptions
        {
            Nodes = ["a"],
            GatewaySettings = new Dictionary<string, string?> { ["GenApi:RequireVerifiedUserId"] = "false" },
        });
        await using var hub = await HubClient.ConnectAsync(cluster, null);

        Assert.Null(UserOf(await cluster.Api.CallAsync("test", "whoami", "{}", null)));
        Assert.Null(UserOf(await hub.SendAsync(HubClient.Request("test", "whoami", "{}", more: ""","user_id":"mallory","user_roles":["boss"]"""))));
        (await hub.CallAsync("authenticated")).AssertFailed("permission_denied", 403, false);
        (await hub.SendAsync(HubClient.Request("test", "admin", "{}", more: ""","user_id":"mallory","user_roles":["boss"]"""))).AssertFailed("permission_denied", 403, false);
        (await hub.SendAsync(HubClient.Request("test", "own", """{"user_id":"mallory"}""", more: ""","user_id":"mallory" """))).AssertFailed("permission_denied", 403, false);
    }

    [Fact]
    public async Task Without_override_user_id_the_payload_is_believed()
    {
        await using var cluster = await TestCluster.StartAsync(new TestClusterOptions
        {
            Nodes = ["a"],
            GatewaySettings = new Dictionary<string, string?> { ["GenApi:OverrideUserId"] = "false" },
        });
        await using var hub = await HubClient.ConnectAsync(cluster, await cluster.Api.TokenAsync("server"));

        Assert.Equal("server", UserOf(await hub.CallAsync("whoami")));
        var who = await hub.SendAsync(HubClient.Request("test", "whoami", "{}", more: ""","user_id":"dave","user_roles":["boss"]"""));
        Assert.Equal("dave", UserOf(who));
        Assert.Equal(["boss"], who.Result.GetProperty("roles").EnumerateArray().Select(role => role.GetString()));
        (await hub.SendAsync(HubClient.Request("test", "admin", "{}", more: ""","user_id":"dave","user_roles":["boss"]"""))).AssertResult("true");
        (await hub.SendAsync(HubClient.Request("test", "own", """{"user_id":"dave"}""", more: ""","user_id":"dave" """))).AssertResult("\"dave\"");

        // The token itself is still asked for.
        await using var stranger = await HubClient.ConnectAsync(cluster, null);
        (await stranger.SendAsync(HubClient.Request("test", "whoami", "{}", more: ""","user_id":"dave" """))).AssertFailed("unauthenticated", 401, false);
    }

    private static string? UserOf(Answer answer)
    {
        Assert.True(answer.Success, answer.Body.GetRawText());
        return answer.Result.TryGetProperty("user_id", out var user) && user.ValueKind == JsonValueKind.String ? user.GetString() : null;
    }
}
