using System.Text.Json;
using GenApi.Cli.Tests.Running;

namespace GenApi.Cli.Tests;

/// <summary>The commands that show reports, <c>--watch</c>, and completion.</summary>
public sealed class ReportCommandTests : IDisposable
{
    private const string Pools =
        """{"async_pool":{"size":10,"idle_workers":7,"busy_workers":3,"queued":1,"queue_limit":5,"breaker":"open"},"stream_pool":{"size":20,"idle_workers":20,"busy_workers":0,"queued":0,"queue_limit":0,"breaker":"closed"}}""";

    private const string Flow =
        """
        {"service":"shop","request_type":"get","version":"1.0.0","config":{},"disabled":false,"local":false,"nodes":["http://a","http://b"],"reachable_nodes":["http://a"],"unreachable_nodes":["http://b"],
         "node_states":[{"address":"http://a","reachable":true,"breaker":"closed","in_flight":2},{"address":"http://b","reachable":false,"breaker":"open","in_flight":0,"last_failure":"Connection refused"}],
         "response_type":"sync","choose_node_mode":{"sticky":"id"},"timeout":5000,"function":{"name":"get"},"permission":{"strategy":"none","description":"Everyone"},
         "retry":{"configured":true,"mode":"all_nodes","attempts":3},"hooks":{"before_execute":{"configured":true,"hook":{"gateway":"look"}},"after_execute":{"configured":false},"timeout_ms":5000},
         "rate_limit":{"enabled":true,
          "global":[{"scope":"global","key":"user_id","max_requests":9,"window_ms":1000,"use":{"key_value":"alice","current":9,"remaining":0,"retry_after_ms":500}},
                    {"scope":"global","key":"device_id","max_requests":7,"window_ms":1000,"counted":{"keys":3,"largest_use":2}}],
          "api":[{"scope":"api","key":"tenant","max_requests":5,"window_ms":60000,"service":"shop","request_type":"get"}]},
         "calls":{"calls":5,"failures":1,"mean_us":1500,"p50_us":1,"p99_us":1,"max_us":2000000},
         "steps":[{"phase":"channel","desc":"Comes in"},{"phase":"execution","desc":"Runs"},{"phase":"response","desc":"Answers"}]}
        """;

    private readonly CliRunner _cli = new();

    public void Dispose() => _cli.Dispose();

    [Theory]
    [InlineData("/admin/health", "health")]
    [InlineData("/admin/health?max_memory_bytes=100000000", "health", "--max-memory-bytes", "100000000")]
    [InlineData("/admin/health?max_memory_bytes=1073741824", "health", "--max-memory-bytes", "1GiB")]
    [InlineData("/admin/statistics", "stats")]
    [InlineData("/admin/debug", "debug")]
    [InlineData("/admin/debug?process_limit=10&include_current_stacktrace=true", "debug", "--process-limit", "10", "--include-current-stacktrace")]
    [InlineData("/admin/flows/shop/get", "flow", "shop", "get")]
    [InlineData("/admin/flows/shop/get?version=1.0.0", "flow", "shop", "get", "1.0.0")]
    [InlineData("/admin/flows/shop/get?user_id=alice", "flow", "shop", "get", "--user", "alice")]
    [InlineData("/admin/flows", "flows")]
    [InlineData("/admin/flows?include_disabled=true", "flows", "--include-disabled")]
    [InlineData("/admin/cluster", "cluster")]
    [InlineData("/admin/cache", "cache")]
    [InlineData("/admin/pools", "pools")]
    [InlineData("/admin/streams", "streams")]
    [InlineData("/admin/streams", "streams", "list")]
    public async Task It_asks_with_the_admin_token_and_prints_the_answer_as_json(string url, params string[] command)
    {
        await using var gateway = await StubGateway.StartAsync();
        gateway.On($"GET {url.Split('?')[0]}", 200, """{"status":"ok","any":[1]}""");
        _cli.Use(gateway);

        var outcome = await _cli.RunAsync([.. command, "--json"]);

        Assert.Equal((ExitCode.Done, ""), (outcome.ExitCode, outcome.Error));
        Assert.Equal("ok", JsonDocument.Parse(outcome.Output).RootElement.GetProperty("status").GetString());
        var asked = Assert.Single(gateway.Asked);
        Assert.Equal((url, $"Bearer {StubGateway.AdminToken}"), (asked.Url, asked.Header("Authorization")));
    }

