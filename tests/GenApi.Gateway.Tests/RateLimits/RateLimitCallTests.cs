using System.Globalization;
using System.Net.Http.Headers;
using System.Security.Claims;
using System.Text;
using System.Text.Json;
using GenApi.Gateway.RateLimits;
using GenApi.Gateway.Tests.Clients;
using GenApi.Gateway.Tests.Cluster;
using GenApi.Gateway.Tests.Routes;
using GenApi.Protocol.Json;
using Microsoft.Extensions.DependencyInjection;

namespace GenApi.Gateway.Tests.RateLimits;

/// <summary>Calls by every door against limits of every kind.</summary>
public sealed class RateLimitCallTests
{
    private const string Service = "limited";

    /// <summary>Longer than a test takes, so that nothing runs out meanwhile.</summary>
    private const int Window = 600_000;

    [Fact]
    public async Task A_denied_call_says_by_which_limit_and_when_to_come_back()
    {
        await using var cluster = await StartAsync(("GlobalLimits:0", "user_id", 2));
        await using var hub = await HubClient.ConnectAsync(cluster, await cluster.Api.TokenAsync("alice"));
        var token = await cluster.Api.TokenAsync("alice");
        Assert.True((await hub.CallAsync("echo", """{"text":"a"}""", service: Service)).Success);
        (await cluster.Api.CallAsync(Service, "echo", """{"text":"a"}""", token)).AssertResult("\"a\"");

        var byHttp = await cluster.Api.CallAsync(Service, "echo", """{"text":"a"}""", token);
        var byHub = await hub.CallAsync("echo", """{"text":"a"}""", service: Service);

        foreach (var answer in new[] { byHttp, byHub })
        {
            answer.AssertFailed("rate_limited", 429, true);
            var details = answer.Body.GetProperty("details");
            Assert.Equal("user_id", details.GetProperty("key").GetString());
            Assert.Equal("global", details.GetProperty("scope").GetString());
            Assert.Equal(2, details.GetProperty("max_requests").GetInt64());
            Assert.Equal(Window, details.GetProperty("window_ms").GetInt64());
            Assert.Equal(2, details.GetProperty("current").GetInt64());
            var wait = answer.Body.GetProperty("retry_after_ms").GetInt64();
            Assert.Equal(wait, details.GetProperty("retry_after_ms").GetInt64());
            Assert.InRange(wait, Window / 2, Window + (Window / 100) + 1);
        }

        var seconds = (byHttp.Body.GetProperty("retry_after_ms").GetInt64() + 999) / 1000;
        Assert.Equal(seconds.ToString(CultureInfo.InvariantCulture), Assert.Single(byHttp.Http!.Headers.GetValues("Retry-After")));
    }

