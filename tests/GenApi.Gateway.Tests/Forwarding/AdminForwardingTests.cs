using GenApi.Gateway.Diagnostics.Cluster;
using GenApi.Gateway.Tests.Clients;
using GenApi.Gateway.Tests.Cluster;
using GenApi.Gateway.Tests.Storage;
using GenApi.Testing.Redis;
using Microsoft.Extensions.DependencyInjection;

namespace GenApi.Gateway.Tests.Forwarding;

/// <summary>A request of the admin API says which gateway is to answer, and is passed on to it by the one that it reaches.</summary>
public sealed class AdminForwardingTests
{
    private const string Header = "X-GenApi-Gateway";
    private const string Calls = """{"target":"functions","flags":["call"],"duration_ms":3600000}""";

    [Fact]
    public async Task Each_answer_says_which_gateway_gives_it()
    {
        await using var cluster = await TestCluster.StartAsync(new TestClusterOptions { GatewaySettings = Named("alpha") });
        Assert.Equal(("alpha", "alpha"), await WhoAsync(cluster.Api, null));
        Assert.Equal(("alpha", "alpha"), await WhoAsync(cluster.Api, "alpha"));
    }

    [RedisFact]
    public async Task The_gateway_that_is_asked_for_answers_whichever_is_reached()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var cluster = await StartAsync(redis);
        var other = await AnotherAsync(cluster, "beta", ("OTEL_RESOURCE_ATTRIBUTES", "service.instance.id=gateway-2,service.namespace=x"));

