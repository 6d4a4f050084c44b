using System.Net.Http.Headers;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using GenApi.Gateway.Diagnostics;
using GenApi.Gateway.Diagnostics.Flows;
using GenApi.Gateway.Diagnostics.Tracing;
using GenApi.Gateway.RateLimits;
using GenApi.Gateway.Tests.Cluster;
using GenApi.Protocol.Configs;
using Microsoft.Extensions.DependencyInjection;

namespace GenApi.Gateway.Tests.Diagnostics;

/// <summary>Walks the table of docs/seed-map.md.</summary>
public sealed partial class SeedMapTests
{
    private const string StreamId = "the-stream-to-stop";

    /// <summary>What to send for each row whose path has places to fill or whose request needs something more.</summary>
    private static readonly Dictionary<string, (string Path, string? Body)> Requests = new()
    {
        ["add_global_limit"] = ("/admin/rate-limits/global", """{"key":"ip_address","max_requests":100,"window_ms":60000}"""),
        ["call_flow"] = ("/admin/flows/test/echo", null),
        ["call_flow_print"] = ("/admin/flows/test/echo", null),
        ["check_rate_limit"] = ("/admin/rate-limits/check", """{"service":"test","request_type":"echo","user_id":"user_123"}"""),
        ["get_rate_limit_status"] = ("/admin/rate-limits/status?key_value=user_123", null),
        ["inspect_print"] = ("/admin/inspect", """{"service":"test","request_type":"echo"}"""),
        ["inspect_request"] = ("/admin/inspect", """{"service":"test","request_type":"echo"}"""),
        ["push_config"] = ("/admin/push", """{"service":"pushed","config_version":"1","fun_configs":[{"request_type":"f"}]}"""),
        ["remove_global_limit"] = ("/admin/rate-limits/global/ip_address", null),
        ["reset_rate_limit"] = ("/admin/rate-limits/reset", """{"key_value":"user_123"}"""),
        ["rl_status"] = ("/admin/rate-limits/status?key_value=user_123", null),
        ["set_global_limits"] = ("/admin/rate-limits/global", """[{"key":"user_id","max_requests":2000,"window_ms":60000}]"""),
        ["stop_stream"] = ($"/admin/streams/{StreamId}/stop", null),
        ["stop_trace"] = ("/admin/trace/all", null),
        ["stop_trace_functions"] = ("/admin/trace/all", null),
        ["trace_functions"] = ("/admin/trace", """{"target":"functions","service":"test","request_type":"echo"}"""),
        ["trace_processes"] = ("/admin/trace", """{"target":"connections","connections":"all"}"""),
        ["update_rate_limit_config"] = ("/admin/rate-limits", """{"enabled":true}"""),
        ["verify_config"] = ("/admin/verify?service=test&config_version=1", null),
    };

    [Fact]
    public async Task Every_function_of_the_seed_has_its_method_and_its_endpoint()
    {
        await using var cluster = await TestCluster.StartAsync(new TestClusterOptions { Nodes = ["a"], MoreFunctions = (functions, _) => functions.Map("forever", Forever) });
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = cluster.Gateway.Address };
        using var stream = await StartStreamAsync(http, await cluster.Api.TokenAsync("alice"));
        var methods = typeof(IGatewayDiagnostics).GetMethods().Select(method => method.Name).ToHashSet();
        var rows = Rows();
        Assert.Equal(44, rows.Select(row => row.Seed).Distinct().Count());

        foreach (var (seed, method, verb, path) in rows)
        {
            Assert.True(methods.Contains(method), $"{seed}: IGatewayDiagnostics has no {method}.");
            var (filled, body) = Requests.GetValueOrDefault(seed, (path, null));
            using var request = new HttpRequestMessage(new HttpMethod(verb), filled) { Content = body is null ? null : new StringContent(body, Encoding.UTF8, "application/json") };
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", TestCluster.AdminToken);

            // Events have no end.
            using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Wait.Ended);

