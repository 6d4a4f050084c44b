using System.Net;
using GenApi.Gateway.Tests.Clients;
using GenApi.Gateway.Tests.Cluster;
using GenApi.Node;
using Microsoft.AspNetCore.Builder;

namespace GenApi.Gateway.Tests.Routes;

/// <summary>Routes and nodes that come, go and fail, under a gateway that goes on.</summary>
public sealed class RouteChangeTests
{
    private static readonly IReadOnlyDictionary<string, string?> NoSettings = new Dictionary<string, string?>();

    [Fact]
    public async Task A_later_push_brings_routes_and_the_nodes_from_before_keep_theirs()
    {
        await using var cluster = await TestCluster.StartAsync();
        using var client = await RouteClient.AsAsync(cluster, "alice");
        await using var old = await StartNodeAsync(cluster, app =>
        {
            app.MapGet("/both", () => "old").WithGatewayRoute();
            app.MapGet("/old", () => "old").WithGatewayRoute();
        });
        await Wait.UntilAsync(async () => await StatusAsync(client, "/old") == 200);
        Assert.Equal(404, await StatusAsync(client, "/new"));

        await using var @new = await StartNodeAsync(cluster, app =>
        {
            app.MapGet("/both", () => "new").WithGatewayRoute();
            app.MapGet("/new", () => "new").WithGatewayRoute();
        });
        await Wait.UntilAsync(async () => await StatusAsync(client, "/new") == 200);

        // Each request goes to a node that has its route; the choice is random, so a wrong one would show soon.
        var both = new HashSet<string>();
        for (var i = 0; i < 40; i++)
        {
            Assert.Equal("old", await client.GetAsync("/old"));
            Assert.Equal("new", await client.GetAsync("/new"));
            both.Add(await client.GetAsync("/both"));
        }

        Assert.Equal(2, both.Count);
        await old.StopAsync();
        Assert.Equal("new", await client.GetAsync("/new"));
        Assert.Equal("new", await client.GetAsync("/both"));

        // The route is known and nobody serves it: it may come back.
        (await client.RefusedAsync(HttpMethod.Get, "/old")).AssertFailed("unavailable", 503, canRetry: true);
    }

