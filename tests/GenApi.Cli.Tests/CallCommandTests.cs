using GenApi.Cli.Tests.Running;

namespace GenApi.Cli.Tests;

public sealed class CallCommandTests : IDisposable
{
    private const string Echo = "POST /api/sample/echo";
    private const string Hello = """{"request_id":"r1","success":true,"result":{"message":"hello","n":[1,2.50],"ok":true,"none":null},"async":false,"has_more":false,"can_retry":false}""";

    private readonly CliRunner _cli = new();

    public void Dispose() => _cli.Dispose();

    [Fact]
    public async Task Prints_the_result_and_nothing_else()
    {
        await using var gateway = await StartAsync(Echo, 200, Hello);

        var outcome = await _cli.RunAsync("call", "sample", "echo", """{"message":"hello"}""");

        Assert.Equal(
            new Outcome(
                ExitCode.Done,
                """
                {
                  "message": "hello",
                  "n": [
                    1,
                    2.50
                  ],
                  "ok": true,
                  "none": null
                }

                """,
                ""),
            outcome);
    }

    [Fact]
    public async Task Sends_the_call_as_the_contract_has_it()
    {
        await using var gateway = await StartAsync(Echo, 200, Hello);

        await _cli.RunAsync("call", "sample", "echo", """{"message":"hello"}""", "--version", "1.0.0", "--request-id", "my-id");

        var asked = gateway.OnlyCall;
        Assert.Equal("POST", asked.Method);
        Assert.Equal("/api/sample/echo?version=1.0.0", asked.Url);
        Assert.Equal("""{"message":"hello"}""", asked.Body);
        Assert.Equal("application/json", asked.Header("Content-Type"));
        Assert.Equal("application/json", asked.Header("Accept"));
        Assert.Equal("my-id", asked.Header("X-Request-Id"));
        Assert.Equal($"Bearer {StubGateway.ClientToken}", asked.Header("Authorization"));
    }

    [Fact]
    public async Task Makes_a_token_for_the_user_of_this_machine()
    {
        await using var gateway = await StartAsync(Echo, 200, Hello);
        _cli.UserName = "Jörg Müller";

        await _cli.RunAsync("call", "sample", "echo", "--timeout", "2m");

        Assert.Equal("""{"user_id":"J-rg-M-ller","roles":[],"expires_in":180}""", gateway.Asked[0].Body);
        Assert.Null(gateway.OnlyCall.Header("X-Request-Id"));
        Assert.Equal("{}", gateway.OnlyCall.Body);
    }

    [Fact]
    public async Task Makes_a_token_for_the_user_and_roles_given()
    {
        await using var gateway = await StartAsync(Echo, 200, Hello);

        await _cli.RunAsync("call", "sample", "echo", "--user", "alice", "--role", "user", "--role", "admin");

        Assert.Equal("""{"user_id":"alice","roles":["user","admin"],"expires_in":660}""", gateway.Asked[0].Body);
    }

    [Fact]
    public async Task With_a_client_token_no_admin_token_is_needed()
    {
        await using var gateway = await StubGateway.StartAsync();
        gateway.On(Echo, 200, Hello);

        var outcome = await _cli.RunAsync("call", "sample", "echo", "--url", gateway.Url, "--token", "mine");

        Assert.Equal(ExitCode.Done, outcome.ExitCode);
        Assert.Equal("Bearer mine", Assert.Single(gateway.Asked).Header("Authorization"));
    }

    [Fact]
    public async Task Json_prints_the_whole_response()
    {
        await using var gateway = await StartAsync(Echo, 200, """{"request_id":"r1","success":true,"result":1,"something_new":true}""");

        var outcome = await _cli.RunAsync("call", "sample", "echo", "--json");

        Assert.Equal(
            new Outcome(
                ExitCode.Done,
                """
                {
                  "request_id": "r1",
                  "success": true,
                  "result": 1,
                  "something_new": true
                }

                """,
                ""),
            outcome);
    }

