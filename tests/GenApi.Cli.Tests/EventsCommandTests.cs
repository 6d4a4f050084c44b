using GenApi.Cli.Tests.Running;

namespace GenApi.Cli.Tests;

public sealed class EventsCommandTests : IDisposable
{
    private const string Stop =
        """{"event":"genapi.executor.request.stop","time":"2026-01-02T03:04:05.678Z","measurements":{"duration_us":1234},"metadata":{"request_id":"r1","service":"sample","success":true,"code":null,"reason":"two words"}}""";

    private readonly CliRunner _cli = new();

    public void Dispose() => _cli.Dispose();

    [Fact]
    public async Task Prints_each_event_on_a_line()
    {
        await using var gateway = await StartAsync(Stop, "", """{"event":"genapi.events.dropped","measurements":{"count":3,"total":3},"metadata":{}}""");

        var outcome = await _cli.RunAsync("events", "--filter", "executor.*", "--filter", "*.stop");

        Assert.Equal(
            "03:04:05.678 genapi.executor.request.stop duration_us=1234 request_id=r1 service=sample success=true code=null reason=\"two words\"\n"
            + "genapi.events.dropped count=3 total=3\n",
            outcome.Output);
        var asked = Assert.Single(gateway.Asked);
        Assert.Equal("/admin/events?filter=executor.%2A&filter=%2A.stop", asked.Url);
        Assert.Equal($"Bearer {StubGateway.AdminToken}", asked.Header("Authorization"));
    }

    [Fact]
    public async Task A_gateway_that_stops_is_said_so()
    {
        await using var gateway = await StartAsync(Stop);

        var outcome = await _cli.RunAsync("events");

        Assert.Equal(ExitCode.Failed, outcome.ExitCode);
        Assert.Equal($"The gateway at {gateway.Url} has stopped; no more events come from it.\n", outcome.Error);
    }

    [Fact]
    public async Task Json_prints_the_lines_as_they_came()
    {
        await using var gateway = await StartAsync(Stop);

        Assert.Equal($"{Stop}\n", (await _cli.RunAsync("events", "--json")).Output);
    }

    [Fact]
    public async Task They_are_printed_as_they_come_and_Ctrl_C_ends_it()
    {
        using var ctrlC = new CancellationTokenSource();
        var next = new TaskCompletionSource();
        var left = new TaskCompletionSource();
        await using var gateway = await StubGateway.StartAsync();
        gateway.On("GET /admin/events", async http =>
        {
            http.RequestAborted.Register(() => left.TrySetResult());
            await StubGateway.BeginLinesAsync(http);
            await StubGateway.LineAsync(http, """{"event":"one"}""");
            await next.Task;
            await StubGateway.LineAsync(http, """{"event":"two"}""");
            await left.Task;
        });
        _cli.Use(gateway);

        var running = _cli.RunAsync(ctrlC.Token, "events");
        await _cli.Output.SeenAsync("one\n");
        next.SetResult();
        await _cli.Output.SeenAsync("two\n");
        await ctrlC.CancelAsync();

        Assert.Equal(new Outcome(ExitCode.Interrupted, "one\ntwo\n", ""), await running);
        await left.Task.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task No_data_can_write_to_the_terminal()
    {
        await using var gateway = await StartAsync("""{"event":"x","metadata":{"user_id":"\u001b[2Jgone"}}""");

        Assert.Equal("x user_id=\\u001b[2Jgone\n", (await _cli.RunAsync("events")).Output);
    }

    [Theory]
    [InlineData(400, """{"code":"invalid_request","error":"filter: No event is called 'x'."}""", "The gateway refused (invalid_request): filter: No event is called 'x'.")]
    [InlineData(401, """{"code":"unauthenticated","error":"wrong"}""", "The gateway at {url} does not accept the admin token from GENAPI_ADMIN_TOKEN; check --admin-token or GENAPI_ADMIN_TOKEN.")]
    [InlineData(404, "", "There is no /admin/events at {url} (from GENAPI_URL); is it the URL of a GenApi gateway, and as new as this tool?")]
    [InlineData(200, "{}", "{url} (from GENAPI_URL) answered 200 OK to /admin/events, and not as a GenApi gateway does; check the URL.")]
    public async Task A_refusal_is_a_sentence(int status, string body, string sentence)
    {
        await using var gateway = await StubGateway.StartAsync();
        gateway.On("GET /admin/events", status, body);
        _cli.Use(gateway);

        var outcome = await _cli.RunAsync("events");

        Assert.Equal(new Outcome(ExitCode.Failed, "", sentence.Replace("{url}", gateway.Url, StringComparison.Ordinal) + "\n"), outcome);
    }

    [Fact]
    public async Task What_is_no_JSON_is_a_sentence()
    {
        await using var gateway = await StartAsync("hello");

        Assert.Equal($"{gateway.Url} (from GENAPI_URL) sends events that are no JSON; check the URL.\n", (await _cli.RunAsync("events")).Error);
    }

    private async Task<StubGateway> StartAsync(params string[] lines)
    {
        var gateway = await StubGateway.StartAsync();
        gateway.OnLines("GET /admin/events", lines);
        _cli.Use(gateway);
        return gateway;
    }
}