    [Fact]
    public async Task A_push_without_a_route_takes_it_away_where_no_other_node_has_it()
    {
        await using var cluster = await TestCluster.StartAsync(new TestClusterOptions
        {
            GatewaySettings = new Dictionary<string, string?> { ["GenApi:Nodes:WatchInterval"] = "00:00:30" },
        });
        using var client = await RouteClient.AsAsync(cluster, "alice");
        Assert.Equal(200, (await cluster.Api.PushAsync(Push("1", """{"path":"/one"},{"path":"/two"}"""))).Status);
        Assert.Equal((503, 503), (await StatusAsync(client, "/one"), await StatusAsync(client, "/two")));

        // What came a moment ago stays: the node that pushed it may be known to another gateway only.
        Assert.Equal(200, (await cluster.Api.PushAsync(Push("1b", """{"path":"/two"}"""))).Status);
        Assert.Equal(503, await StatusAsync(client, "/one"));
        cluster.Time.Shift = TimeSpan.FromMinutes(2);
        Assert.Equal(200, (await cluster.Api.PushAsync(Push("2", """{"path":"/two"},{"path":"/three","methods":["post"]}"""))).Status);

        Assert.Equal((404, 503, 404), (await StatusAsync(client, "/one"), await StatusAsync(client, "/two"), await StatusAsync(client, "/three")));
        using var post = await client.SendAsync(HttpMethod.Post, "/three");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, post.StatusCode);
    }

    [Theory]
    [InlineData("""{"path":"files"}""", "must begin with '/'")]
    [InlineData("""{"path":""}""", "must begin with '/'")]
    [InlineData("""null""", "must begin with '/'")]
    [InlineData("""{"path":"//genapi/config"}""", "no empty segment")]
    [InlineData("""{"path":"/files/{name"}""", "not a route pattern")]
    [InlineData("""{"path":"/files/{a}{b}"}""", "not a route pattern")]
    [InlineData("""{"path":"/genapi/config"}""", "belongs to the node itself")]
    [InlineData("""{"path":"/Health"}""", "belongs to the node itself")]
    [InlineData("""{"path":"/files/{id:nonsense}"}""", "constraint 'nonsense'")]
    [InlineData("""{"path":"/files/{id:length(x)}"}""", "constraint 'length(x)'")]
    [InlineData("""{"path":"/files/{id:regex(a+)}"}""", "constraint 'regex(a+)'")]
    [InlineData("""{"path":"/files","methods":[]}""", "1 to 16 HTTP methods")]
    [InlineData("""{"path":"/files","methods":["GET IT"]}""", "no HTTP method")]
    [InlineData("""{"path":"/files","methods":["CONNECT"]}""", "CONNECT is not passed on")]
    [InlineData("""{"path":"/files","check_permission":{"arg":"user_id"}}""", "no parameter of the path")]
    [InlineData("""{"path":"/files","check_permission":{"somebody":1}}""", "any_authenticated")]
    [InlineData("""{"path":"/files","methods":"GET"}""", "methods")]
    [InlineData("""{"path":"/files\ud800"}""", "path")]
    [InlineData("""{"path":"/files\u0001"}""", "no control characters")]
    [InlineData("7", "route must be a JSON object")]
    public async Task A_wrong_route_is_refused_with_its_reason_and_the_others_are_served(string route, string reason)
    {
        await using var cluster = await TestCluster.StartAsync();
        using var client = await RouteClient.AsAsync(cluster, "alice");

        var answer = await cluster.Api.PushAsync(Push("1", $$"""{"path":"/good"},{{route}},{"path":"/good"}"""));

        Assert.Equal(200, answer.Status);
        var rejected = answer.Body.GetProperty("rejected").EnumerateArray().Select(item => item.GetProperty("reasons").ToString()).ToList();
        Assert.Equal(2, rejected.Count);
        Assert.Contains(reason, rejected[0].Replace("\\u0027", "'", StringComparison.Ordinal).Replace("\\u002B", "+", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.Contains("another route", rejected[1], StringComparison.Ordinal);
        Assert.Equal(503, await StatusAsync(client, "/good"));
    }

    [Fact]
    public async Task Routes_that_match_the_same_paths_are_not_ambiguous()
    {
        await using var cluster = await TestCluster.StartAsync();
        using var client = await RouteClient.AsAsync(cluster, "alice");
        await using var node = await StartNodeAsync(cluster, app =>
        {
            app.MapGet("/x/{a}", (string a) => $"any {a}").WithGatewayRoute();
            app.MapGet("/x/{b:int}", (int b) => $"int {b}").WithGatewayRoute();
            app.MapGet("/x/special", () => "special").WithGatewayRoute();
        });
        Assert.Equal(200, (await cluster.Api.PushAsync(Push("9", """{"path":"/x/{q}"},{"path":"/x/{r}","methods":["GET"]},{"path":"/y/{q}"},{"path":"/y/{r}"}""", service: "other"))).Status);
        await Wait.UntilAsync(async () => await StatusAsync(client, "/x/1") == 200);

        Assert.Equal(("special", "int 7", "any word"), (await client.GetAsync("/x/special"), await client.GetAsync("/x/7"), await client.GetAsync("/x/word")));
        Assert.Contains("unavailable", await client.SendRawAsync("/svc/other/x/1"), StringComparison.Ordinal);
        Assert.Contains("unavailable", await client.SendRawAsync("/svc/other/y/1"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_allowlist_covers_routes_too()
    {
        await using var cluster = await TestCluster.StartAsync(new TestClusterOptions
        {
            GatewaySettings = new Dictionary<string, string?> { ["GenApi:Allowlist:Functions:0"] = "test//files/*" },
        });
        var answer = await cluster.Api.PushAsync(Push("1", """{"path":"/files/{name}"},{"path":"/other"}"""));

        Assert.Equal("/other", answer.Body.GetProperty("rejected").EnumerateArray().Single().GetProperty("request_type").GetString());
    }

    [Fact]
    public async Task A_request_that_cannot_reach_its_node_goes_to_another()
    {
        await using var relay = new TcpRelay();
        await using var cluster = await RouteCluster.StartAsync(NoSettings, "a");
        relay.LeadTo(await cluster.StartNodeAsync("b", new Dictionary<string, string?> { ["GenApi:Node:Address"] = relay.Address }));
        await cluster.ReachableAsync("a", "b");
        using var client = await RouteClient.AsAsync(cluster, "alice");

        // The link to b stays, so that b is a choice as good as a; only new connections fail.
        relay.RefuseNew();
        for (var i = 0; i < 40; i++)
        {
            using var response = await client.SendAsync(HttpMethod.Post, "/items", new StringContent("whole"));
            Assert.Equal((HttpStatusCode.Created, "a"), (response.StatusCode, response.Headers.GetValues("X-Node").Single()));
            Assert.EndsWith("whole", await response.Content.ReadAsStringAsync(Wait.Ended), StringComparison.Ordinal);
        }

        Assert.Contains(cluster.Gateway.Log, line => line.Contains("another node is asked", StringComparison.Ordinal));
        Assert.Contains(cluster.Gateway.Log, line => line.Contains("The breaker of the node", StringComparison.Ordinal));
    }

    [Fact]
    public async Task When_a_node_dies_with_a_request_the_next_goes_elsewhere()
    {
        await using var relay = new TcpRelay();
        await using var cluster = await RouteCluster.StartAsync(NoSettings);
        relay.LeadTo(await cluster.StartNodeAsync("dying", new Dictionary<string, string?> { ["GenApi:Node:Address"] = relay.Address }));
        await cluster.ReachableAsync("dying");
        using var client = await RouteClient.AsAsync(cluster, "alice");
        var (key, gate) = cluster.Gates.New();
        var posted = client.RefusedAsync(HttpMethod.Post, $"/hold/{key}");
        Assert.Equal("dying", await Wait.For(gate.Started));
        var (other, otherGate) = cluster.Gates.New();
        var got = client.GetAsync($"/hold/{other}");
        Assert.Equal("dying", await Wait.For(otherGate.Started));
        await cluster.StartNodeAsync("other");
        await cluster.ReachableAsync("other");

        relay.Cut();

        Assert.Equal("other", await client.GetAsync("/node"));

        // What may have had an effect is not sent twice; a GET is.
        (await posted).AssertFailed("unavailable", 503, canRetry: true);
        otherGate.Release();
        Assert.Equal("other", await got);
        for (var i = 0; i < 20; i++)
        {
            Assert.Equal("other", await client.GetAsync("/node"));
        }
    }

    [Fact]
    public async Task A_node_that_stops_finishes_its_requests_and_gets_no_more()
    {
        await using var cluster = await RouteCluster.StartAsync(NoSettings, "stopping");
        using var client = await RouteClient.AsAsync(cluster, "alice");
        var (key, gate) = cluster.Gates.New();
        var held = client.GetAsync($"/hold/{key}");
        await Wait.For(gate.Started);
        await cluster.StartNodeAsync("other");
        await cluster.ReachableAsync("other");

        var stopping = cluster.StopNodeAsync("stopping");
        await Wait.UntilAsync(() => cluster.Gateway.Log.Any(line => line.Contains("has left", StringComparison.Ordinal)));
        for (var i = 0; i < 20; i++)
        {
            Assert.Equal("other", await client.GetAsync("/node"));
        }

        gate.Release();
        Assert.Equal("stopping", await held);
        await Wait.For(stopping);
    }

    [Fact]
    public async Task After_a_restart_of_the_gateway_the_routes_come_back()
    {
        await using var cluster = await RouteCluster.StartAsync(NoSettings, "a");
        await cluster.RestartGatewayAsync();
        await cluster.ReachableAsync("a");
        using var client = await RouteClient.AsAsync(cluster, "alice");

        Assert.Equal("a", await client.GetAsync("/node"));
    }

    [Fact]
    public async Task Too_large_a_body_is_refused_announced_or_not()
    {
        await using var cluster = await RouteCluster.StartAsync(new Dictionary<string, string?> { ["GenApi:Routes:MaxRequestBytes"] = "1000" }, "a");
        using var client = await RouteClient.AsAsync(cluster, "alice");

        (await client.RefusedAsync(HttpMethod.Post, "/items", new ByteArrayContent(new byte[1001]))).AssertFailed("invalid_request", 413, canRetry: false);
        (await client.RefusedAsync(HttpMethod.Post, "/items", new ChunkedContent(1001))).AssertFailed("invalid_request", 413, canRetry: false);
        using var fits = await client.SendAsync(HttpMethod.Post, "/items", new ChunkedContent(900));
        Assert.Equal(HttpStatusCode.Created, fits.StatusCode);
    }

    [Fact]
    public async Task More_requests_than_the_gateway_takes_are_refused()
    {
        await using var cluster = await RouteCluster.StartAsync(new Dictionary<string, string?> { ["GenApi:Routes:MaxConcurrentRequests"] = "1" }, "a");
        using var client = await RouteClient.AsAsync(cluster, "alice");
        var (key, gate) = cluster.Gates.New();
        var held = client.GetAsync($"/hold/{key}");
        await Wait.For(gate.Started);

        (await client.RefusedAsync(HttpMethod.Get, "/node")).AssertFailed("unavailable", 503, canRetry: true);

        gate.Release();
        Assert.Equal("a", await held);
        await Wait.UntilAsync(async () => await StatusAsync(client, "/node") == 200);
    }

    [Fact]
    public async Task A_request_that_stands_still_is_ended()
    {
        await using var cluster = await RouteCluster.StartAsync(new Dictionary<string, string?> { ["GenApi:Routes:ActivityTimeout"] = "00:00:00.2" }, "a");
        using var client = await RouteClient.AsAsync(cluster, "alice");
        var (key, gate) = cluster.Gates.New();

        (await client.RefusedAsync(HttpMethod.Get, $"/hold/{key}")).AssertFailed("timeout", 504, canRetry: true);

        await Wait.For(gate.Cancelled);
        var (unread, reading) = cluster.Gates.New();
        var refused = await client.RefusedAsync(HttpMethod.Post, $"/hold/{unread}", new ByteArrayContent(new byte[20_000_000]));
        refused.AssertFailed("timeout", 504, canRetry: true);
        reading.Release();
        Assert.Equal("a", await client.GetAsync("/node"));
    }

    [Fact]
    public async Task A_gateway_that_needs_no_user_lets_everybody_use_open_routes()
    {
        await using var cluster = await RouteCluster.StartAsync(new Dictionary<string, string?> { ["GenApi:RequireVerifiedUserId"] = "false" }, "a");
        using var nobody = new RouteClient(cluster.Gateway.Address, null);

        Assert.Equal("a", await nobody.GetAsync("/node"));
        Assert.Equal("||", await nobody.GetAsync("/caller"));
        (await nobody.RefusedAsync(HttpMethod.Get, "/authenticated")).AssertFailed("permission_denied", 403, canRetry: false);
        (await nobody.RefusedAsync(HttpMethod.Get, "/users/alice/photo")).AssertFailed("permission_denied", 403, canRetry: false);
    }

    private static Task<TestApp> StartNodeAsync(TestCluster cluster, Action<WebApplication> map) => TestApp.StartAsync(
        new Dictionary<string, string?>
        {
            ["GenApi:ClusterToken"] = TestCluster.ClusterToken,
            ["GenApi:Node:Gateways:0"] = cluster.Gateway.Address.ToString(),
            ["GenApi:Node:LeaseInterval"] = "00:00:00.1",
        },
        builder => builder.AddGenApiNode(TestFunctions.Service, _ => { }),
        app =>
        {
            app.MapGenApiNode();
            map(app);
        });

    private static string Push(string version, string routes, string service = TestFunctions.Service) => $$"""
        {"service":"{{service}}","config_version":"{{version}}","http_routes":[{{routes}}],"node":{"id":"n-{{service}}","address":"http://127.0.0.1:1"} }
        """;

    private static async Task<int> StatusAsync(RouteClient client, string path)
    {
        using var response = await client.SendAsync(HttpMethod.Get, path);
        return (int)response.StatusCode;
    }

    /// <summary>A body of a length that is not announced.</summary>
    private sealed class ChunkedContent(int length) : HttpContent
    {
        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context) => await stream.WriteAsync(new byte[length], Wait.Ended);

        protected override bool TryComputeLength(out long computed)
        {
            computed = 0;
            return false;
        }
    }
}
