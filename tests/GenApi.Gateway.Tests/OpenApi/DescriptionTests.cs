using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using GenApi.Gateway.Tests.Clients;
using GenApi.Gateway.Tests.Cluster;
using GenApi.Gateway.Tests.Routes;

namespace GenApi.Gateway.Tests.OpenApi;

/// <summary>What <c>/openapi/v1.json</c> and <c>/api/examples</c> say, to whom, and when they say something new.</summary>
public sealed class DescriptionTests
{
    private const string OpenApi = "/openapi/v1.json";
    private const string Examples = "/api/examples";

    [Fact]
    public async Task Every_enabled_function_and_route_is_there_and_nothing_else()
    {
        await using var cluster = await RouteCluster.StartAsync(new Dictionary<string, string?>(), "a");
        var document = await GetAsync(cluster, OpenApi);
        var listed = (await cluster.Api.GetAsync("/admin/functions", TestCluster.AdminToken)).Body.EnumerateArray()
            .Where(function => !(function.TryGetProperty("disabled", out var disabled) && disabled.GetBoolean()))
            .Select(function => $"/api/{function.GetProperty("service").GetString()}/{function.GetProperty("request_type").GetString()}")
            .Distinct().Order(StringComparer.Ordinal).ToList();
        var paths = document.GetProperty("paths").EnumerateObject().Select(path => path.Name).ToList();

        Assert.StartsWith("3.1", document.GetProperty("openapi").GetString(), StringComparison.Ordinal);
        Assert.NotEmpty(listed);
        Assert.DoesNotContain("/api/test/disabled", paths);
        Assert.Equal(listed, paths.Where(path => path.StartsWith("/api/", StringComparison.Ordinal) && path != "/api/results/{request_id}").Order(StringComparer.Ordinal));
        Assert.Equal(["get", "post"], MethodsOf("/svc/test/hold/{key}"));
        Assert.Equal(["get"], MethodsOf("/svc/test/tree/{path}"));
        Assert.Equal("integer", document.GetProperty("paths").GetProperty("/svc/test/numbers/{n}").GetProperty("parameters")[0].GetProperty("schema").GetProperty("type").GetString());
        Assert.Contains("/api/results/{request_id}", paths);
        Assert.DoesNotContain(paths, path => path.Contains("secret", StringComparison.Ordinal));
        var ids = document.GetProperty("paths").EnumerateObject().SelectMany(path => path.Value.EnumerateObject())
            .Where(operation => operation.Value.ValueKind == JsonValueKind.Object).Select(operation => operation.Value.GetProperty("operationId").GetString()).ToList();
        Assert.Equal(ids.Distinct(), ids);

        IEnumerable<string> MethodsOf(string path) => document.GetProperty("paths").GetProperty(path).EnumerateObject()
            .Where(operation => operation.Value.ValueKind == JsonValueKind.Object).Select(operation => operation.Name).Order(StringComparer.Ordinal);
    }

    [Fact]
    public async Task Versions_share_a_path_and_modes_have_their_own_responses()
    {
        await using var cluster = await TestCluster.StartAsync();
        Assert.Equal(200, (await cluster.Api.PushAsync(ApiClient.Push("modes", "1", string.Join(',',
            ApiClient.Function("later", ""","response_type":"async" """),
            ApiClient.Function("stream", ""","response_type":"stream" """),
            ApiClient.Function("silent", ""","response_type":"none" """),
            ApiClient.Function("many", ""","version":"1.9.0","arg_types":{"a":"num"}"""),
            ApiClient.Function("many", ""","version":"1.10.0","arg_types":{"b":"string"}"""),
            ApiClient.Function("many", ""","version":"2.0.0","disabled":true"""))))).Status);
        var paths = (await GetAsync(cluster, OpenApi)).GetProperty("paths");

        var later = paths.GetProperty("/api/modes/later").GetProperty("post").GetProperty("responses");
        Assert.True(later.GetProperty("202").GetProperty("headers").TryGetProperty("Location", out _));
        Assert.False(later.TryGetProperty("200", out _));
        Assert.True(paths.GetProperty("/api/modes/stream").GetProperty("post").GetProperty("responses").GetProperty("200").GetProperty("content").TryGetProperty("text/event-stream", out _));
        Assert.True(paths.GetProperty("/api/modes/silent").GetProperty("post").GetProperty("responses").TryGetProperty("202", out _));

        var many = paths.GetProperty("/api/modes/many").GetProperty("post");
        var version = many.GetProperty("parameters").EnumerateArray().Single(parameter => parameter.TryGetProperty("name", out var name) && name.GetString() == "version");
        Assert.Equal("""["1.10.0","1.9.0"]""", JsonSerializer.Serialize(version.GetProperty("schema").GetProperty("enum")));
        Assert.Contains("1.10.0", version.GetProperty("description").GetString(), StringComparison.Ordinal);
        Assert.Equal(2, many.GetProperty("requestBody").GetProperty("content").GetProperty("application/json").GetProperty("schema").GetProperty("anyOf").GetArrayLength());
    }

