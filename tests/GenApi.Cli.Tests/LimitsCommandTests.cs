using GenApi.Cli.Tests.Running;

namespace GenApi.Cli.Tests;

public sealed class LimitsCommandTests : IDisposable
{
    private const string Config =
        """{"enabled":true,"fail_open":false,"global":[{"key":"user_id","max_requests":2000,"window_ms":60000},{"key":"tenant","max_requests":5,"window_ms":1500,"source":"claim"}],"api":[{"key":"user_id","max_requests":10,"window_ms":60000,"service":"data","request_type":"export"}]}""";

    private const string Global = """[{"key":"ip_address","max_requests":100,"window_ms":60000}]""";

    private const string Status =
        """[{"key":"user_id","key_value":"alice","scope":"global","max_requests":3,"window_ms":60000,"current":3,"remaining":0,"retry_after_ms":41000},{"key":"user_id","key_value":"alice","scope":"data/export","max_requests":10,"window_ms":1000,"current":1,"remaining":9}]""";

    private readonly CliRunner _cli = new();

    public void Dispose() => _cli.Dispose();

    public static TheoryData<string[], string, string, string?, string> Commands => new()
    {
        { ["limits"], "GET", "/admin/rate-limits", null, Config },
        { ["limits", "update", """{"enabled":false}"""], "PUT", "/admin/rate-limits", """{"enabled":false}""", Config },
        { ["limits", "global"], "GET", "/admin/rate-limits/global", null, Global },
        { ["limits", "global", "set", Global], "PUT", "/admin/rate-limits/global", Global, Global },
        { ["limits", "global", "add", "ip_address", "100", "1m"], "POST", "/admin/rate-limits/global", """{"key":"ip_address","max_requests":100,"window_ms":60000}""", Global },
        { ["limits", "global", "add", "tenant", "5", "1500ms", "--source", "claim"], "POST", "/admin/rate-limits/global", """{"key":"tenant","source":"claim","max_requests":5,"window_ms":1500}""", Global },
        { ["limits", "global", "remove", "user_id"], "DELETE", "/admin/rate-limits/global/user_id", "", Global },
        { ["limits", "status", "alice"], "GET", "/admin/rate-limits/status?key_value=alice", null, Status },
        { ["limits", "status", "a b", "--key", "device_id", "--scope", "data/export"], "GET", "/admin/rate-limits/status?key_value=a%20b&scope=data%2Fexport&rate_limit_key=device_id", null, Status },
        { ["limits", "reset", "alice", "--scope", "global"], "POST", "/admin/rate-limits/reset", """{"key_value":"alice","scope":"global"}""", Status },
        { ["limits", "reset", "--all"], "POST", "/admin/rate-limits/reset-all", null, """{"reset":2}""" },
        { ["limits", "check", "data", "export", "--user", "alice", "--ip", "10.0.0.1", "--key", "tenant=t=1"], "POST", "/admin/rate-limits/check", """{"service":"data","request_type":"export","user_id":"alice","ip_address":"10.0.0.1","keys":{"tenant":"t=1"}}""", """{"allowed":true}""" },
    };