    [Fact]
    public async Task Reads_the_arguments_from_stdin()
    {
        await using var gateway = await StartAsync(Echo, 200, Hello);
        _cli.Input = """{"from":"stdin"}""";

        await _cli.RunAsync("call", "sample", "echo", "-");

        Assert.Equal("""{"from":"stdin"}""", gateway.OnlyCall.Body);
    }

    [Fact]
    public async Task Reads_the_arguments_from_a_file()
    {
        await using var gateway = await StartAsync(Echo, 200, Hello);
        var path = Path.Combine(_cli.Folder, "args.json");
        await File.WriteAllTextAsync(path, "\uFEFF{\"from\":\"file\"}", TestContext.Current.CancellationToken);

        await _cli.RunAsync("call", "sample", "echo", $"@{path}");

        Assert.Equal("""{"from":"file"}""", gateway.OnlyCall.Body);
    }

    [Fact]
    public async Task Large_arguments_arrive_whole()
    {
        await using var gateway = await StartAsync(Echo, 200, Hello);
        _cli.Input = $$"""{"text":"{{new string('x', 2_000_000)}}"}""";

        var outcome = await _cli.RunAsync("call", "sample", "echo", "-");

        Assert.Equal(ExitCode.Done, outcome.ExitCode);
        Assert.Equal(_cli.Input, gateway.OnlyCall.Body);
        Assert.Equal("100-continue", gateway.OnlyCall.Header("Expect"));
    }

    [Fact]
    public async Task A_missing_file_is_named()
    {
        var path = Path.Combine(_cli.Folder, "missing.json");

        var outcome = await _cli.RunAsync("call", "sample", "echo", $"@{path}");

        Assert.Equal(new Outcome(ExitCode.Failed, "", $"The file with the arguments cannot be read: Could not find file '{path}'.\n"), outcome);
    }

    [Theory]
    [InlineData("[1]", "The arguments on the command line must be a JSON object, such as '{\"message\":\"hello\"}'.")]
    [InlineData("{", "The arguments on the command line are not valid JSON: ")]
    [InlineData("{}{}", "The arguments on the command line are not valid JSON: ")]
    [InlineData("hello", "The arguments on the command line are not valid JSON: ")]
    public async Task Arguments_that_are_no_object_are_refused_before_anything_is_sent(string args, string sentence)
    {
        await using var gateway = await StartAsync(Echo, 200, Hello);

        var outcome = await _cli.RunAsync("call", "sample", "echo", args);

        Assert.Equal(ExitCode.Usage, outcome.ExitCode);
        Assert.Equal("", outcome.Output);
        Assert.StartsWith(sentence, outcome.Error, StringComparison.Ordinal);
        Assert.Empty(gateway.Asked);
    }

