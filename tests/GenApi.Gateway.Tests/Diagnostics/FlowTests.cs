using System.Text.Json;
using GenApi.Gateway.Calls;
using GenApi.Gateway.Diagnostics;
using GenApi.Gateway.Diagnostics.Flows;
using GenApi.Gateway.Tests.Clients;
using GenApi.Gateway.Tests.Cluster;
using GenApi.Protocol.Configs;
using GenApi.Protocol.Json;
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

        var flow = Diagnostics(cluster).CallFlow(TestFunctions.Service, "echo");

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
        await Wait.UntilAsync(() => Diagnostics(cluster).CallFlow("other", "f").NodeStates.Single().LastFailure is not null);

        Assert.Equal([AddressOf(cluster.Nodes["a"])], Diagnostics(cluster).CallFlow(TestFunctions.Service, "echo").ReachableNodes);
        Assert.DoesNotContain(AddressOf(dead), Diagnostics(cluster).CallFlow(TestFunctions.Service, "echo").Nodes);
        Assert.Equal(["http://127.0.0.1:9"], Diagnostics(cluster).CallFlow("other", "f").UnreachableNodes);
    }

    [Fact]
    public async Task A_function_that_no_node_serves_says_that_calls_are_refused()
    {
        await using var cluster = await TestCluster.StartAsync("a");
        Assert.Null(Diagnostics(cluster).CallFlow(TestFunctions.Service, "echo").Error);

        await cluster.StopNodeAsync("a");

        var flow = Diagnostics(cluster).CallFlow(TestFunctions.Service, "echo");
        Assert.Equal("No node of test/echo can be reached: calls are refused as unavailable.", flow.Error);
        Assert.Equal("unavailable", (await cluster.Api.CallAsync("echo", """{"message":"x"}""")).Code);
        Assert.Contains("disabled", Diagnostics(cluster).CallFlow(TestFunctions.Service, "disabled").Error, StringComparison.Ordinal);
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

        var calls = Diagnostics(cluster).CallFlow(TestFunctions.Service, "echo").Calls!;
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
        Assert.Null(Diagnostics(cluster).CallFlow("nobody", "echo").Config);

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
            "guarded", "1", ApiClient.Function("f", ""","before_execute":{"gateway":"missing"},"permission_callback":{"function":"ask"}"""), "http://127.0.0.1:9"));

        var plan = await Diagnostics(cluster).InspectRequestAsync(new InspectRequest { Service = "guarded", RequestType = "f", UserId = "alice" }, Wait.Ended);

        Assert.Equal(("unknown", "unknown"), (OutcomeOf(plan, "hooks_before"), OutcomeOf(plan, "permission")));
        Assert.Equal(("node_selection", "unavailable"), (plan.StopsAt, StepOf(plan, "node_selection").Code));
        Assert.DoesNotContain(cluster.Gateway.Log, line => line.Contains("hook", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("{}", "service")]
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

    private static FlowStep StepOf(CallFlow flow, string phase) => Assert.Single(flow.Steps, step => step.Phase == phase);

    private static string? OutcomeOf(CallFlow flow, string phase) => StepOf(flow, phase).Outcome;

    private static string AddressOf(TestApp node) => node.Address.ToString().TrimEnd('/');

    private static string? Text(JsonElement json, string member) => json.GetProperty(member).GetString();

    private static IGatewayDiagnostics Diagnostics(TestCluster cluster) => cluster.Gateway.Services.GetRequiredService<IGatewayDiagnostics>();
}
