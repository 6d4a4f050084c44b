#if USE_ASPIRE
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using GenApi.Gateway.Tests.Clients;
using GenApi.Gateway.Tests.Cluster;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace GenApi.Gateway.Tests;

/// <summary>Tokens of an identity provider, which a gateway built with Aspire takes beside its own. The provider here has one key and tells it as real ones do.</summary>
public sealed class JwtTests : IAsyncLifetime
{
    private const string Audience = "genapi";

    private readonly RSA _key = RSA.Create(2048);
    private TestApp _provider = null!;
    private TestCluster _cluster = null!;

    private string Issuer => _provider.Address.ToString().TrimEnd('/');

    public async ValueTask InitializeAsync()
    {
        _provider = await TestApp.StartAsync(new Dictionary<string, string?>(), _ => { }, app =>
        {
            app.MapGet("/.well-known/openid-configuration", () => Results.Json(new { issuer = Issuer, jwks_uri = $"{Issuer}/keys" }));
            app.MapGet("/keys", () =>
            {
                var shown = _key.ExportParameters(false);
                return Results.Json(new { keys = new[] { new { kty = "RSA", use = "sig", kid = "1", n = Text(shown.Modulus!), e = Text(shown.Exponent!) } } });
            });
        });
        _cluster = await TestCluster.StartAsync(new TestClusterOptions
        {
            Nodes = ["a"],
            GatewaySettings = new Dictionary<string, string?>
            {
                ["Authentication:Schemes:Bearer:Authority"] = Issuer,
                ["Authentication:Schemes:Bearer:ValidAudiences:0"] = Audience,
                ["Authentication:Schemes:Bearer:RequireHttpsMetadata"] = "false",
            },
        });
    }

    public async ValueTask DisposeAsync()
    {
        await _cluster.DisposeAsync();
        await _provider.DisposeAsync();
        _key.Dispose();
    }

    [Fact]
    public async Task A_token_of_the_provider_says_who_calls_at_both_doors()
    {
        var token = Token(roles: ["editor", "reader"]);

        AssertAlice(await _cluster.Api.CallAsync("test", "whoami", "{}", token));
        await using var byHeader = await HubClient.ConnectAsync(_cluster, token);
        AssertAlice(await byHeader.CallAsync("whoami"));
        await using var byQuery = await HubClient.ConnectAsync(_cluster, token, byQuery: true);
        AssertAlice(await byQuery.CallAsync("whoami"));
        (await _cluster.Api.PostAsync($"/api/test/whoami?access_token={token}", "{}", null)).AssertFailed("unauthenticated", 401, false);

        static void AssertAlice(Answer answer)
        {
            Assert.True(answer.Success, answer.ToString());
            Assert.Equal("alice", answer.Result.GetProperty("user_id").GetString());
            Assert.Equal("""["editor","reader"]""", answer.Result.GetProperty("roles").GetRawText());
        }
    }

    [Fact]
    public async Task Its_own_tokens_are_as_good_as_ever()
    {
        var token = await _cluster.Api.TokenAsync("bob");

        Assert.Equal("bob", (await _cluster.Api.CallAsync("test", "whoami", "{}", token)).Result.GetProperty("user_id").GetString());
        await using var hub = await HubClient.ConnectAsync(_cluster, token, byQuery: true);
        Assert.Equal("bob", (await hub.CallAsync("whoami")).Result.GetProperty("user_id").GetString());
    }

    [Fact]
    public async Task A_role_of_the_provider_lets_an_operator_in()
    {
        Assert.Equal(200, (await _cluster.Api.GetAsync("/admin/health", Token(roles: ["genapi-admin"]))).Status);
        Assert.Equal(403, (await _cluster.Api.GetAsync("/admin/health", Token())).Status);
    }

    [Fact]
    public async Task Every_other_token_of_that_form_is_refused()
    {
        using var otherKey = RSA.Create(2048);
        string[] wrong =
        [
            Token(audience: "someone-else"),
            Token(issuer: "http://localhost:1"),
            Token(lifetime: TimeSpan.FromHours(-1)),
            Token(key: otherKey),
            Token()[..^4] + "AAAA",
            $"{Text("""{"alg":"none","typ":"JWT"}""")}.{Token().Split('.')[1]}.",
            "a.b.c",
            "..",
        ];
        foreach (var token in wrong)
        {
            (await _cluster.Api.CallAsync("test", "node", "{}", token)).AssertFailed("unauthenticated", 401, false);
            using var hub = await RawHub.ConnectAsync(_cluster, token);
            await hub.InvokeAsync("1", HubClient.Request("test", "node", "{}"));
            (await hub.CompletionAsync("1")).AssertFailed("unauthenticated", 401, false);
        }
    }

    private string Token(string? issuer = null, string audience = Audience, string[]? roles = null, TimeSpan? lifetime = null, RSA? key = null)
    {
        var now = DateTimeOffset.UtcNow;
        var claims = JsonSerializer.Serialize(new
        {
            iss = issuer ?? Issuer,
            aud = audience,
            sub = "alice",
            roles = roles ?? [],
            exp = (now + (lifetime ?? TimeSpan.FromHours(1))).ToUnixTimeSeconds(),
        });
        var signed = $"{Text("""{"alg":"RS256","kid":"1","typ":"JWT"}""")}.{Text(claims)}";
        return $"{signed}.{Text((key ?? _key).SignData(Encoding.ASCII.GetBytes(signed), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1))}";
    }

    private static string Text(string value) => Text(Encoding.UTF8.GetBytes(value));

    private static string Text(byte[] value) => Base64Url.EncodeToString(value);
}
#endif
