using GenApi.Gateway.Tests.Clients;
using GenApi.Gateway.Tests.Cluster;

namespace GenApi.Gateway.Tests;

/// <summary><c>POST /admin/tokens</c>.</summary>
public sealed class AdminTokenTests(SharedCluster shared) : IClassFixture<SharedCluster>
{
    private ApiClient Api => shared.Cluster.Api;

    [Fact]
    public async Task It_answers_a_token_with_its_lifetime()
    {
        var body = (await Api.PostAsync("/admin/tokens", """{"user_id":"alice"}""", TestCluster.AdminToken)).Body;

        Assert.Equal("Bearer", body.GetProperty("token_type").GetString());
        Assert.Equal(3600, body.GetProperty("expires_in").GetInt64());
        Assert.Equal(60, (await Api.PostAsync("/admin/tokens", """{"user_id":"alice","expires_in":60}""", TestCluster.AdminToken)).Body.GetProperty("expires_in").GetInt64());
    }

    [Theory]
    [InlineData(null)]
    [InlineData("wrong")]
    [InlineData(TestCluster.ClusterToken)]
    public async Task Without_the_admin_token_it_is_401(string? bearer)
    {
        var answer = await Api.PostAsync("/admin/tokens", """{"user_id":"alice"}""", bearer);

        Assert.Equal((401, "unauthenticated"), (answer.Status, answer.Code));
        Assert.Contains("Bearer", answer.Http!.Headers.WwwAuthenticate.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_user_is_let_in_by_the_role_and_not_by_another()
    {
        Assert.Equal(403, (await Api.PostAsync("/admin/tokens", """{"user_id":"x"}""", shared.Alice)).Status);
        Assert.Equal(200, (await Api.PostAsync("/admin/tokens", """{"user_id":"x"}""", await Api.TokenAsync("root", "genapi-admin"))).Status);
    }

    [Fact]
    public async Task Without_its_action_it_is_403_with_a_line_in_the_log()
    {
        await using var cluster = await TestCluster.StartAsync(new TestClusterOptions
        {
            GatewaySettings = new Dictionary<string, string?> { ["GenApi:AdminActions:0"] = "enable_tracing" },
        });
        var answer = await cluster.Api.PostAsync("/admin/tokens", """{"user_id":"alice"}""", TestCluster.AdminToken);

        Assert.Equal((403, "permission_denied"), (answer.Status, answer.Code));
        Assert.Contains("create_token", answer.Error, StringComparison.Ordinal);
        Assert.Contains(cluster.Gateway.Log, line => line.Contains("create_token", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("", "body")]
    [InlineData("nonsense", "body")]
    [InlineData("null", "JSON object")]
    [InlineData("[]", "body")]
    [InlineData("{}", "user_id")]
    [InlineData("""{"user_id":""}""", "user_id")]
    [InlineData("""{"user_id":null}""", "user_id")]
    [InlineData("""{"user_id":7}""", "user_id must be text")]
    [InlineData("""{"user_id":"a","roles":"admin"}""", "roles must be a list")]
    [InlineData("""{"user_id":"a","roles":[1]}""", "roles[0] must be text")]
    [InlineData("""{"user_id":"a","roles":[""]}""", "roles")]
    [InlineData("""{"user_id":"a","roles":[null]}""", "roles")]
    [InlineData("""{"user_id":"a","device_id":""}""", "device_id")]
    [InlineData("""{"user_id":"a","expires_in":0}""", "expires_in")]
    [InlineData("""{"user_id":"a","expires_in":-1}""", "expires_in")]
    [InlineData("""{"user_id":"a","expires_in":31536001}""", "expires_in")]
    [InlineData("""{"user_id":"a","expires_in":1.5}""", "expires_in must be a whole number")]
    [InlineData("""{"user_id":"\ud800"}""", "user_id")]
    public async Task A_wrong_body_is_400_and_says_what_is_wrong(string body, string words)
    {
        var answer = await Api.PostAsync("/admin/tokens", body, TestCluster.AdminToken);

        Assert.Equal((400, "invalid_request"), (answer.Status, answer.Code));
        Assert.Contains(words, answer.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_body_without_end_is_refused()
    {
        var answer = await Api.PostAsync("/admin/tokens", $$"""{"user_id":"{{new string('x', 100_000)}}"}""", TestCluster.AdminToken);

        Assert.Equal((413, "invalid_request"), (answer.Status, answer.Code));
    }

    [Fact]
    public async Task Too_many_roles_are_refused()
    {
        var roles = string.Join(",", Enumerable.Repeat("\"r\"", 65));

        Assert.Equal(400, (await Api.PostAsync("/admin/tokens", $$"""{"user_id":"a","roles":[{{roles}}]}""", TestCluster.AdminToken)).Status);
    }
}