    [Theory]
    [InlineData("health")]
    [InlineData("stats")]
    [InlineData("debug")]
    [InlineData("flow", "shop", "get")]
    [InlineData("flows")]
    [InlineData("cluster")]
    [InlineData("cache")]
    [InlineData("pools")]
    [InlineData("streams")]
    public async Task An_answer_with_little_in_it_is_shown_all_the_same(params string[] command)
    {
        await using var gateway = await StubGateway.StartAsync();
        foreach (var path in new[] { "health", "statistics", "debug", "flows/shop/get", "flows", "cluster", "cache", "pools", "streams" })
        {
            gateway.On($"GET /admin/{path}", 200, "{}");
        }

        _cli.Use(gateway);

        Assert.Equal((ExitCode.Done, ""), (await _cli.RunAsync(command)) is var outcome ? (outcome.ExitCode, outcome.Error) : default);
    }

    [Fact]
    public async Task Pools_are_a_table()
    {
        await using var gateway = await StubGateway.StartAsync();
        gateway.On("GET /admin/pools", 200, Pools);
        _cli.Use(gateway);

        var lines = (await _cli.RunAsync("pools")).Output.Split('\n');

        Assert.Equal(["Pool", "Workers", "Idle", "Busy", "Waiting", "May", "wait", "Breaker"], Words(lines[0]));
        Assert.Equal(["async_pool", "10", "7", "3", "1", "5", "open"], Words(lines[1]));
    }

