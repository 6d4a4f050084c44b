using System.Text.Json;
using GenApi.Gateway.Calls;
using GenApi.Gateway.Diagnostics;
using GenApi.Gateway.Diagnostics.Flows;
using GenApi.Gateway.Tests.Clients;
using GenApi.Gateway.Tests.Cluster;
using GenApi.Gateway.Tests.Storage;
using GenApi.Protocol.Configs;
using GenApi.Protocol.Json;
using GenApi.Testing.Redis;
using Microsoft.Extensions.DependencyInjection;

namespace GenApi.Gateway.Tests.Diagnostics;

/// <summary><c>call_flow</c>, <c>list_call_flows</c> and <c>inspect_request</c>.</summary>
public sealed class FlowTests
{
    private const string Full =
        """
        {"request_type":"full","version":"1.0.0","timeout":7000,"choose_node_mode":{"sticky":"user_id"},"function":"run","fixed_args":{"tenant":"blue"},
         "arg_types":{"user_id":"string","count":{"type":"num","default_value":3}},"check_permission":{"arg":"user_id"},
         "retry":{"same_node":2},"before_execute":{"gateway":"look"},"after_execute":{"function":"tidy"},"hook_timeout":1000}
        """;

    [Fact]
    public async Task It_has_every_field_of_the_config()
    {
        await using var cluster = await StartAsync();
        await cluster.Api.PushAsync(ApiClient.Push("shop", "1", Full, "http://127.0.0.1:9"));

        var flow = (await cluster.Api.GetAsync("/admin/flows/shop/full", TestCluster.AdminToken)).Body;

        Assert.Equal(("shop", "full", "1.0.0"), (Text(flow, "service"), Text(flow, "request_type"), Text(flow, "version")));
        Assert.Equal("full", flow.GetProperty("config").GetProperty("request_type").GetString());
        Assert.False(flow.GetProperty("local").GetBoolean());
        Assert.Equal("""["http://127.0.0.1:9"]""", flow.GetProperty("nodes").GetRawText());
        Assert.Equal("[]", flow.GetProperty("reachable_nodes").GetRawText());
        Assert.Equal("""["http://127.0.0.1:9"]""", flow.GetProperty("unreachable_nodes").GetRawText());
        Assert.Equal("sync", Text(flow, "response_type"));
        Assert.Equal("""{"sticky":"user_id"}""", flow.GetProperty("choose_node_mode").GetRawText());
        Assert.Equal(7000, flow.GetProperty("timeout").GetInt32());
        Assert.Equal("""{"name":"run","fixed_args":{"tenant":"blue"}}""", flow.GetProperty("function").GetRawText());
        var limits = flow.GetProperty("rate_limit");
        Assert.Equal(2000, Assert.Single(limits.GetProperty("global").EnumerateArray()).GetProperty("max_requests").GetInt64());
        Assert.Equal(10, Assert.Single(limits.GetProperty("api").EnumerateArray()).GetProperty("max_requests").GetInt64());
        Assert.Equal("arg_based", Text(flow.GetProperty("permission"), "strategy"));
        Assert.Contains("user_id", Text(flow.GetProperty("permission"), "description"), StringComparison.Ordinal);
        Assert.Equal(
            """{"before_execute":{"configured":true,"hook":{"gateway":"look"}},"after_execute":{"configured":true,"hook":{"function":"tidy"}},"timeout_ms":1000}""",
            flow.GetProperty("hooks").GetRawText());
        Assert.Equal("""{"configured":true,"mode":"same_node","attempts":2}""", flow.GetProperty("retry").GetRawText());
    }

    [Fact]
    public async Task Its_steps_are_those_of_the_pipeline_between_door_and_answer()
    {
        await using var cluster = await TestCluster.StartAsync("a");

        var flow = await FlowAsync(cluster, TestFunctions.Service, "echo");

        Assert.Equal(
            ["channel", "decode", .. cluster.Gateway.Services.GetRequiredService<CallPipeline>().Steps.Select(step => step.Phase), "response"],
            flow.Steps.Select(step => step.Phase));
        Assert.All(flow.Steps, step => Assert.NotEmpty(step.Desc));
        Assert.All(flow.Steps, step => Assert.Null(step.Outcome));
    }