            Assert.True(response.IsSuccessStatusCode, $"{seed}: {verb} {filled} answered {(int)response.StatusCode}.");
        }
    }

    /// <summary>Each method of the table called once; the answers are looked at by the tests of each.</summary>
    [Fact]
    public async Task Every_method_of_the_table_can_be_called()
    {
        await using var cluster = await TestCluster.StartAsync(new TestClusterOptions { Nodes = ["a"], MoreFunctions = (functions, _) => functions.Map("forever", Forever) });
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = cluster.Gateway.Address };
        using var stream = await StartStreamAsync(http, await cluster.Api.TokenAsync("alice"));
        var diagnostics = cluster.Gateway.Services.GetRequiredService<IGatewayDiagnostics>();
        var heard = new TaskCompletionSource();
        var limit = new RateLimit { Key = RateLimit.UserIdKey, MaxRequests = 2000, WindowMs = 60_000 };
        TraceInfo? trace = null;
        Dictionary<string, Func<Task>> calls = new()
        {
            ["AddGlobalLimitAsync"] = () => diagnostics.AddGlobalLimitAsync(limit, Wait.Ended),
            ["AttachTelemetry"] = async () =>
            {
                diagnostics.AttachTelemetry("mine", _ => heard.TrySetResult());
                await cluster.Api.CallAsync("node");
                await Wait.For(heard.Task);
            },
            ["CacheStatus"] = Done(() => Assert.Contains(diagnostics.CacheStatus().Services, service => service.Service == "test")),
            ["CallFlowAsync"] = async () => Assert.NotNull((await diagnostics.CallFlowAsync("test", "echo", cancellationToken: Wait.Ended)).Config),
            ["CheckRateLimitAsync"] = async () => Assert.True((await diagnostics.CheckRateLimitAsync(new RateLimitRequest { Service = "test", UserId = "u" }, Wait.Ended)).Allowed),
            ["CleanupFailedConfigsAsync"] = () => diagnostics.CleanupFailedConfigsAsync(Wait.Ended),
            ["ClearFailedConfigsAsync"] = () => diagnostics.ClearFailedConfigsAsync(Wait.Ended),
            ["ClusterViewAsync"] = async () => Assert.Single((await diagnostics.ClusterViewAsync(Wait.Ended)).Gateways),
            ["DebugReportAsync"] = async () => Assert.NotNull(await diagnostics.DebugReportAsync(10, includeCurrentStacktrace: true, Wait.Ended)),
            ["DetachTelemetry"] = Done(() => Assert.True(diagnostics.DetachTelemetry("mine"))),
            ["FailedConfigsAsync"] = async () => Assert.Empty(await diagnostics.FailedConfigsAsync(cancellationToken: Wait.Ended)),
            ["FailedConfigsSummaryAsync"] = () => diagnostics.FailedConfigsSummaryAsync(Wait.Ended),
            ["GetGlobalLimits"] = Done(() => Assert.Single(diagnostics.GetGlobalLimits())),
            ["GetRateLimitConfig"] = Done(() => Assert.Single(diagnostics.GetRateLimitConfig().Global)),
            ["GetRateLimitStatusAsync"] = async () => Assert.Single(await diagnostics.GetRateLimitStatusAsync("u", cancellationToken: Wait.Ended)),
            ["HealthCheck"] = Done(() => Assert.Contains("redis", diagnostics.HealthCheck().Checks.GenApi.Checks.Keys)),
            ["InspectRequestAsync"] = async () => Assert.NotNull(await diagnostics.InspectRequestAsync(new InspectRequest { Service = "test", RequestType = "echo" }, Wait.Ended)),
            ["ListCallFlows"] = Done(() => Assert.NotEmpty(diagnostics.ListCallFlows())),
            ["PoolStatus"] = Done(() => Assert.NotNull(diagnostics.PoolStatus())),
            ["PushConfigAsync"] = async () => Assert.Equal("accepted", (await diagnostics.PushConfigAsync(
                new PushConfig { Service = "pushed", ConfigVersion = "1", FunConfigs = [JsonSerializer.SerializeToElement(new { request_type = "f" })] }, cancellationToken: Wait.Ended)).Status),
            ["PushedServicesStatusAsync"] = async () => Assert.NotEmpty(await diagnostics.PushedServicesStatusAsync(Wait.Ended)),
            ["RemoveGlobalLimitAsync"] = () => diagnostics.RemoveGlobalLimitAsync(limit.Key, Wait.Ended),
            ["ResetRateLimitAsync"] = () => diagnostics.ResetRateLimitAsync("u", cancellationToken: Wait.Ended),
            ["SetGlobalLimitsAsync"] = () => diagnostics.SetGlobalLimitsAsync([limit], Wait.Ended),
            ["StatisticsAsync"] = () => diagnostics.StatisticsAsync(Wait.Ended),
            ["StopStream"] = Done(() => Assert.True(diagnostics.StopStream(StreamId))),
            ["StartTrace"] = Done(() => trace = diagnostics.StartTrace(new TraceRequest { Target = "functions", Service = "test" })),
            ["StopTrace"] = Done(() => Assert.NotNull(diagnostics.StopTrace(trace!.Id))),
            ["TraceStatus"] = Done(() => Assert.NotNull(diagnostics.TraceStatus())),
            ["UpdateRateLimitConfigAsync"] = () => diagnostics.UpdateRateLimitConfigAsync(new RateLimitChanges { Enabled = true }, Wait.Ended),
            ["VerifyConfigAsync"] = async () => Assert.Equal("mismatch", (await diagnostics.VerifyConfigAsync("test", "?", Wait.Ended)).Status),
        };
        Assert.Equal(Rows().Select(row => row.Method).Distinct().Order(StringComparer.Ordinal), calls.Keys.Order(StringComparer.Ordinal));

        foreach (var call in calls.Values)
        {
            await call();
        }

        static Func<Task> Done(Action call) => () =>
        {
            call();
            return Task.CompletedTask;
        };
    }

    private static async IAsyncEnumerable<int> Forever([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        yield return 1;
        await Task.Delay(Timeout.Infinite, cancellationToken);
    }

    private static async Task<HttpResponseMessage> StartStreamAsync(HttpClient http, string token)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/test/forever") { Content = new StringContent("{}", Encoding.UTF8, "application/json") };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        request.Headers.Add("X-Request-Id", StreamId);
        var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Wait.Ended);
        Assert.Equal("text/event-stream", response.Content.Headers.ContentType?.MediaType);
        return response;
    }

    private static List<(string Seed, string Method, string Verb, string Path)> Rows() =>
        [.. Row().Matches(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "seed-map.md"))).Select(row => (row.Groups[1].Value, row.Groups[2].Value, row.Groups[3].Value, row.Groups[4].Value))];

    [GeneratedRegex(@"^\| `(\w+)` \| `(\w+)` \| `([A-Z]+) (\S+)` \| `genapi [^`]+` \|\r?$", RegexOptions.Multiline)]
    private static partial Regex Row();
}