    [Fact]
    public async Task A_flow_is_a_diagram_with_its_nodes()
    {
        await using var gateway = await StubGateway.StartAsync();
        gateway.On("GET /admin/flows/shop/get", 200, Flow);
        _cli.Use(gateway);

        var output = (await _cli.RunAsync("flow", "shop", "get")).Output;

        Assert.Contains("shop/get version 1.0.0", output, StringComparison.Ordinal);
        Assert.Contains("1 of 2 reachable", output, StringComparison.Ordinal);
        Assert.Contains("""{"sticky":"id"}""", output, StringComparison.Ordinal);
        Assert.Matches("timeout +5s", output);
        Assert.Contains("global user_id 9 per 1s, used 9 by alice (more in 500ms); global device_id 7 per 1s, 3 counted, the most 2; api tenant 5 per 1m", output, StringComparison.Ordinal);
        Assert.Contains("3 more times, all_nodes", output, StringComparison.Ordinal);
        Assert.Contains("5, 1 failed, mean 1.5 ms, longest 2 s", output, StringComparison.Ordinal);
        Assert.Contains("├──  2 execution  Runs", output, StringComparison.Ordinal);
        Assert.Contains("│   └── http://b  unreachable, breaker open, 0 under way: Connection refused", output, StringComparison.Ordinal);
        Assert.Contains("└──  3 response  Answers", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_cluster_says_where_each_gateway_is_and_why_it_is_not_well()
    {
        await using var gateway = await StubGateway.StartAsync();
        gateway.On(
            "GET /admin/cluster",
            200,
            """
            {"self":"g1","gateways":[
              {"id":"g1","self":true,"figures":{"status":"degraded","instance_id":"gateway-1-abc","addresses":["http://a:1","https://a:2"],"reasons":["One.","Two."]}},
              {"id":"g2","self":false}]}
            """);
        _cli.Use(gateway);

        var lines = (await _cli.RunAsync("cluster")).Output.Split('\n').Select(Words).ToList();

        Assert.Contains(["g1", "http://a:1", "https://a:2", "gateway-1-abc", "One."], lines);
        Assert.Contains(["Two."], lines);
        Assert.Contains(["g2"], lines);
    }

    [Fact]
    public async Task Stacks_are_shown_frame_by_frame_those_of_several_threads_once()
    {
        await using var gateway = await StubGateway.StartAsync();
        gateway.On(
            "GET /admin/debug",
            200,
            """
            {"stacks":{"note":"Read this.","managed_threads":3,"managed":[
              {"count":2,"threads":[11,12],"state":"external","frames":["A.Wait()","B.Run()"],"more_frames":false},
              {"count":1,"threads":[13],"state":"managed","frames":["C.Spin(int32)"],"more_frames":true}],
             "threads":[{"id":11,"state":"wait","cpu_time_ms":1500}]}}
            """);
        _cli.Use(gateway);

        var output = (await _cli.RunAsync("debug", "--include-current-stacktrace")).Output;

        Assert.Contains(
            "Read this.\n\n2 threads, in the system's code, as threads are that wait (11, 12)\n    A.Wait()\n    B.Run()\n\n1 thread, running (13)\n    C.Spin(int32)\n    …\n",
            string.Join('\n', output.Split('\n').Select(line => line.TrimEnd())),
            StringComparison.Ordinal);
        Assert.Matches("11 +wait +1.5s", output);
    }

    [Theory]
    [InlineData("ok", ExitCode.Done)]
    [InlineData("degraded", ExitCode.Done)]
    [InlineData("error", ExitCode.Failed)]
    public async Task Health_tells_scripts_by_its_exit_code(string status, int code)
    {
        await using var gateway = await StubGateway.StartAsync();
        gateway.On("GET /admin/health", 200, $$"""{"status":"{{status}}","gateway":"g","checks":{"node":{"status":"{{status}}","reason":"A node is gone."} } }""");
        _cli.Use(gateway);

        var outcome = await _cli.RunAsync("health");

        Assert.Equal(code, outcome.ExitCode);
        Assert.Contains("A node is gone.", outcome.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("true", ExitCode.Done)]
    [InlineData("false", ExitCode.Failed)]
    public async Task Inspect_sends_the_request_and_tells_by_its_exit_code_whether_it_would_run(string runs, int code)
    {
        await using var gateway = await StubGateway.StartAsync();
        gateway.On("POST /admin/inspect", 200, $$"""{"service":"s","request_type":"f","would_run":{{runs}},"stops_at":"permission","steps":[{"phase":"permission","desc":"Asks","outcome":"fail","code":"permission_denied","error":"No."}]}""");
        _cli.Use(gateway);

        var outcome = await _cli.RunAsync("inspect", """{"service":"s","request_type":"f"}""");

        Assert.Equal(code, outcome.ExitCode);
        Assert.Equal("""{"service":"s","request_type":"f"}""", Assert.Single(gateway.Asked).Body);
        Assert.Contains("✗ permission", outcome.Output, StringComparison.Ordinal);
        Assert.Contains("permission_denied: No.", outcome.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Watch_shows_it_again_until_ctrl_c()
    {
        using var ctrlC = new CancellationTokenSource();
        await using var gateway = await StubGateway.StartAsync();
        var asked = 0;
        gateway.On("GET /admin/pools", async http =>
        {
            await StubGateway.JsonAsync(http, 200, Pools);
            if (++asked == 3)
            {
                await ctrlC.CancelAsync();
            }
        });
        _cli.Use(gateway);

        var outcome = await _cli.RunAsync(ctrlC.Token, "pools", "--watch", "1", "--json");

        Assert.Equal(ExitCode.Interrupted, outcome.ExitCode);
        var lines = outcome.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.InRange(lines.Length, 2, 3);
        Assert.All(lines, line => Assert.Equal(10, JsonDocument.Parse(line).RootElement.GetProperty("async_pool").GetProperty("size").GetInt32()));
    }

    [Fact]
    public async Task Watch_waits_for_a_gateway_that_is_gone_for_a_moment()
    {
        using var ctrlC = new CancellationTokenSource();
        await using var gateway = await StubGateway.StartAsync();
        var asked = 0;
        gateway.On("GET /admin/statistics", async http =>
        {
            switch (++asked)
            {
                case 1:
                    await StubGateway.JsonAsync(http, 200, """{"taken_at_ms":1000,"genapi":{"calls":{"all":{"calls":10,"failures":1,"mean_us":1000},"functions":[{"function":"shop/get@1.0.0","calls":{"calls":10}}]}}}""");
                    break;
                case 2:
                    await StubGateway.JsonAsync(http, 503, """{"code":"unavailable","error":"A moment, please."}""");
                    break;
                case 3:
                    await StubGateway.JsonAsync(http, 200, """{"taken_at_ms":3000,"genapi":{"calls":{"all":{"calls":30,"failures":2,"mean_us":3000},"functions":[{"function":"shop/get@1.0.0","calls":{"calls":21}}]}}}""");
                    break;
                default:
                    await ctrlC.CancelAsync();
                    break;
            }
        });
        _cli.Use(gateway);

        var outcome = await _cli.RunAsync(ctrlC.Token, "stats", "--watch", "1");

        Assert.Contains("A moment, please.", outcome.Error, StringComparison.Ordinal);
        Assert.Contains("10 calls a second, 0.5 failures a second, mean 4 ms", outcome.Output, StringComparison.Ordinal);
        Assert.Matches(@"shop/get@1\.0\.0 +21 +5\.5", outcome.Output);
    }

    [Fact]
    public async Task A_mean_that_would_be_wrong_is_not_told()
    {
        using var ctrlC = new CancellationTokenSource();
        await using var gateway = await StubGateway.StartAsync();
        var asked = 0;
        gateway.On("GET /admin/statistics", async http =>
        {
            // After ten million calls, a mean in whole microseconds says nothing about the last hundred.
            await StubGateway.JsonAsync(http, 200, $$"""{"taken_at_ms":{{asked * 1000}},"genapi":{"calls":{"all":{"failures":0,"mean_us":1000,"calls":{{10_000_000 + (asked * 100)}} } } } }""");
            if (++asked == 3)
            {
                await ctrlC.CancelAsync();
            }
        });
        _cli.Use(gateway);

        var outcome = await _cli.RunAsync(ctrlC.Token, "stats", "--watch", "1");

        Assert.Matches("100 calls a second, 0 failures a second *\n", outcome.Output);
    }

    [Theory]
    [InlineData("functions", "functions")]
    [InlineData("functions", "functions", "list")]
    [InlineData("pushed-services", "pushed")]
    [InlineData("failed-configs", "failed")]
    [InlineData("failed-configs", "failed", "list")]
    [InlineData("failed-configs/summary", "failed", "summary")]
    [InlineData("rate-limits", "limits")]
    [InlineData("rate-limits/global", "limits", "global")]
    [InlineData("rate-limits/status", "limits", "status", "alice")]
    [InlineData("trace", "trace", "status")]
    [InlineData("streams", "streams")]
    [InlineData("flows", "flows")]
    public async Task Every_list_can_be_watched(string path, params string[] command)
    {
        using var ctrlC = new CancellationTokenSource();
        await using var gateway = await StubGateway.StartAsync();
        var asked = 0;
        gateway.On($"GET /admin/{path}", async http =>
        {
            await StubGateway.JsonAsync(http, 200, "[]");
            if (++asked == 2)
            {
                await ctrlC.CancelAsync();
            }
        });
        _cli.Use(gateway);

        var outcome = await _cli.RunAsync(ctrlC.Token, [.. command, "--watch", "1", "--json"]);

        Assert.Equal(ExitCode.Interrupted, outcome.ExitCode);
        Assert.StartsWith("[]\n", outcome.Output, StringComparison.Ordinal);
        Assert.Equal(2, asked);
    }

    [Theory]
    [InlineData("0")]
    [InlineData("x")]
    [InlineData("3601")]
    public async Task A_wrong_watch_is_named(string seconds)
    {
        var outcome = await _cli.RunAsync("pools", "--watch", seconds);

        Assert.Equal(ExitCode.Usage, outcome.ExitCode);
        Assert.Contains($"--watch must be whole seconds from 1 to 3600; it is '{seconds}'.", outcome.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Streams_can_be_stopped()
    {
        await using var gateway = await StubGateway.StartAsync();
        gateway.On("POST /admin/streams/r1/stop", 204, "");
        gateway.On("POST /admin/streams/r2/stop", 404, """{"code":"not_found","error":"No stream with the request_id 'r2' is under way on this gateway."}""");
        _cli.Use(gateway);

        Assert.Equal(new Outcome(ExitCode.Done, "The stream r1 is stopped.\n", ""), await _cli.RunAsync("streams", "stop", "r1"));
        Assert.Equal(ExitCode.Failed, (await _cli.RunAsync("streams", "stop", "r2")).ExitCode);
    }

    [Fact]
    public async Task Reconcile_says_what_is_there()
    {
        await using var gateway = await StubGateway.StartAsync();
        gateway.On("POST /admin/reconcile", 200, """{"services":2,"functions":17,"nodes":3,"others_told":true}""");
        _cli.Use(gateway);

        Assert.Equal("17 functions of 2 services, 3 nodes. The other gateways were told to do the same.\n", (await _cli.RunAsync("reconcile")).Output);
    }

    [Theory]
    [InlineData("bash", "complete -o default -F _genapi genapi")]
    [InlineData("zsh", "compdef _genapi genapi")]
    [InlineData("fish", "complete -c genapi")]
    [InlineData("powershell", "Register-ArgumentCompleter")]
    public async Task Completion_prints_a_script_that_asks_the_tool(string shell, string words)
    {
        var outcome = await _cli.RunAsync("completion", shell);

        Assert.Equal((ExitCode.Done, ""), (outcome.ExitCode, outcome.Error));
        Assert.Contains(words, outcome.Output, StringComparison.Ordinal);
        Assert.Contains("[suggest:", outcome.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_tool_suggests_what_may_come_next()
    {
        Assert.Contains("health", (await _cli.RunAsync("[suggest:10]", "genapi hea")).Output, StringComparison.Ordinal);
        Assert.Contains("--include-disabled", (await _cli.RunAsync("[suggest:15]", "genapi flows --")).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_unknown_command_gets_a_suggestion()
    {
        var outcome = await _cli.RunAsync("helth");

        Assert.Equal(ExitCode.Usage, outcome.ExitCode);
        Assert.Contains("health", outcome.Error, StringComparison.Ordinal);
    }

    private static string[] Words(string line) => line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
}