    [Theory]
    [InlineData(OpenApi)]
    [InlineData(Examples)]
    public async Task Who_has_it_is_not_sent_it_again_until_something_has_changed(string path)
    {
        await using var cluster = await TestCluster.StartAsync("a");
        using var first = await SendAsync(cluster, path);
        var tag = first.Headers.ETag!;
        using (var again = await SendAsync(cluster, path, tag))
        {
            Assert.Equal((HttpStatusCode.NotModified, tag, 0L), (again.StatusCode, again.Headers.ETag, (await again.Content.ReadAsByteArrayAsync(Wait.Ended)).LongLength));
        }

        using (var weak = await SendAsync(cluster, path, new EntityTagHeaderValue(tag.Tag, isWeak: true)))
        {
            Assert.Equal(HttpStatusCode.NotModified, weak.StatusCode);
        }

        Assert.Equal(204, (await cluster.Api.PostAsync($"/admin/functions/{TestFunctions.Service}/echo/-/disable", "", TestCluster.AdminToken)).Status);
        using var changed = await SendAsync(cluster, path, tag);
        Assert.Equal(HttpStatusCode.OK, changed.StatusCode);
        Assert.NotEqual(tag, changed.Headers.ETag);
        Assert.DoesNotContain("/echo\"", await changed.Content.ReadAsStringAsync(Wait.Ended), StringComparison.Ordinal);

        // What is as it was has the tag that it had.
        Assert.Equal(204, (await cluster.Api.PostAsync($"/admin/functions/{TestFunctions.Service}/echo/-/enable", "", TestCluster.AdminToken)).Status);
        using var back = await SendAsync(cluster, path);
        Assert.Equal(tag, back.Headers.ETag);
    }

    [Theory]
    [InlineData(null, null, 401)]
    [InlineData(null, "alice", 200)]
    [InlineData(null, TestCluster.AdminToken, 200)]
    [InlineData(null, "wrong", 401)]
    [InlineData("true", null, 200)]
    [InlineData("false", null, 401)]
    public async Task Only_those_who_may_can_read_it(string? isPublic, string? who, int status)
    {
        await using var cluster = await TestCluster.StartAsync(new TestClusterOptions
        {
            GatewaySettings = new Dictionary<string, string?> { ["GenApi:OpenApi:Public"] = isPublic },
        });
        var token = who == "alice" ? await cluster.Api.TokenAsync("alice") : who;
        foreach (var path in (string[])[OpenApi, Examples])
        {
            var answer = await cluster.Api.GetAsync(path, token);
            Assert.Equal(status, answer.Status);
            if (status == 401)
            {
                Assert.Equal("unauthenticated", answer.Code);
            }
        }
    }