        Assert.Equal(("beta", "beta"), await WhoAsync(cluster.Api, "beta"));
        Assert.Equal(("alpha", "alpha"), await WhoAsync(other, "alpha"));
        Assert.Equal(("beta", "beta"), await WhoAsync(other, "beta"));
        Assert.Equal(("beta", "beta"), await WhoAsync(cluster.Api, "gateway-2"));
        Assert.Equal(("beta", "beta"), await WhoAsync(other, "gateway-2"));
    }

    [RedisFact]
    public async Task Queries_bodies_and_refusals_pass_through()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var cluster = await StartAsync(redis);
        await AnotherAsync(cluster, "beta");

        var refused = await AskAsync(cluster.Api, HttpMethod.Get, "/admin/debug?process_limit=none", "beta");
        Assert.Equal((400, "beta"), (refused.Status, AnsweredBy(refused)));
        Assert.Contains("process_limit", refused.Error, StringComparison.Ordinal);
        var started = await AskAsync(cluster.Api, HttpMethod.Post, "/admin/trace", "beta", Calls);
        Assert.Equal((201, "beta"), (started.Status, AnsweredBy(started)));
        Assert.Equal(404, (await AskAsync(cluster.Api, HttpMethod.Delete, $"/admin/trace/{IdOf(started)}", "alpha")).Status);
        Assert.Equal(200, (await AskAsync(cluster.Api, HttpMethod.Delete, $"/admin/trace/{IdOf(started)}", "beta")).Status);
    }

    [RedisFact]
    public async Task What_a_gateway_tells_live_comes_through_another_until_that_one_stops()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var cluster = await StartAsync(redis, "node");
        var between = await cluster.StartAnotherGatewayAsync(Named("gamma"));
        var other = await AnotherAsync(cluster, "beta");
        await Wait.UntilAsync(async () => (await other.CallAsync("echo", """{"message":"there"}""")).Status == 200);
        var started = await AskAsync(cluster.Api, HttpMethod.Post, "/admin/trace", "beta", Calls);

        using var http = new HttpClient { BaseAddress = between.Address };
        using var request = Request(HttpMethod.Get, $"/admin/trace/{IdOf(started)}/events", "beta");
        using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Wait.Ended);
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(Wait.Ended));
        Assert.Equal("application/x-ndjson", response.Content.Headers.ContentType!.MediaType);
        for (var call = 1; call <= 3; call++)
        {
            await other.CallAsync("echo", $$"""{"message":"call {{call}}"}""");
            Assert.Contains($"call {call}", await NextAsync(reader), StringComparison.Ordinal);
        }

        // The trace goes on for an hour; the gateway in between does not.
        await between.StopAsync();
        await Assert.ThrowsAnyAsync<IOException>(() => NextAsync(reader));
        Assert.Equal(1, (await AskAsync(other, HttpMethod.Get, "/admin/trace", "beta")).Body.GetProperty("active").GetInt32());
    }

    [RedisFact]
    public async Task What_may_be_done_is_for_the_gateway_to_say_that_does_it()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var cluster = await StartAsync(redis);
        await AnotherAsync(cluster, "beta", ("GenApi:AdminActions:0", "reset_rate_limit"));
        var refused = await AskAsync(cluster.Api, HttpMethod.Post, "/admin/trace", "beta", Calls);
        Assert.Equal((403, "permission_denied", "beta"), (refused.Status, refused.Code, AnsweredBy(refused)));
    }

    [RedisFact]
    public async Task Who_may_not_look_learns_of_no_gateway()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var cluster = await StartAsync(redis);
        await AnotherAsync(cluster, "beta");
        foreach (var name in new[] { "beta", "nobody" })
        {
            var refused = await AskAsync(cluster.Api, HttpMethod.Get, "/admin/health", name, token: "a-wrong-token-of-the-tests");
            Assert.Equal((401, "unauthenticated"), (refused.Status, refused.Code));
        }

        Assert.Equal("beta", AnsweredBy(await AskAsync(cluster.Api, HttpMethod.Get, "/admin/health", "beta", token: await cluster.Api.TokenAsync("root", "genapi-admin"))));
    }

    [RedisFact]
    public async Task A_name_that_no_gateway_has_or_that_several_have_is_answered_with_those_there_are()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var cluster = await StartAsync(redis);
        await AnotherAsync(cluster, "beta", ("OTEL_RESOURCE_ATTRIBUTES", "service.instance.id=one"));
        await AnotherAsync(cluster, "gamma", ("OTEL_RESOURCE_ATTRIBUTES", "service.instance.id=one"));

        var unknown = await AskAsync(cluster.Api, HttpMethod.Get, "/admin/health", "delta");
        Assert.Equal((404, "unknown_gateway"), (unknown.Status, unknown.Code));
        Assert.Equal("No gateway 'delta' is alive. Those that are: alpha, beta (one), gamma (one).", unknown.Error);
        var tooLong = await AskAsync(cluster.Api, HttpMethod.Get, "/admin/health", new string('x', 257));
        Assert.Equal((400, "X-GenApi-Gateway has 257 characters; 256 is the most."), (tooLong.Status, tooLong.Error));
        var ambiguous = await AskAsync(cluster.Api, HttpMethod.Get, "/admin/health", "one");
        Assert.Equal((409, "ambiguous_gateway"), (ambiguous.Status, ambiguous.Code));
        Assert.Contains("beta (one), gamma (one)", ambiguous.Error, StringComparison.Ordinal);
    }

    [RedisFact]
    public async Task A_gateway_that_was_killed_and_started_again_is_found_by_its_instance_id_before_the_lease_of_the_one_before_has_ended()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var cluster = await StartAsync(redis);
        await AnotherAsync(cluster, "beta", ("OTEL_RESOURCE_ATTRIBUTES", "service.instance.id=one"));
        var store = cluster.Gateway.Services.GetRequiredService<IGatewayFigureStore>();
        var told = (await store.FindAsync("beta", Wait.Ended))!;
        await store.PutAsync(told with { Gateway = "a-before", AtMs = told.AtMs - 1000 }, Wait.Ended);
        await redis.SendAsync("ZADD genapi:gateways 99999999999999 a-before");

        Assert.Equal("unknown_gateway", (await AskAsync(cluster.Api, HttpMethod.Get, "/admin/health", "a-before")).Code);
        Assert.Equal(("beta", "beta"), await WhoAsync(cluster.Api, "one"));
    }

    [RedisFact]
    public async Task A_gateway_that_has_stopped_is_unknown_at_once()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var cluster = await StartAsync(redis);
        var beta = await cluster.StartAnotherGatewayAsync(Named("beta"));
        await Wait.UntilAsync(async () => (await WhoAsync(cluster.Api, "beta")).Body == "beta");
        await beta.StopAsync();
        Assert.Equal("unknown_gateway", (await AskAsync(cluster.Api, HttpMethod.Get, "/admin/health", "beta")).Code);
    }

    [RedisFact]
    public async Task A_gateway_that_cannot_be_reached_is_answered_with_where_it_should_be()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var cluster = await StartAsync(redis);
        await cluster.StartAnotherGatewayAsync(new Dictionary<string, string?>(Named("beta")) { ["GenApi:Address"] = "http://127.0.0.1:1/" });
        await Wait.UntilAsync(async () => (await AskAsync(cluster.Api, HttpMethod.Get, "/admin/health", "beta")).Error?.Contains("http://127.0.0.1:1", StringComparison.Ordinal) == true);
        var lost = await AskAsync(cluster.Api, HttpMethod.Get, "/admin/health", "beta");
        Assert.Equal((502, "gateway_unreachable"), (lost.Status, lost.Code));
    }

    [RedisFact]
    public async Task An_address_at_which_another_gateway_is_now_leads_to_no_one()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var cluster = await StartAsync(redis);
        await cluster.StartAnotherGatewayAsync(new Dictionary<string, string?>(Named("beta")) { ["GenApi:Address"] = cluster.Gateway.Address.ToString() });
        await Wait.UntilAsync(async () => (await AskAsync(cluster.Api, HttpMethod.Get, "/admin/health", "beta")).Code == "unknown_gateway");
        var gone = await AskAsync(cluster.Api, HttpMethod.Get, "/admin/health", "beta");
        Assert.Equal((404, "The gateway 'beta' is gone: 'alpha' listens at its address now."), (gone.Status, gone.Error));
    }

    [RedisFact]
    public async Task While_Redis_is_away_a_gateway_that_was_asked_before_still_answers()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var cluster = await StartAsync(redis);
        await AnotherAsync(cluster, "beta");
        await redis.KillAsync();
        await Wait.UntilAsync(async () => (await AskAsync(cluster.Api, HttpMethod.Get, "/admin/health", "gamma")).Status == 503);
        Assert.Equal(("beta", "beta"), await WhoAsync(cluster.Api, "beta"));
    }

    /// <summary>They say that they are alive every few seconds; until then, what Redis does not know is no proof that they are gone.</summary>
    [RedisFact]
    public async Task When_Redis_comes_back_empty_the_gateways_known_before_still_answer()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var cluster = await StartAsync(redis);
        await AnotherAsync(cluster, "beta", ("OTEL_RESOURCE_ATTRIBUTES", "service.instance.id=two"));
        await redis.KillAsync();
        await Wait.UntilAsync(async () => (await AskAsync(cluster.Api, HttpMethod.Get, "/admin/health", "gamma")).Status == 503);
        await redis.StartAgainAsync(empty: true);
        await Wait.UntilAsync(async () => (await AskAsync(cluster.Api, HttpMethod.Get, "/admin/health", "gamma")).Status == 404);

        for (var rounds = 0; rounds < 3; rounds++)
        {
            await redis.SendAsync("DEL genapi:gateway:beta");
            Assert.Equal(("beta", "beta"), await WhoAsync(cluster.Api, "beta"));
            await redis.SendAsync("ZREM genapi:gateways beta");
            Assert.Equal(("beta", "beta"), await WhoAsync(cluster.Api, "beta"));
        }
    }

    private static Task<TestCluster> StartAsync(RedisServer redis, params string[] nodes) => TestCluster.StartAsync(new TestClusterOptions
    {
        Nodes = nodes,
        GatewaySettings = new Dictionary<string, string?>(Named("alpha")) { ["ConnectionStrings:redis"] = redis.ConnectionString },
    });

    /// <summary>Starts one more gateway, and waits until the others know of it.</summary>
    private static async Task<ApiClient> AnotherAsync(TestCluster cluster, string name, params (string Key, string Value)[] settings)
    {
        var all = new Dictionary<string, string?>(Named(name));
        foreach (var (key, value) in settings)
        {
            all[key] = value;
        }

        var gateway = await cluster.StartAnotherGatewayAsync(all);
        await Wait.UntilAsync(async () => (await AskAsync(cluster.Api, HttpMethod.Get, "/admin/statistics", name)).Status == 200);
        return cluster.ApiOf(gateway);
    }

    private static Dictionary<string, string?> Named(string id) => new() { ["GenApi:GatewayId"] = id };

    /// <summary>Which gateway answers, as its answer's body says and as the header does.</summary>
    private static async Task<(string? Body, string? Header)> WhoAsync(ApiClient api, string? asked)
    {
        var answer = await AskAsync(api, HttpMethod.Get, "/admin/statistics", asked);
        return (answer.Status == 200 ? answer.Body.GetProperty("gateway").GetString() : answer.ToString(), AnsweredBy(answer));
    }

    private static async Task<Answer> AskAsync(ApiClient api, HttpMethod method, string path, string? gateway, string? body = null, string token = TestCluster.AdminToken) =>
        await api.SendAsync(method, path, body, token, request => Ask(request, gateway));

    private static HttpRequestMessage Request(HttpMethod method, string path, string gateway)
    {
        var request = new HttpRequestMessage(method, path) { Headers = { Authorization = new("Bearer", TestCluster.AdminToken) } };
        Ask(request, gateway);
        return request;
    }

    private static void Ask(HttpRequestMessage request, string? gateway)
    {
        if (gateway is not null)
        {
            request.Headers.Add(Header, gateway);
        }
    }

    private static string? AnsweredBy(Answer answer) => answer.Http!.Headers.TryGetValues(Header, out var values) ? Assert.Single(values) : null;

    private static string IdOf(Answer trace) => trace.Body.GetProperty("id").GetString()!;

    private static async Task<string?> NextAsync(StreamReader lines)
    {
        string? line;
        do
        {
            line = await lines.ReadLineAsync(Wait.Ended);
        }
        while (line is "");
        return line;
    }
}