    [Fact]
    public async Task Junk_on_stdin_fails_and_is_named()
    {
        _cli.Input = "junk";

        var outcome = await _cli.RunAsync("call", "sample", "echo", "-");

        Assert.Equal(ExitCode.Failed, outcome.ExitCode);
        Assert.StartsWith("The arguments on stdin are not valid JSON: ", outcome.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Names_are_escaped_in_the_path()
    {
        await using var gateway = await StubGateway.StartAsync();
        gateway.On("POST /api/my service/a?b", 200, Hello);

        var outcome = await _cli.RunAsync("call", "my service", "a?b", "--version", "1&2", "--url", gateway.Url, "--token", "t");

        Assert.Equal(ExitCode.Done, outcome.ExitCode);
        Assert.Equal("/api/my%20service/a%3Fb?version=1%262", gateway.OnlyCall.Url);
    }

    [Theory]
    [InlineData("..", "echo", "SERVICE must be a name, not '..'.")]
    [InlineData("sample", ".", "TYPE must be a name, not '.'.")]
    [InlineData("", "echo", "SERVICE must have 1 to 256 bytes.")]
    public async Task Names_that_are_none_are_refused(string service, string type, string sentence)
    {
        var outcome = await _cli.RunAsync("call", service, type, "--url", "http://127.0.0.1:1", "--token", "t");

        Assert.Equal(new Outcome(ExitCode.Usage, "", sentence + "\n"), outcome);
    }

    [Fact]
    public async Task An_id_that_no_header_can_carry_is_refused()
    {
        var outcome = await _cli.RunAsync("call", "sample", "echo", "--request-id", "a\nb", "--url", "http://127.0.0.1:1", "--token", "t");

        Assert.Equal(new Outcome(ExitCode.Usage, "", "--request-id must be visible ASCII characters without spaces: it travels in a header.\n"), outcome);
    }

    /// <summary>The rows of the contract's table of errors.</summary>
    [Theory]
    [InlineData(400, "invalid_request", false)]
    [InlineData(413, "invalid_request", false)]
    [InlineData(401, "unauthenticated", false)]
    [InlineData(403, "permission_denied", false)]
    [InlineData(404, "not_found", false)]
    [InlineData(404, "disabled", false)]
    [InlineData(409, "hook_rejected", false)]
    [InlineData(503, "unavailable", true)]
    [InlineData(504, "timeout", true)]
    [InlineData(500, "function_error", false)]
    [InlineData(500, "internal", false)]
    public async Task A_failure_prints_its_code_and_sentence(int status, string code, bool canRetry)
    {
        await using var gateway = await StartAsync(
            Echo, status, $$"""{"request_id":"r1","success":false,"error":"It did not work.","can_retry":{{(canRetry ? "true" : "false")}},"code":"{{code}}"}""");

        var outcome = await _cli.RunAsync("call", "sample", "echo");

        Assert.Equal(
            new Outcome(ExitCode.Failed, "", $"{code}: It did not work.\nrequest_id r1{(canRetry ? "; the same call may succeed when sent again" : "")}\n"),
            outcome);
    }

    [Fact]
    public async Task Bad_arguments_are_a_table()
    {
        await using var gateway = await StartAsync(Echo, 422, """
            {"request_id":"r1","success":false,"error":"2 invalid arguments: message, n.","code":"invalid_arguments",
             "details":[{"argument":"message","reason":"is missing"},{"argument":"n","reason":"must be a number [0..9]"}]}
            """);

        var outcome = await _cli.RunAsync("call", "sample", "echo");

        Assert.Equal(ExitCode.Failed, outcome.ExitCode);
        Assert.Equal("", outcome.Output);
        Assert.Equal(
            ["invalid_arguments: 2 invalid arguments: message, n.", "argument reason", "message  is missing", "n        must be a number [0..9]", "request_id r1"],
            Lines(outcome.Error));
    }

    [Fact]
    public async Task A_rate_limit_says_when_to_come_back()
    {
        await using var gateway = await StartAsync(Echo, 429, """
            {"request_id":"r1","success":false,"error":"Too many requests.","code":"rate_limited","can_retry":true,"retry_after_ms":1200,
             "details":{"key":"user_id","scope":"global","max_requests":100,"window_ms":60000,"current":100}}
            """);

        var outcome = await _cli.RunAsync("call", "sample", "echo");

        Assert.Equal(
            [
                "rate_limited: Too many requests.", "key          user_id", "scope        global", "max_requests 100", "window_ms    60000", "current      100",
                "request_id r1; the call may succeed after 1.2s",
            ],
            Lines(outcome.Error));
    }

    [Fact]
    public async Task Json_prints_a_failure_whole_on_stdout()
    {
        await using var gateway = await StartAsync(Echo, 403, """{"request_id":"r1","success":false,"error":"No.","code":"permission_denied"}""");

        var outcome = await _cli.RunAsync("call", "sample", "echo", "--json");

        Assert.Equal(ExitCode.Failed, outcome.ExitCode);
        Assert.Equal("permission_denied: No.\n", outcome.Error);
        Assert.Equal("permission_denied", System.Text.Json.JsonDocument.Parse(outcome.Output).RootElement.GetProperty("code").GetString());
    }

    [Theory]
    [InlineData(401, "", "The gateway at {url} does not accept the client token.")]
    [InlineData(403, "", "The gateway at {url} forbids the call and gives no reason.")]
    [InlineData(404, "", "{url} (from GENAPI_URL) answered 404 NotFound to /api/sample/echo, and not as a GenApi gateway does; check the URL.")]
    [InlineData(200, "<html>", "{url} (from GENAPI_URL) answered 200 OK to /api/sample/echo, and not as a GenApi gateway does; check the URL.")]
    [InlineData(200, "{}", "{url} (from GENAPI_URL) answered 200 OK to /api/sample/echo, and not as a GenApi gateway does; check the URL.")]
    [InlineData(400, """{"code":"invalid_request","error":"Not so."}""", "invalid_request: Not so.")]
    public async Task An_answer_that_is_no_response_is_said(int status, string body, string sentence)
    {
        await using var gateway = await StartAsync(Echo, status, body);

        var outcome = await _cli.RunAsync("call", "sample", "echo");

        Assert.Equal(new Outcome(ExitCode.Failed, "", sentence.Replace("{url}", gateway.Url, StringComparison.Ordinal) + "\n"), outcome);
    }

    [Fact]
    public async Task A_function_without_an_answer_prints_nothing()
    {
        await using var gateway = await StartAsync(Echo, 202, """{"request_id":"r1","success":true,"async":false,"has_more":false,"can_retry":false}""");

        Assert.Equal(new Outcome(ExitCode.Done, "", ""), await _cli.RunAsync("call", "sample", "echo"));
    }

    [Fact]
    public async Task A_terminal_gets_colours_and_no_control_characters_from_data()
    {
        await using var gateway = await StartAsync(Echo, 200, """{"request_id":"r1","success":true,"result":{"a":"[red]x[/] \u001b]0;title\u0007","n":1}}""");
        _cli.OnTerminal = true;

        var outcome = await _cli.RunAsync("call", "sample", "echo");

        Assert.Equal(ExitCode.Done, outcome.ExitCode);
        Assert.Contains("\u001b[32m\"[red]x[/] \\u001B]0;title\\u0007\"\u001b[0m", outcome.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_long_value_is_not_wrapped_on_a_terminal()
    {
        var text = new string('x', 500);
        await using var gateway = await StartAsync(Echo, 200, $$"""{"request_id":"r1","success":true,"result":["{{text}}"]}""");
        _cli.OnTerminal = true;

        var outcome = await _cli.RunAsync("call", "sample", "echo");

        Assert.Contains(text, outcome.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_error_is_shown_as_it_is_without_markup_or_control_characters()
    {
        await using var gateway = await StartAsync(Echo, 500, """
            {"request_id":"[r1]","success":false,"error":"[bold]boom[/] \u001b[2J\nsecond line","code":"function_error","details":{"[x]":"[/] \u001b[2J"}}
            """);
        _cli.OnTerminal = true;

        var outcome = await _cli.RunAsync("call", "sample", "echo");

        Assert.Equal(ExitCode.Failed, outcome.ExitCode);
        Assert.Contains("function_error: [bold]boom[/] \\u001b[2J second line", outcome.Error, StringComparison.Ordinal);
        Assert.Contains("[/] \\u001b[2J", outcome.Error, StringComparison.Ordinal);
        Assert.Contains("request_id [r1]", outcome.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("\u001b[2J", outcome.Error, StringComparison.Ordinal);
    }

    private static IEnumerable<string> Lines(string text) =>
        text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.TrimEnd());

    private async Task<StubGateway> StartAsync(string route, int status, string json)
    {
        var gateway = await StubGateway.StartAsync();
        gateway.On(route, status, json);
        _cli.Use(gateway);
        return gateway;
    }
}