    [Fact]
    public async Task Streams_background_calls_and_calls_by_every_door_are_counted_alike()
    {
        await using var cluster = await StartAsync(("GlobalLimits:0", "user_id", 5));
        var token = await cluster.Api.TokenAsync("alice");
        await using var hub = await HubClient.ConnectAsync(cluster, token);
        using var http = new HttpClient { BaseAddress = cluster.Gateway.Address };

        Assert.True((await hub.CallAsync("echo", """{"text":"a"}""", service: Service)).Success);
        Assert.All(await hub.StreamAsync("count", service: Service), answer => Assert.True(answer.Success));
        Assert.True((await hub.CallAsync("count", service: Service, requestId: "s")).Success);
        Assert.Equal("text/event-stream", (await StreamByHttpAsync()).MediaType);
        Assert.Equal(202, (await cluster.Api.CallAsync(Service, "log", "{}", token)).Status);

        (await hub.CallAsync("echo", """{"text":"a"}""", service: Service)).AssertFailed("rate_limited", 429, true);
        Assert.Single(await hub.StreamAsync("count", service: Service)).AssertFailed("rate_limited", 429, true);
        (await hub.CallAsync("count", service: Service, requestId: "t")).AssertFailed("rate_limited", 429, true);
        Assert.Equal((429, "application/json"), await StreamByHttpAsync());
        (await cluster.Api.CallAsync(Service, "log", "{}", token)).AssertFailed("rate_limited", 429, true);

        async Task<(int Status, string? MediaType)> StreamByHttpAsync()
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, $"/api/{Service}/count") { Content = new StringContent("{}", Encoding.UTF8, "application/json") };
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
            using var response = await http.SendAsync(request, Wait.Ended);
            await response.Content.ReadAsStringAsync(Wait.Ended);
            return ((int)response.StatusCode, response.Content.Headers.ContentType?.MediaType);
        }
    }

    /// <summary>Each row: a limit of one call, a first call, one that has the same value of the key, and one that has another or none.</summary>
    public static TheoryData<string, string?, string, string, string> KeyKinds => new()
    {
        { "user_id", null, """{"user":"a"}""", """{"user":"a","device":"d2"}""", """{"user":"b"}""" },
        { "device_id", null, """{"user":"a","device":"d1"}""", """{"user":"b","device":"d1"}""", """{"user":"a","device":"d2"}""" },
        { "device_id", null, """{"user":"a","device":"d1"}""", """{"user":"b","device":"d1"}""", """{"user":"a"}""" },
        { "text", "argument", """{"args":{"text":"x"}}""", """{"user":"b","args":{"text":"\u0078"}}""", """{"args":{"text":"y"}}""" },
        { "text", null, """{"args":{"text":"x"}}""", """{"user":"b","args":{"text":"x","more":1}}""", """{"args":{"more":1}}""" },
        { "more", "argument", """{"args":{"text":"x","more":1}}""", """{"args":{"text":"y","more":1.0}}""", """{"args":{"text":"x","more":2}}""" },
        { "more", "argument", """{"args":{"more":100}}""", """{"args":{"more":1e2}}""", """{"args":{"more":1.5}}""" },
        { "more", "argument", """{"args":{"more":true}}""", """{"args":{"more":true}}""", """{"args":{"more":null}}""" },
    };

    [Theory]
    [MemberData(nameof(KeyKinds))]
    public async Task Calls_are_counted_by_the_value_of_the_key(string key, string? source, string first, string same, string other)
    {
        await using var cluster = await StartAsync(("GlobalLimits:0", key, 1), source);
        Assert.Equal(200, await StatusAsync(first));
        Assert.Equal(429, await StatusAsync(same));
        Assert.Equal(200, await StatusAsync(other));

        async Task<int> StatusAsync(string call)
        {
            var row = JsonDocument.Parse(call).RootElement;
            var token = await cluster.Api.TokenAsync(row.TryGetProperty("user", out var user) ? user.GetString()! : "a");
            var args = row.TryGetProperty("args", out var given) ? given.GetRawText() : "{}";
            return (await cluster.Api.CallAsync(Service, "any", args, token, change: request =>
            {
                if (row.TryGetProperty("device", out var device))
                {
                    request.Headers.Add("X-Device-Id", device.GetString());
                }
            })).Status;
        }
    }

    [Theory]
    [InlineData("claim", "from the claim")]
    [InlineData("argument", "from the argument")]
    [InlineData(null, "from the claim")]
    public void A_key_of_ones_own_is_read_from_where_the_limit_says(string? source, string value)
    {
        var key = KeySource.For(new RateLimit { Key = "tenant", MaxRequests = 1, WindowMs = 1000, Source = source });
        var claims = new ClaimsPrincipal(new ClaimsIdentity([new Claim("tenant", "from the claim")]));
        Assert.Equal(value, Read(claims, """{"x":{"tenant":"no"},"tenant":"from the argument"}"""));
        Assert.Equal(source == "claim" ? "" : "from the argument", Read(new ClaimsPrincipal(), """{"tenant":"from the argument"}"""));
        Assert.Equal("", Read(null, "{}"));
        Assert.Equal(source == "claim" ? "" : new string('x', KeySource.MaxLength), Read(null, $$"""{"tenant":"{{new string('x', KeySource.MaxLength)}}"}"""));
        var tooLong = Read(new ClaimsPrincipal(new ClaimsIdentity([new Claim("tenant", new string('x', 200))])), $$"""{"tenant":"{{new string('x', 200)}}"}""");
        Assert.StartsWith("sha256:", tooLong, StringComparison.Ordinal);
        Assert.Equal("sha256:".Length + 64, tooLong.Length);

        string Read(ClaimsPrincipal? principal, string args) =>
            key.Read(new RateLimitSubject(null, null, null, principal, RawJson.FromString(args)), new char[KeySource.MaxLength]).ToString();
    }

    [Fact]
    public async Task A_gateway_with_a_wrong_limit_does_not_start()
    {
        var error = await Assert.ThrowsAnyAsync<Exception>(() => StartAsync(("GlobalLimits:0", "a key", 0)));
        Assert.Contains("GenApi:RateLimits:GlobalLimits[0] has the key 'a key'", error.Message, StringComparison.Ordinal);
        Assert.Contains("GenApi:RateLimits:GlobalLimits[0] has max_requests 0", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task All_callers_from_one_address_share_its_limit()
    {
        await using var cluster = await StartAsync(("GlobalLimits:0", "ip_address", 2));
        await using var hub = await HubClient.ConnectAsync(cluster, await cluster.Api.TokenAsync("a"));
        Assert.True((await hub.CallAsync("any", service: Service)).Success);
        Assert.Equal(200, (await cluster.Api.CallAsync(Service, "any", "{}", await cluster.Api.TokenAsync("b"))).Status);
        (await hub.CallAsync("any", service: Service)).AssertFailed("rate_limited", 429, true);
        (await cluster.Api.CallAsync(Service, "any", "{}", await cluster.Api.TokenAsync("c"))).AssertFailed("rate_limited", 429, true);
    }

    [Fact]
    public async Task A_limit_of_a_function_holds_for_that_function_and_global_ones_for_all()
    {
        await using var cluster = await StartAsync(("GlobalLimits:0", "user_id", 4), ("ApiLimits:0", "user_id", 1));
        var token = await cluster.Api.TokenAsync("a");
        Assert.Equal(200, (await cluster.Api.CallAsync(Service, "any", "{}", token)).Status);
        var denied = await cluster.Api.CallAsync(Service, "any", "{}", token);
        denied.AssertFailed("rate_limited", 429, true);
        Assert.Equal("limited/any", denied.Body.GetProperty("details").GetProperty("scope").GetString());

        // A call that one limit denies counts under none: three more are left.
        for (var call = 0; call < 3; call++)
        {
            Assert.Equal(200, (await cluster.Api.CallAsync(Service, "echo", """{"text":"a"}""", token)).Status);
        }

        Assert.Equal("global", (await cluster.Api.CallAsync(Service, "echo", """{"text":"a"}""", token)).Body.GetProperty("details").GetProperty("scope").GetString());
    }

    [Fact]
    public async Task Plain_http_requests_to_a_service_count_under_the_global_limits()
    {
        await using var cluster = await RouteCluster.StartAsync(new Dictionary<string, string?>(), "a");
        using var alice = await RouteClient.AsAsync(cluster, "alice");
        await Wait.UntilAsync(async () => await alice.GetAsync("/node") == "a");
        await cluster.Gateway.Services.GetRequiredService<IRateLimits>().SetGlobalLimitsAsync([new() { Key = "user_id", MaxRequests = 2, WindowMs = Window }], Wait.Ended);
        Assert.Equal("a", await alice.GetAsync("/node"));
        Assert.Equal(200, (await cluster.Api.CallAsync("node")).Status);

        using var denied = await alice.SendAsync(HttpMethod.Get, "/node");
        Assert.Equal(429, (int)denied.StatusCode);
        Assert.True(denied.Headers.RetryAfter!.Delta > TimeSpan.FromMinutes(5));
        using var body = JsonDocument.Parse(await denied.Content.ReadAsStringAsync(Wait.Ended));
        new Answer(429, body.RootElement) { Http = denied }.AssertFailed("rate_limited", 429, true);
        (await cluster.Api.CallAsync("node")).AssertFailed("rate_limited", 429, true);

        // What the caller may not have is refused for that, and does not count.
        using var forbidden = await alice.SendAsync(HttpMethod.Get, "/admin");
        Assert.Equal(403, (int)forbidden.StatusCode);
    }

    [Fact]
    public async Task The_check_comes_after_the_permission_and_before_the_arguments()
    {
        await using var cluster = await StartAsync(("GlobalLimits:0", "user_id", 1));
        var token = await cluster.Api.TokenAsync("a");
        (await cluster.Api.CallAsync(Service, "admin", "{}", token)).AssertFailed("permission_denied", 403, false);
        (await cluster.Api.CallAsync(Service, "echo", """{"text":1}""", token)).AssertFailed("invalid_arguments", 422, false);
        (await cluster.Api.CallAsync(Service, "echo", """{"text":1}""", token)).AssertFailed("rate_limited", 429, true);
        (await cluster.Api.CallAsync(Service, "admin", "{}", token)).AssertFailed("permission_denied", 403, false);
    }

    [Fact]
    public async Task Switched_off_nothing_is_limited()
    {
        await using var cluster = await StartAsync(("GlobalLimits:0", "user_id", 1));
        var token = await cluster.Api.TokenAsync("a");
        Assert.Equal(200, (await PutAsync(cluster, "", """{"enabled":false}""")).Status);
        Assert.Equal(200, (await cluster.Api.CallAsync(Service, "any", "{}", token)).Status);
        Assert.Equal(200, (await cluster.Api.CallAsync(Service, "any", "{}", token)).Status);
        Assert.False((await cluster.Api.GetAsync("/admin/rate-limits", TestCluster.AdminToken)).Body.GetProperty("enabled").GetBoolean());
        Assert.Equal(200, (await PutAsync(cluster, "", """{"enabled":true}""")).Status);
        Assert.Equal(200, (await cluster.Api.CallAsync(Service, "any", "{}", token)).Status);
        Assert.Equal(429, (await cluster.Api.CallAsync(Service, "any", "{}", token)).Status);
    }

    [Fact]
    public async Task Limits_are_read_set_added_and_removed_at_runtime()
    {
        await using var cluster = await StartAsync(("GlobalLimits:0", "user_id", 10), ("ApiLimits:0", "device_id", 3));
        var config = (await cluster.Api.GetAsync("/admin/rate-limits", TestCluster.AdminToken)).Body;
        Assert.Equal(
            """{"enabled":true,"fail_open":true,"global":[{"key":"user_id","max_requests":10,"window_ms":600000}],"api":[{"key":"device_id","max_requests":3,"window_ms":600000,"service":"limited","request_type":"any"}]}""",
            config.GetRawText());

        Assert.Equal(
            """[{"key":"user_id","max_requests":10,"window_ms":600000},{"key":"ip_address","max_requests":100,"window_ms":60000}]""",
            (await cluster.Api.PostAsync("/admin/rate-limits/global", """{"key":"ip_address","max_requests":100,"window_ms":60000}""", TestCluster.AdminToken)).Body.GetRawText());
        Assert.Equal(
            """[{"key":"ip_address","max_requests":100,"window_ms":60000},{"key":"user_id","max_requests":1,"window_ms":600000}]""",
            (await cluster.Api.PostAsync("/admin/rate-limits/global", """{"key":"user_id","max_requests":1,"window_ms":600000}""", TestCluster.AdminToken)).Body.GetRawText());
        var token = await cluster.Api.TokenAsync("a");
        Assert.Equal(200, (await cluster.Api.CallAsync(Service, "any", "{}", token)).Status);
        Assert.Equal(429, (await cluster.Api.CallAsync(Service, "any", "{}", token)).Status);

        Assert.Equal(200, (await cluster.Api.DeleteAsync("/admin/rate-limits/global/user_id", TestCluster.AdminToken)).Status);
        Assert.Equal(200, (await cluster.Api.DeleteAsync("/admin/rate-limits/global/unknown", TestCluster.AdminToken)).Status);
        Assert.Equal(200, (await cluster.Api.CallAsync(Service, "any", "{}", token)).Status);

        Assert.Equal(
            """[{"key":"tenant","max_requests":5,"window_ms":1000,"source":"argument"}]""",
            (await PutAsync(cluster, "/global", """[{"key":"tenant","max_requests":5,"window_ms":1000,"source":"argument"}]""")).Body.GetRawText());
        Assert.Equal(200, (await PutAsync(cluster, "", """{"global_limits":[],"api_limits":[]}""")).Status);
        Assert.Equal("[]", (await cluster.Api.GetAsync("/admin/rate-limits/global", TestCluster.AdminToken)).Body.GetRawText());
    }

    [Fact]
    public async Task Status_reset_and_check_by_hand()
    {
        await using var cluster = await StartAsync(("GlobalLimits:0", "user_id", 3), ("ApiLimits:0", "user_id", 1));
        var token = await cluster.Api.TokenAsync("a");
        Assert.Equal(200, (await cluster.Api.CallAsync(Service, "any", "{}", token)).Status);
        var check = await CheckAsync(cluster, """{"service":"limited","request_type":"any","user_id":"a"}""");
        Assert.False(check.Body.GetProperty("allowed").GetBoolean());
        Assert.Equal("limited/any", check.Body.GetProperty("scope").GetString());
        Assert.Equal("""{"allowed":true}""", (await CheckAsync(cluster, """{"service":"limited","user_id":"a"}""")).Body.GetRawText());

        var status = (await cluster.Api.GetAsync("/admin/rate-limits/status?key_value=a", TestCluster.AdminToken)).Body.EnumerateArray().ToList();
        Assert.Equal(["global 2 of 3", "limited/any 1 of 1"], status.Select(Used));
        Assert.Equal([1, 0], status.Select(limit => limit.GetProperty("remaining").GetInt64()));
        Assert.True(status[1].GetProperty("retry_after_ms").GetInt64() > 0);
        Assert.False(status[0].TryGetProperty("retry_after_ms", out _));
        Assert.Equal(["global 0 of 3"], (await cluster.Api.GetAsync("/admin/rate-limits/status?key_value=b&scope=global&rate_limit_key=user_id", TestCluster.AdminToken)).Body.EnumerateArray().Select(Used));

        var reset = await cluster.Api.PostAsync("/admin/rate-limits/reset", """{"key_value":"a","scope":"limited/any","rate_limit_key":"user_id"}""", TestCluster.AdminToken);
        Assert.Equal(["limited/any 0 of 1"], reset.Body.EnumerateArray().Select(Used));
        Assert.Equal(200, (await cluster.Api.CallAsync(Service, "any", "{}", token)).Status);
        reset = await cluster.Api.PostAsync("/admin/rate-limits/reset", """{"key_value":"a"}""", TestCluster.AdminToken);
        Assert.Equal(["global 0 of 3", "limited/any 0 of 1"], reset.Body.EnumerateArray().Select(Used));

        Assert.Equal(200, (await cluster.Api.CallAsync(Service, "any", "{}", token)).Status);
        Assert.Equal(429, (await cluster.Api.CallAsync(Service, "any", "{}", token)).Status);
        Assert.Equal("""{"reset":2}""", (await cluster.Api.SendAsync(HttpMethod.Post, "/admin/rate-limits/reset-all", null, TestCluster.AdminToken)).Body.GetRawText());
        Assert.Equal(200, (await cluster.Api.CallAsync(Service, "any", "{}", token)).Status);
        Assert.Contains(cluster.Gateway.Log, line => line.Contains("All calls counted under rate limits are forgotten. Counters: 2.", StringComparison.Ordinal));

        static string Used(JsonElement status) =>
            $"{status.GetProperty("scope").GetString()} {status.GetProperty("current").GetInt64()} of {status.GetProperty("max_requests").GetInt64()}";
    }

    [Theory]
    [InlineData("PUT", "", """{"global":[]}""", "global")]
    [InlineData("PUT", "/global", """[{"key":"","max_requests":1,"window_ms":1000}]""", "global_limits[0] has the key ''")]
    [InlineData("PUT", "/global", """[{"key":"user_id","max_requests":0,"window_ms":1000}]""", "global_limits[0] has max_requests 0; it must be from 1 to 1000000000.")]
    [InlineData("PUT", "/global", """[{"key":"user_id","max_requests":1,"window_ms":99}]""", "global_limits[0] has window_ms 99; it must be from 100 to 2678400000.")]
    [InlineData("PUT", "/global", """[{"key":"user_id","max_requests":1,"window_ms":1000,"source":"claim"}]""", "global_limits[0] has a source; the gateway knows the user_id itself.")]
    [InlineData("PUT", "/global", """[{"key":"t","max_requests":1,"window_ms":1000,"source":"header"}]""", "global_limits[0] has the source 'header'; it must be claim or argument")]
    [InlineData("PUT", "/global", """[null]""", "global_limits[0] is null")]
    [InlineData("PUT", "/global", """[{"key":"t","max_requests":1,"window_ms":1000},{"key":"t","max_requests":2,"window_ms":1000}]""", "two limits for the key 't'")]
    [InlineData("PUT", "/global", """[{"key":"t","max_requests":1,"window_ms":1000,"service":"s","request_type":"t"}]""", "a global limit has none")]
    [InlineData("POST", "/global", """{"key":"t","max_requests":1}""", "window_ms 0")]
    [InlineData("PUT", "", """{"api_limits":[{"key":"t","max_requests":1,"window_ms":1000,"service":"s"}]}""", "api_limits[0] needs the service and the request_type")]
    [InlineData("POST", "/reset", "{}", "key_value is missing")]
    [InlineData("POST", "/check", "{}", "service is missing")]
    public async Task Wrong_input_is_refused_with_the_name_of_what_is_wrong(string method, string path, string body, string error)
    {
        await using var cluster = await StartAsync();
        var answer = await cluster.Api.SendAsync(new HttpMethod(method), $"/admin/rate-limits{path}", body, TestCluster.AdminToken);
        Assert.Equal(400, answer.Status);
        Assert.Contains(error, answer.Error!, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("PUT", "", "{}", "update_rate_limit_config")]
    [InlineData("PUT", "/global", "[]", "update_rate_limit_config")]
    [InlineData("POST", "/global", "{}", "update_rate_limit_config")]
    [InlineData("DELETE", "/global/user_id", null, "update_rate_limit_config")]
    [InlineData("POST", "/reset", "{}", "reset_rate_limit")]
    [InlineData("POST", "/reset-all", null, "reset_rate_limit")]
    [InlineData("POST", "/check", """{"service":"s"}""", null)]
    [InlineData("GET", "", null, null)]
    [InlineData("GET", "/global", null, null)]
    [InlineData("GET", "/status?key_value=a", null, null)]
    public async Task Changes_need_their_action_and_everything_the_admin_token(string method, string path, string? body, string? action)
    {
        await using var cluster = await TestCluster.StartAsync(new TestClusterOptions
        {
            GatewaySettings = new Dictionary<string, string?> { ["GenApi:AdminActions:0"] = "create_token" },
        });
        Assert.Equal(401, (await cluster.Api.SendAsync(new HttpMethod(method), $"/admin/rate-limits{path}", body, "wrong")).Status);
        var answer = await cluster.Api.SendAsync(new HttpMethod(method), $"/admin/rate-limits{path}", body, TestCluster.AdminToken);
        Assert.Equal(action is null ? 200 : 403, answer.Status);
        if (action is not null)
        {
            Assert.Contains(action, answer.Error!, StringComparison.Ordinal);
        }
    }

    private static Task<Answer> PutAsync(TestCluster cluster, string path, string body) =>
        cluster.Api.SendAsync(HttpMethod.Put, $"/admin/rate-limits{path}", body, TestCluster.AdminToken);

    private static Task<Answer> CheckAsync(TestCluster cluster, string body) => cluster.Api.PostAsync("/admin/rate-limits/check", body, TestCluster.AdminToken);

    private static Task<TestCluster> StartAsync((string Place, string Key, int Max) limit, string? source) =>
        StartAsync([limit], source);

    private static Task<TestCluster> StartAsync(params (string Place, string Key, int Max)[] limits) => StartAsync(limits, null);

    private static Task<TestCluster> StartAsync((string Place, string Key, int Max)[] limits, string? source)
    {
        var settings = new Dictionary<string, string?>();
        foreach (var (place, key, max) in limits)
        {
            var section = $"GenApi:RateLimits:{place}";
            settings[$"{section}:Key"] = key;
            settings[$"{section}:MaxRequests"] = max.ToString(CultureInfo.InvariantCulture);
            settings[$"{section}:WindowMs"] = Window.ToString(CultureInfo.InvariantCulture);
            settings[$"{section}:Source"] = source;
            if (place.StartsWith("Api", StringComparison.Ordinal))
            {
                settings[$"{section}:Service"] = Service;
                settings[$"{section}:RequestType"] = "any";
            }
        }

        return TestCluster.StartAsync(new TestClusterOptions
        {
            GatewaySettings = settings,
            ConfigureGateway = LimitedFunctions.Add,
        });
    }
}