    [Fact]
    public async Task A_dead_node_shows_as_unreachable_with_the_reason()
    {
        await using var cluster = await TestCluster.StartAsync("a", "b");
        var dead = cluster.Nodes["b"];

        // It ends without a word: its lease goes on for a while.
        await cluster.Api.PushAsync(ApiClient.Push("other", "1", ApiClient.Function("f"), "http://127.0.0.1:9"));
        await cluster.StopNodeAsync("b");
        await Wait.UntilAsync(async () => (await FlowAsync(cluster, "other", "f")).NodeStates.Single().LastFailure is not null);

        Assert.Equal([AddressOf(cluster.Nodes["a"])], (await FlowAsync(cluster, TestFunctions.Service, "echo")).ReachableNodes);
        Assert.DoesNotContain(AddressOf(dead), (await FlowAsync(cluster, TestFunctions.Service, "echo")).Nodes);
        Assert.Equal(["http://127.0.0.1:9"], (await FlowAsync(cluster, "other", "f")).UnreachableNodes);
    }

    [Fact]
    public async Task A_function_that_no_node_serves_says_that_calls_are_refused()
    {
        await using var cluster = await TestCluster.StartAsync("a");
        Assert.Null((await FlowAsync(cluster, TestFunctions.Service, "echo")).Error);

        await cluster.StopNodeAsync("a");

        var flow = await FlowAsync(cluster, TestFunctions.Service, "echo");
        Assert.Equal("No node of test/echo can be reached: calls are refused as unavailable.", flow.Error);
        Assert.Equal("unavailable", (await cluster.Api.CallAsync("echo", """{"message":"x"}""")).Code);
        Assert.Contains("disabled", (await FlowAsync(cluster, TestFunctions.Service, "disabled")).Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Calls_are_counted_with_their_failures_also_after_the_config_changed()
    {
        await using var cluster = await TestCluster.StartAsync("a");
        for (var i = 0; i < 3; i++)
        {
            await cluster.Api.CallAsync("echo", """{"message":"x"}""");
        }

        await cluster.Api.CallAsync("echo", "{}");
        var key = new FunctionKey(TestFunctions.Service, "echo", null);
        await Diagnostics(cluster).DisableFunctionAsync(key, Wait.Ended);
        await Diagnostics(cluster).EnableFunctionAsync(key, Wait.Ended);

        var calls = (await FlowAsync(cluster, TestFunctions.Service, "echo")).Calls!;
        Assert.Equal((4, 1), (calls.Calls, calls.Failures));
        Assert.InRange(calls.P50Us, 1, calls.MaxUs);
        Assert.InRange(calls.P99Us, calls.P50Us, calls.MaxUs);
    }

    [Fact]
    public async Task A_function_that_is_not_there_is_404_and_one_that_is_disabled_is_shown()
    {
        await using var cluster = await TestCluster.StartAsync("a");

        Assert.Equal((404, "not_found"), ((await Get("/admin/flows/test/no_such")).Status, (await Get("/admin/flows/nobody/echo")).Code));
        Assert.Equal(404, (await Get("/admin/flows/test/versioned?version=7")).Status);
        var disabled = (await Get("/admin/flows/test/disabled")).Body;
        Assert.True(disabled.GetProperty("disabled").GetBoolean());
        Assert.Contains("disabled function", Text(disabled, "error"), StringComparison.Ordinal);
        Assert.Equal("1.10.0", Text((await Get("/admin/flows/test/versioned")).Body, "version"));
        Assert.Equal("1.9.0", Text((await Get("/admin/flows/test/versioned?version=1.9.0")).Body, "version"));
        Assert.Null((await FlowAsync(cluster, "nobody", "echo")).Config);

        Task<Answer> Get(string path) => cluster.Api.GetAsync(path, TestCluster.AdminToken);
    }

    [Fact]
    public async Task The_list_has_disabled_functions_on_request_only()
    {
        await using var cluster = await TestCluster.StartAsync("a");

        var enabled = (await cluster.Api.GetAsync("/admin/flows", TestCluster.AdminToken)).Body.EnumerateArray().ToList();
        var all = (await cluster.Api.GetAsync("/admin/flows?include_disabled=true", TestCluster.AdminToken)).Body.EnumerateArray().ToList();

        Assert.DoesNotContain(enabled, flow => Text(flow, "request_type") == "disabled");
        var disabled = Assert.Single(all, flow => Text(flow, "request_type") == "disabled");
        Assert.True(disabled.GetProperty("disabled").GetBoolean());
        var echo = Assert.Single(enabled, flow => Text(flow, "request_type") == "echo");
        Assert.Equal(("sync", "none"), (Text(echo, "response_type"), Text(echo, "permission")));
        Assert.Contains("execution", echo.GetProperty("steps").EnumerateArray().Select(step => step.GetString()));
        Assert.Equal(400, (await cluster.Api.GetAsync("/admin/flows?include_disabled=perhaps", TestCluster.AdminToken)).Status);
    }

    [Fact]
    public async Task Inspection_passes_what_a_call_would_pass_and_makes_no_call()
    {
        await using var cluster = await TestCluster.StartAsync("a");

        var plan = await InspectAsync(cluster, "own", """{"user_id":"alice"}""");

        Assert.True(plan.WouldRun);
        Assert.Null(plan.StopsAt);
        Assert.Equal(AddressOf(cluster.Nodes["a"]), plan.Target);
        Assert.Equal("pass", OutcomeOf(plan, "permission"));
        Assert.Equal("pass", OutcomeOf(plan, "argument_validation"));
        Assert.Equal("unknown", OutcomeOf(plan, "execution"));
        Assert.Equal(0, plan.Calls!.Calls);
        Assert.Equal("alice", plan.Request.UserId);
    }

    [Fact]
    public async Task Inspection_tells_everything_that_is_wrong_at_once()
    {
        await using var cluster = await TestCluster.StartAsync("a");

        var plan = await InspectAsync(cluster, "own", """{"user_id":"bob","extra":1}""");

        Assert.False(plan.WouldRun);
        Assert.Equal("permission", plan.StopsAt);
        Assert.Equal(("fail", "permission_denied"), (OutcomeOf(plan, "permission"), StepOf(plan, "permission").Code));
        var arguments = StepOf(plan, "argument_validation");
        Assert.Equal(("fail", "invalid_arguments"), (arguments.Outcome, arguments.Code));
        Assert.Contains("extra", arguments.Details.ToString(), StringComparison.Ordinal);
        Assert.Null(plan.CompleteArgs);
    }

    [Fact]
    public async Task Inspection_fills_in_what_may_be_left_out()
    {
        await using var cluster = await TestCluster.StartAsync("a");

        var plan = await InspectAsync(cluster, "add", """{"a":1}""");

        Assert.Equal("""{"a":1,"b":10}""", plan.CompleteArgs.ToString());
    }

    [Theory]
    [InlineData("echo", null, "caller", "unauthenticated")]
    [InlineData("no_such", "alice", "config_lookup", "not_found")]
    [InlineData("disabled", "alice", "config_lookup", "disabled")]
    [InlineData("admin", "alice", "permission", "permission_denied")]
    [InlineData("by_policy", "alice", "permission", "permission_denied")]
    public async Task Inspection_stops_where_the_call_would(string function, string? user, string phase, string code)
    {
        await using var cluster = await TestCluster.StartAsync("a");

        var plan = await Diagnostics(cluster).InspectRequestAsync(new InspectRequest { Service = TestFunctions.Service, RequestType = function, UserId = user }, Wait.Ended);

        Assert.Equal((phase, code), (plan.StopsAt, StepOf(plan, phase).Code));
    }

    [Fact]
    public async Task Inspection_shows_how_far_the_caller_has_used_the_limits_and_counts_nothing()
    {
        await using var cluster = await TestCluster.StartAsync(new TestClusterOptions { Nodes = ["a"], GatewaySettings = Limits("global", "3") });
        var token = await cluster.Api.TokenAsync("carol");
        for (var i = 0; i < 2; i++)
        {
            await cluster.Api.CallAsync(TestFunctions.Service, "echo", """{"message":"x"}""", token);
        }

        for (var i = 0; i < 5; i++)
        {
            var use = Assert.Single((await InspectAsync(cluster, "echo", """{"message":"x"}""", "carol")).RateLimitUse);
            Assert.Equal((2, 1), (use.Current, use.Remaining));
        }

        await cluster.Api.CallAsync(TestFunctions.Service, "echo", """{"message":"x"}""", token);
        var refused = await InspectAsync(cluster, "echo", """{"message":"x"}""", "carol");
        Assert.Equal(("rate_limit", "rate_limited"), (refused.StopsAt, StepOf(refused, "rate_limit").Code));
        Assert.True((await InspectAsync(cluster, "echo", """{"message":"x"}""", "dave")).WouldRun);
    }

    [Fact]
    public async Task Inspection_runs_no_hook_and_no_callback()
    {
        await using var cluster = await TestCluster.StartAsync("a");
        await cluster.Api.PushAsync(ApiClient.Push(
            "guarded", "1", ApiClient.Function("f", ""","before_execute":{"function":"look"},"after_execute":{"function":"look"},"permission_callback":{"function":"ask"}"""), "http://127.0.0.1:9"));

        var plan = await Diagnostics(cluster).InspectRequestAsync(new InspectRequest { Service = "guarded", RequestType = "f", UserId = "alice" }, Wait.Ended);

        Assert.Equal(("unknown", "unknown", "unknown"), (OutcomeOf(plan, "hooks_before"), OutcomeOf(plan, "permission"), OutcomeOf(plan, "hooks_after")));
        Assert.Equal(("node_selection", "unavailable"), (plan.StopsAt, StepOf(plan, "node_selection").Code));
        Assert.DoesNotContain(cluster.Gateway.Log, line => line.Contains("hook", StringComparison.Ordinal));
    }

    /// <summary>The gateway knows what it has; that a call will fail for want of it need not be tried out.</summary>
    [Fact]
    public async Task Inspection_names_what_the_config_asks_of_the_gateway_and_is_not_registered()
    {
        await using var cluster = await TestCluster.StartAsync();
        await cluster.Api.PushAsync(ApiClient.Push("guarded", "1", string.Join(
            ',',
            ApiClient.Function("hooked", ""","before_execute":{"gateway":"no_hook"},"after_execute":{"gateway":"no_after"},"nodes":["http://127.0.0.1:9"]"""),
            """{"request_type":"chosen","choose_node_mode":{"custom":"no_selector"},"nodes":["http://127.0.0.1:9"]}""",
            ApiClient.Function("resolved", ""","nodes":{"resolver":"no_resolver","args":[]}"""),
            ApiClient.Function("ruled", ""","check_permission":{"policy":"no_policy"},"nodes":["http://127.0.0.1:9"]"""))));

        var before = StepOf(await PlanAsync("hooked"), "hooks_before");
        Assert.Equal(("fail", "hook_rejected", "no IBeforeCall is registered as 'no_hook'"), (before.Outcome, before.Code, before.Note));
        var call = await cluster.Api.CallAsync("guarded", "hooked", "{}", await cluster.Api.TokenAsync("alice"));
        Assert.Equal((before.Code, before.Error), (call.Code, call.Error));
        Assert.Equal("hooks_before", (await PlanAsync("hooked")).StopsAt);

        // A call goes on without its after hook, so that is no failure.
        var after = StepOf(await PlanAsync("hooked"), "hooks_after");
        Assert.Equal("pass", after.Outcome);
        Assert.StartsWith("no IAfterCall is registered as 'no_after'; the answer stays as it is", after.Note, StringComparison.Ordinal);

        Assert.Equal("no node selector is registered as 'no_selector', so the node is chosen at random", StepOf(await PlanAsync("chosen"), "node_selection").Note);
        var resolved = StepOf(await PlanAsync("resolved"), "node_selection");
        Assert.Equal(("fail", "unavailable", "no node resolver is registered as 'no_resolver', so the function has no nodes"), (resolved.Outcome, resolved.Code, resolved.Note));
        var ruled = StepOf(await PlanAsync("ruled"), "permission");
        Assert.Equal(("fail", "permission_denied", "no authorization policy is registered as 'no_policy'"), (ruled.Outcome, ruled.Code, ruled.Note));

        Task<RequestPlan> PlanAsync(string function) =>
            Diagnostics(cluster).InspectRequestAsync(new InspectRequest { Service = "guarded", RequestType = function, UserId = "alice" }, Wait.Ended);
    }

    [Fact]
    public async Task Limits_show_their_scope_and_how_far_they_are_used()
    {
        await using var cluster = await TestCluster.StartAsync(new TestClusterOptions
        {
            Nodes = ["a"],
            GatewaySettings = new Dictionary<string, string?>(Limits("global", "5"))
            {
                ["GenApi:RateLimits:ApiLimits:0:Service"] = TestFunctions.Service,
                ["GenApi:RateLimits:ApiLimits:0:RequestType"] = "echo",
                ["GenApi:RateLimits:ApiLimits:0:Key"] = "device_id",
                ["GenApi:RateLimits:ApiLimits:0:MaxRequests"] = "10",
                ["GenApi:RateLimits:ApiLimits:0:WindowMs"] = "60000",
            },
        });
        foreach (var (user, calls) in new[] { ("carol", 5), ("dave", 1) })
        {
            var token = await cluster.Api.TokenAsync(user);
            for (var i = 0; i < calls; i++)
            {
                await cluster.Api.CallAsync(TestFunctions.Service, "echo", """{"message":"x"}""", token, change: request => request.Headers.Add("X-Device-Id", "phone"));
            }
        }

        // The third one is the fixture, which tried whether the node can be reached.
        var ofNobody = (await cluster.Api.GetAsync("/admin/flows/test/echo", TestCluster.AdminToken)).Body.GetProperty("rate_limit");
        Assert.Equal(
            """[{"scope":"global","key":"user_id","max_requests":5,"window_ms":600000,"counted":{"keys":3,"largest_use":5}}]""",
            ofNobody.GetProperty("global").GetRawText());
        Assert.Equal(
            """[{"scope":"api","key":"device_id","max_requests":10,"window_ms":60000,"service":"test","request_type":"echo","counted":{"keys":1,"largest_use":6}}]""",
            ofNobody.GetProperty("api").GetRawText());
        var ofDave = (await cluster.Api.GetAsync("/admin/flows/test/echo?user_id=dave", TestCluster.AdminToken)).Body.GetProperty("rate_limit");
        Assert.Equal("""{"key_value":"dave","current":1,"remaining":4}""", ofDave.GetProperty("global")[0].GetProperty("use").GetRawText());
        Assert.False(ofDave.GetProperty("api")[0].TryGetProperty("use", out _));

        // Looking counts nothing, and who has used up a limit learns when there is room.
        var ofCarol = (await FlowAsync(cluster, TestFunctions.Service, "echo", "carol")).RateLimit!.Global[0].Use!;
        Assert.Equal((5, 0), (ofCarol.Current, ofCarol.Remaining));
        Assert.InRange(ofCarol.RetryAfterMs!.Value, 1, 606_000);
        Assert.Equal(0, (await FlowAsync(cluster, TestFunctions.Service, "echo", "erin")).RateLimit!.Global[0].Use!.Current);
    }

    [RedisFact]
    public async Task With_Redis_the_use_of_a_user_is_that_of_all_gateways_and_nothing_is_searched_for()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var cluster = await TestCluster.StartAsync(new TestClusterOptions
        {
            Nodes = ["a"],
            GatewaySettings = new Dictionary<string, string?>(Limits("global", "5")) { ["ConnectionStrings:redis"] = redis.ConnectionString },
        });
        await cluster.Api.CallAsync(TestFunctions.Service, "echo", """{"message":"x"}""", await cluster.Api.TokenAsync("carol"));

        var limit = (await FlowAsync(cluster, TestFunctions.Service, "echo", "carol")).RateLimit!.Global[0];
        Assert.Equal(("carol", 1, null), (limit.Use!.KeyValue, limit.Use.Current, limit.Counted));

        await redis.KillAsync();
        var away = (await FlowAsync(cluster, TestFunctions.Service, "echo", "carol")).RateLimit!;
        Assert.Null(away.Global[0].Use);
        Assert.StartsWith("How far carol has used the limits cannot be told now:", away.Note, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Steps_say_by_what_a_node_is_picked_and_give_times_as_people_read_them()
    {
        await using var cluster = await StartAsync();
        await cluster.Api.PushAsync(ApiClient.Push("shop", "1", string.Join(
            ',',
            Full,
            """{"request_type":"endless","timeout":"infinity","choose_node_mode":{"hash":"id"},"arg_types":{"id":"string"},"retry":1}""",
            """{"request_type":"hashed","timeout":1500,"choose_node_mode":"hash"}"""), "http://127.0.0.1:9"));

        var full = await FlowAsync(cluster, "shop", "full");
        Assert.StartsWith("Calls run over the node's link within 7s, up to 2 more times on the same node", StepOf(full, "execution").Desc, StringComparison.Ordinal);
        Assert.StartsWith("Picks a node by sticky, the same one for each value of the argument 'user_id', from ", StepOf(full, "node_selection").Desc, StringComparison.Ordinal);
        Assert.Equal("Counts the call in a sliding window under global by user_id: 2000 per 10m, shop/full by user_id: 10 per 1m", StepOf(full, "rate_limit").Desc);
        Assert.Equal("before_execute hook: the gateway's 'look', within 1s", StepOf(full, "hooks_before").Desc);
        var endless = await FlowAsync(cluster, "shop", "endless");
        Assert.StartsWith("Calls endless over the node's link for as long as it takes, up to 1 more time on all nodes", StepOf(endless, "execution").Desc, StringComparison.Ordinal);
        Assert.StartsWith("Picks a node by hash of the argument 'id' from ", StepOf(endless, "node_selection").Desc, StringComparison.Ordinal);
        var hashed = await FlowAsync(cluster, "shop", "hashed");
        Assert.StartsWith("Picks a node by hash of the request id from ", StepOf(hashed, "node_selection").Desc, StringComparison.Ordinal);
        Assert.Contains("within 1500ms", StepOf(hashed, "execution").Desc, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{}", "service")]
    [InlineData("""{"service":"test","request_type":"echo","bogus":1}""", "bogus is not known there")]
    [InlineData("""{"service":"test"}""", "request_type")]
    [InlineData("""{"service":"test","request_type":"echo","args":[]}""", "args")]
    [InlineData("""{"service":"test","request_type":"echo","args":{"message":"\ud800"}}""", "args")]
    [InlineData("""{"service":1}""", "service must be text")]
    [InlineData("[", "body")]
    public async Task A_wrong_request_is_400(string body, string words)
    {
        await using var cluster = await TestCluster.StartAsync();

        var answer = await cluster.Api.PostAsync("/admin/inspect", body, TestCluster.AdminToken);

        Assert.Equal((400, "invalid_request"), (answer.Status, answer.Code));
        Assert.Contains(words, answer.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Inspection_answers_by_http()
    {
        await using var cluster = await TestCluster.StartAsync("a");

        var plan = (await cluster.Api.PostAsync(
            "/admin/inspect",
            """{"request_id":"req_123","service":"test","request_type":"own","user_id":"user_456","args":{"user_id":"user_789"}}""",
            TestCluster.AdminToken)).Body;

        Assert.Equal("req_123", Text(plan.GetProperty("request"), "request_id"));
        Assert.Equal("user_789", Text(plan.GetProperty("request").GetProperty("args"), "user_id"));
        Assert.Equal("own", Text(plan.GetProperty("config"), "request_type"));
        Assert.False(plan.GetProperty("would_run").GetBoolean());
        Assert.Equal("permission", Text(plan, "stops_at"));
    }

    private static Task<TestCluster> StartAsync() => TestCluster.StartAsync(new TestClusterOptions
    {
        GatewaySettings = new Dictionary<string, string?>(Limits("global", "2000"))
        {
            ["GenApi:RateLimits:ApiLimits:0:Service"] = "shop",
            ["GenApi:RateLimits:ApiLimits:0:RequestType"] = "full",
            ["GenApi:RateLimits:ApiLimits:0:Key"] = "user_id",
            ["GenApi:RateLimits:ApiLimits:0:MaxRequests"] = "10",
            ["GenApi:RateLimits:ApiLimits:0:WindowMs"] = "60000",
        },
    });

    private static Dictionary<string, string?> Limits(string scope, string max) => new()
    {
        [$"GenApi:RateLimits:{char.ToUpperInvariant(scope[0])}{scope[1..]}Limits:0:Key"] = "user_id",
        [$"GenApi:RateLimits:{char.ToUpperInvariant(scope[0])}{scope[1..]}Limits:0:MaxRequests"] = max,
        [$"GenApi:RateLimits:{char.ToUpperInvariant(scope[0])}{scope[1..]}Limits:0:WindowMs"] = "600000",
    };

    private static Task<RequestPlan> InspectAsync(TestCluster cluster, string function, string args, string user = "alice") =>
        Diagnostics(cluster).InspectRequestAsync(
            new InspectRequest { Service = TestFunctions.Service, RequestType = function, UserId = user, Args = RawJson.FromString(args) },
            Wait.Ended);

    private static Task<CallFlow> FlowAsync(TestCluster cluster, string service, string function, string? userId = null) =>
        Diagnostics(cluster).CallFlowAsync(service, function, userId: userId, cancellationToken: Wait.Ended);

    private static FlowStep StepOf(CallFlow flow, string phase) => Assert.Single(flow.Steps, step => step.Phase == phase);

    private static string? OutcomeOf(CallFlow flow, string phase) => StepOf(flow, phase).Outcome;

    private static string AddressOf(TestApp node) => node.Address.ToString().TrimEnd('/');

    private static string? Text(JsonElement json, string member) => json.GetProperty(member).GetString();

    private static IGatewayDiagnostics Diagnostics(TestCluster cluster) => cluster.Gateway.Services.GetRequiredService<IGatewayDiagnostics>();
}