    [Theory]
    [MemberData(nameof(Commands))]
    public async Task Each_command_asks_the_admin_api_and_prints_its_answer(string[] command, string method, string url, string? body, string answer)
    {
        await using var gateway = await StubGateway.StartAsync();
        gateway.On($"{method} {url.Split('?')[0]}", 200, answer);
        _cli.Use(gateway);

        var table = await _cli.RunAsync(command);
        var json = await _cli.RunAsync([.. command, "--json"]);

        Assert.Equal(ExitCode.Done, table.ExitCode);
        Assert.NotEmpty(table.Output);
        Assert.Equal(ExitCode.Done, json.ExitCode);
        Assert.Equal(answer, System.Text.Json.Nodes.JsonNode.Parse(json.Output)!.ToJsonString(new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }));
        Assert.All(gateway.Asked, asked => Assert.Equal((method, url, body ?? ""), (asked.Method, asked.Url, asked.Body)));
    }

    [Fact]
    public async Task Limits_are_a_table_of_global_ones_and_those_of_functions()
    {
        await using var gateway = await StubGateway.StartAsync();
        gateway.On("GET /admin/rate-limits", 200, Config);
        _cli.Use(gateway);

        var outcome = await _cli.RunAsync("limits");

        var rows = outcome.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(row => string.Join(' ', row.Split(' ', StringSplitOptions.RemoveEmptyEntries)));
        Assert.Equal(["Scope Key Max requests Window Source", "global user_id 2000 1m", "global tenant 5 1500ms claim", "data/export user_id 10 1m"], rows);
        Assert.Contains("fail_open is off", outcome.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Status_shows_what_is_used_and_when_there_is_room()
    {
        await using var gateway = await StubGateway.StartAsync();
        gateway.On("GET /admin/rate-limits/status", 200, Status);
        _cli.Use(gateway);

        var rows = (await _cli.RunAsync("limits", "status", "alice")).Output.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(row => string.Join(' ', row.Split(' ', StringSplitOptions.RemoveEmptyEntries)));

        Assert.Equal(
            ["Scope Key Value Used Remaining Max requests Window Retry after", "global user_id alice 3 0 3 1m 41s", "data/export user_id alice 1 9 10 1s"], rows);
    }

    [Fact]
    public async Task A_call_over_its_limit_is_a_sentence_and_exit_code_1()
    {
        await using var gateway = await StubGateway.StartAsync();
        gateway.On("POST /admin/rate-limits/check", 200, """{"allowed":false,"key":"user_id","scope":"global","max_requests":3,"window_ms":60000,"current":3,"retry_after_ms":41000}""");
        _cli.Use(gateway);

        var outcome = await _cli.RunAsync("limits", "check", "data", "--user", "alice");

        Assert.Equal(new Outcome(ExitCode.Failed, "", "Over the limit global of 3 per 1m for one user_id; a call is admitted again in 41s.\n"), outcome);
    }

    [Theory]
    [InlineData("limits", "global", "add", "user_id", "many", "1m")]
    [InlineData("limits", "global", "add", "user_id", "10", "soon")]
    [InlineData("limits", "global", "set", "{}")]
    [InlineData("limits", "global", "set", "[")]
    [InlineData("limits", "check", "data", "--key", "tenant")]
    [InlineData("limits", "reset")]
    [InlineData("limits", "reset", "alice", "bob")]
    [InlineData("limits", "reset", "alice", "--all")]
    [InlineData("limits", "reset", "--all", "--key", "user_id")]
    [InlineData("limits", "reset", "--all", "--scope", "global")]
    public async Task A_wrong_command_line_sends_nothing(params string[] command)
    {
        await using var gateway = await StubGateway.StartAsync();
        _cli.Use(gateway);

        var outcome = await _cli.RunAsync(command);

        Assert.Equal(ExitCode.Usage, outcome.ExitCode);
        Assert.NotEmpty(outcome.Error);
        Assert.Empty(gateway.Asked);
    }

    [Theory]
    [InlineData(0, "Reset 0 counters.\n")]
    [InlineData(1, "Reset 1 counter.\n")]
    public async Task A_reset_of_all_says_how_many(int reset, string line)
    {
        await using var gateway = await StubGateway.StartAsync();
        gateway.On("POST /admin/rate-limits/reset-all", 200, $$"""{"reset":{{reset}}}""");
        _cli.Use(gateway);

        Assert.Equal(new Outcome(ExitCode.Done, line, ""), await _cli.RunAsync("limits", "reset", "--all"));
    }

    [Fact]
    public async Task A_reset_is_of_one_value_or_of_all()
    {
        Assert.StartsWith("VALUE is missing: whose calls to forget, such as a user id; or --all.\n", (await _cli.RunAsync("limits", "reset")).Error, StringComparison.Ordinal);
        Assert.StartsWith(
            "--all already says what to forget: everything. Leave out VALUE, --key and --scope, or leave out --all.\n",
            (await _cli.RunAsync("limits", "reset", "alice", "--all")).Error,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_refusal_is_a_sentence()
    {
        await using var gateway = await StubGateway.StartAsync();
        gateway.On("PUT /admin/rate-limits/global", 403, """{"code":"permission_denied","error":"The action 'update_rate_limit_config' is switched off."}""");
        _cli.Use(gateway);

        Assert.Equal(
            new Outcome(ExitCode.Failed, "", "The gateway refused: The action 'update_rate_limit_config' is switched off.\n"),
            await _cli.RunAsync("limits", "global", "set", "[]"));
    }
}
