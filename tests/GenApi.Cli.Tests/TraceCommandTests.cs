using GenApi.Cli.Tests.Running;

namespace GenApi.Cli.Tests;

public sealed class TraceCommandTests : IDisposable
{
    private const string Started =
        """{"id":"t1","traced":{"target":"functions","service":"sample"},"flags":["call","timestamp"],"started_at":"2026-01-02T03:04:05Z","ends_at":"2026-01-02T03:05:05Z","counts":{"call":2},"buffered":0,"dropped":0,"followed":false}""";

    private const string Call =
        """{"type":"call","trace_id":"t1","time":"2026-01-02T03:04:05.678Z","request_id":"r1","service":"sample","request_type":"echo","version":"1.0.0","user_id":"alice","args":{"message":"a b"}}""";

    private const string End = """{"type":"end","trace_id":"t1","reason":"expired","counts":{"call":1},"dropped":0}""";

    private readonly CliRunner _cli = new();

    public void Dispose() => _cli.Dispose();

    [Theory]
    [InlineData("trace functions", """{"target":"functions","flags":[]}""")]
    [InlineData("trace functions sample", """{"target":"functions","service":"sample","flags":[]}""")]
    [InlineData("trace functions user_* get_* 1.*", """{"target":"functions","service":"user_*","request_type":"get_*","version":"1.*","flags":[]}""")]
    [InlineData("trace functions --flags call,arity --flags silent --for 5m", """{"target":"functions","flags":["call","arity","silent"],"duration_ms":300000}""")]
    [InlineData("trace connections", """{"target":"connections","flags":[]}""")]
    [InlineData("trace connections new --user alice --id c1", """{"target":"connections","connections":"new","user_id":"alice","connection_id":"c1","flags":[]}""")]
    public async Task Starts_what_was_asked_for_and_prints_the_id_alone(string line, string body)
    {
        await using var gateway = await StartAsync();

        var outcome = await _cli.RunAsync(line.Split(' '));

        Assert.Equal(new Outcome(ExitCode.Done, "t1\n", ""), outcome);
        Assert.Equal(("POST", "/admin/trace", body), (gateway.OnlyCall.Method, gateway.OnlyCall.Url, gateway.OnlyCall.Body));
    }

    [Theory]
    [InlineData("trace functions a b c d")]
    [InlineData("trace connections some")]
    [InlineData("trace functions --for 2h")]
    [InlineData("trace follow")]
    [InlineData("trace")]
    public async Task A_wrong_command_line_is_refused(string line) => Assert.Equal(ExitCode.Usage, (await _cli.RunAsync(line.Split(' '))).ExitCode);

    [Fact]
    public async Task Follow_shows_what_it_sees_until_it_ends()
    {
        await using var gateway = await StartAsync(Call, End);

        var outcome = await _cli.RunAsync("trace", "functions", "sample", "-f");

        Assert.Equal(
            new Outcome(
                ExitCode.Done,
                "03:04:05.678 call         sample/echo@1.0.0 request_id=r1 user_id=alice args={\"message\":\"a b\"}\n"
                + "end          reason=expired counts={\"call\":1} dropped=0\n",
                ""),
            outcome);
    }

    [Fact]
    public async Task Follow_with_json_prints_the_lines_as_they_came()
    {
        await using var gateway = await StartAsync(Call, End);

        Assert.Equal(new Outcome(ExitCode.Done, $"{Call}\n{End}\n", ""), await _cli.RunAsync("trace", "follow", "t1", "--json"));
    }

    [Theory]
    [InlineData("trace functions --follow", true)]
    [InlineData("trace follow t1", false)]
    public async Task Ctrl_C_ends_the_trace_that_the_command_started_and_no_other(string line, bool ends)
    {
        using var ctrlC = new CancellationTokenSource();
        await using var gateway = await StartAsync();
        gateway.On("GET /admin/trace/t1/events", async http =>
        {
            await StubGateway.BeginLinesAsync(http);
            await StubGateway.LineAsync(http, Call);
            await Task.Delay(Timeout.Infinite, http.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default);
        });

        var running = _cli.RunAsync(ctrlC.Token, line.Split(' '));
        await _cli.Output.SeenAsync("call ");
        await ctrlC.CancelAsync();

        Assert.Equal(ExitCode.Interrupted, (await running).ExitCode);
        Assert.Equal(ends, gateway.Asked.Any(asked => asked is { Method: "DELETE", Url: "/admin/trace/t1" }));
    }

    [Fact]
    public async Task A_gateway_that_stops_is_said_so()
    {
        await using var gateway = await StartAsync(Call);

        var outcome = await _cli.RunAsync("trace", "follow", "t1");

        Assert.Equal((ExitCode.Failed, $"The gateway at {gateway.Url} has stopped, and the trace t1 with it.\n"), (outcome.ExitCode, outcome.Error));
    }

    [Theory]
    [InlineData("trace stop", "/admin/trace/all")]
    [InlineData("trace stop all", "/admin/trace/all")]
    [InlineData("trace stop t1", "/admin/trace/t1")]
    public async Task Stops_one_or_all(string line, string url)
    {
        await using var gateway = await StartAsync();

        var outcome = await _cli.RunAsync(line.Split(' '));

        Assert.Equal(ExitCode.Done, outcome.ExitCode);
        Assert.Equal(("DELETE", url), (gateway.OnlyCall.Method, gateway.OnlyCall.Url));
        Assert.Contains("target=functions service=sample", outcome.Output, StringComparison.Ordinal);
        Assert.Contains("call,timestamp", outcome.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Status_is_a_table_or_JSON()
    {
        await using var gateway = await StartAsync();
        gateway.On("GET /admin/trace", 200, $$"""{"gateway":"g1","enabled":true,"active":1,"max_traces":8,"traces":[{{Started}}]}""");

        var table = await _cli.RunAsync("trace", "status");
        var json = await _cli.RunAsync("trace", "status", "--json");

        Assert.Contains("t1", table.Output, StringComparison.Ordinal);
        Assert.Contains("ends_at", table.Output, StringComparison.Ordinal);
        Assert.Contains("\"max_traces\": 8", json.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task No_trace_is_said_so()
    {
        await using var gateway = await StartAsync();
        gateway.On("GET /admin/trace", 200, """{"gateway":"g1","enabled":true,"active":0,"max_traces":8,"traces":[]}""");

        Assert.Equal(new Outcome(ExitCode.Done, "", "No trace runs.\n"), await _cli.RunAsync("trace", "status"));
    }

    [Fact]
    public async Task A_refusal_is_a_sentence()
    {
        await using var gateway = await StartAsync();
        gateway.On("POST /admin/trace", 403, """{"code":"permission_denied","error":"The action 'enable_tracing' is switched off."}""");

        Assert.Equal(new Outcome(ExitCode.Failed, "", "The gateway refused: The action 'enable_tracing' is switched off.\n"), await _cli.RunAsync("trace", "functions"));
    }

    private async Task<StubGateway> StartAsync(params string[] lines)
    {
        var gateway = await StubGateway.StartAsync();
        gateway.On("POST /admin/trace", 201, Started);
        gateway.On("DELETE /admin/trace/t1", 200, Started);
        gateway.On("DELETE /admin/trace/all", 200, $"[{Started}]");
        gateway.OnLines("GET /admin/trace/t1/events", lines);
        _cli.Use(gateway);
        return gateway;
    }
}