    [Fact]
    public async Task The_examples_are_requests_that_work()
    {
        await using var cluster = await TestCluster.StartAsync();
        Assert.Equal(200, (await cluster.Api.PushAsync(ApiClient.Push("shop", "1", string.Join(',',
            ApiClient.Function("buy", ""","description":"Buys a thing","arg_types":{"user_id":"string","what":{"type":"string","enum":["tea"]},"count":{"type":"num","min":2},"gift":{"type":"boolean","default_value":false}},"check_permission":{"arg":"user_id"}"""),
            ApiClient.Function("off", ""","disabled":true"""))))).Status);
        Assert.Equal(200, (await cluster.Api.PushAsync(ApiClient.Push("market", "1", ApiClient.Function("buy", ""","description":"Buys a thing","version":"1.0.0" """)))).Status);
        var examples = await GetAsync(cluster, Examples);

        Assert.Equal(["buy - Buys a thing (market/buy@1.0.0)", "buy - Buys a thing (shop/buy)"], examples.EnumerateObject().Select(example => example.Name).Where(name => name.StartsWith("buy", StringComparison.Ordinal)));
        Assert.DoesNotContain(examples.EnumerateObject(), example => example.Value.GetProperty("data").GetProperty("request_type").GetString() == "off");
        var shop = examples.GetProperty("buy - Buys a thing (shop/buy)");
        Assert.Equal("genapi", shop.GetProperty("event").GetString());
        var data = shop.GetProperty("data");
        Assert.Equal(("shop", "buy", "user_1"), (data.GetProperty("service").GetString(), data.GetProperty("request_type").GetString(), data.GetProperty("user_id").GetString()));
        Assert.Equal("""{"user_id":"user_1","what":"tea","count":2,"gift":false}""", JsonSerializer.Serialize(data.GetProperty("args")));
        Assert.Equal("1.0.0", examples.GetProperty("buy - Buys a thing (market/buy@1.0.0)").GetProperty("data").GetProperty("version").GetString());

        // As the user of the examples each gets as far as the node, which is not there.
        var token = await cluster.Api.TokenAsync("user_1");
        Assert.Equal(503, (await cluster.Api.CallAsync("shop", "buy", data.GetProperty("args").GetRawText(), token)).Status);
    }

    [Fact]
    public async Task Head_has_the_tag_and_no_body()
    {
        await using var cluster = await TestCluster.StartAsync();
        using var response = await SendAsync(cluster, OpenApi, method: HttpMethod.Head);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.NotNull(response.Headers.ETag);
        Assert.True(response.Content.Headers.ContentLength > 0);
        Assert.Empty(await response.Content.ReadAsByteArrayAsync(Wait.Ended));
    }

    [Theory]
    [InlineData("""{"type":"map","default_value":{"a":1,"a":2}}""")]
    [InlineData("""{"type":"map","required":["a","a"],"accept":["a","a"]}""")]
    [InlineData("""{"type":"num","enum":[1e999,-1e999,1]}""")]
    [InlineData("""{"type":"string","enum":["\u0001\"\\","\n\t\u001f"]}""")]
    public async Task One_odd_function_does_not_take_the_descriptions_away(string type)
    {
        await using var cluster = await TestCluster.StartAsync();
        var odd = ApiClient.Function("odd", $$""","description":"\u0000","arg_types":{"x":{{type}}}""");
        Assert.Equal(0, (await cluster.Api.PushAsync(ApiClient.Push("shop", "1", odd))).Body.GetProperty("rejected").GetArrayLength());

        var operation = (await GetAsync(cluster, OpenApi)).GetProperty("paths").GetProperty("/api/shop/odd").GetProperty("post");
        Assert.StartsWith("\0", operation.GetProperty("description").GetString(), StringComparison.Ordinal);
        if (type.Contains("u0001", StringComparison.Ordinal))
        {
            var schema = operation.GetProperty("requestBody").GetProperty("content").GetProperty("application/json").GetProperty("schema").GetProperty("properties").GetProperty("x");
            Assert.Equal(["\u0001\"\\", "\n\t\u001f"], schema.GetProperty("enum").EnumerateArray().Select(value => value.GetString()));
        }

        Assert.Contains((await GetAsync(cluster, Examples)).EnumerateObject(), example => example.Name.StartsWith("odd", StringComparison.Ordinal));
    }

    private static async Task<JsonElement> GetAsync(TestCluster cluster, string path)
    {
        var answer = await cluster.Api.GetAsync(path, TestCluster.AdminToken);
        Assert.Equal(200, answer.Status);
        return answer.Body;
    }

    private static async Task<HttpResponseMessage> SendAsync(TestCluster cluster, string path, EntityTagHeaderValue? known = null, HttpMethod? method = null)
    {
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false });
        using var request = new HttpRequestMessage(method ?? HttpMethod.Get, new Uri(cluster.Gateway.Address, path));
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", TestCluster.AdminToken);
        if (known is not null)
        {
            request.Headers.IfNoneMatch.Add(known);
        }

        return await Wait.For(http.SendAsync(request, Wait.Ended));
    }
}
