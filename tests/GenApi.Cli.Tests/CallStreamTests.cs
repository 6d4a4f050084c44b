using GenApi.Cli.Tests.Running;

namespace GenApi.Cli.Tests;

public sealed class CallStreamTests : IDisposable
{
    private const string Ticks = "POST /api/sample/ticks";

    private readonly CliRunner _cli = new();

    public void Dispose() => _cli.Dispose();

    [Fact]
    public async Task Prints_each_result_on_a_line()
    {
        await using var gateway = await StartAsync(
            """{"request_id":"r1","success":true,"async":true,"has_more":true,"can_retry":false}""",
            """{"request_id":"r1","success":true,"result":{"n": 1, "text":"ä"},"has_more":true}""",
            """{"request_id":"r1","success":true,"result":null,"has_more":true}""",
            """{"request_id":"r1","success":true,"result":"last","has_more":false}""");

        var outcome = await _cli.RunAsync("call", "sample", "ticks", """{"count":3}""", "--stream");

        Assert.Equal(new Outcome(ExitCode.Done, "{\"n\":1,\"text\":\"ä\"}\nnull\n\"last\"\n", ""), outcome);
        Assert.Equal("text/event-stream, application/json; q=0.5", gateway.OnlyCall.Header("Accept"));
    }

    [Fact]
    public async Task The_part_that_only_ends_the_stream_prints_nothing()
    {
        await using var gateway = await StartAsync(Part("1"), """{"request_id":"r1","success":true,"result":null,"async":true,"has_more":false,"can_retry":false}""");

        Assert.Equal(new Outcome(ExitCode.Done, "1\n", ""), await _cli.RunAsync("call", "sample", "ticks", "--stream"));
    }

    [Fact]
    public async Task Json_prints_each_response_on_a_line()
    {
        await using var gateway = await StartAsync(Part("1"), Part("2", more: false));

        var outcome = await _cli.RunAsync("call", "sample", "ticks", "--stream", "--json");

        Assert.Equal(new Outcome(ExitCode.Done, $"{Part("1")}\n{Part("2", more: false)}\n", ""), outcome);
    }

    [Fact]
    public async Task A_stream_is_printed_without_the_option_too()
    {
        await using var gateway = await StartAsync(Part("1", more: false));

        Assert.Equal(new Outcome(ExitCode.Done, "1\n", ""), await _cli.RunAsync("call", "sample", "ticks"));
    }

    [Fact]
    public async Task A_function_that_does_not_stream_is_printed_as_ever()
    {
        await using var gateway = await StubGateway.StartAsync();
        gateway.On(Ticks, 200, """{"request_id":"r1","success":true,"result":[1]}""");
        _cli.Use(gateway);

        Assert.Equal(new Outcome(ExitCode.Done, "[\n  1\n]\n", ""), await _cli.RunAsync("call", "sample", "ticks", "--stream"));
    }

    [Fact]
    public async Task Parts_are_printed_as_they_come_and_Ctrl_C_stops_the_stream()
    {
        using var ctrlC = new CancellationTokenSource();
        var next = new TaskCompletionSource();
        var stopped = new TaskCompletionSource();
        await using var gateway = await StubGateway.StartAsync();
        gateway.On(Ticks, async http =>
        {
            http.RequestAborted.Register(() => stopped.TrySetResult());
            await StubGateway.BeginStreamAsync(http);
            await StubGateway.EventAsync(http, Part("1"));
            await next.Task;
            await StubGateway.EventAsync(http, Part("2"));
            await stopped.Task;
        });
        _cli.Use(gateway);

        var running = _cli.RunAsync(ctrlC.Token, "call", "sample", "ticks", "--stream");
        await _cli.Output.SeenAsync("1\n");
        next.SetResult();
        await _cli.Output.SeenAsync("2\n");
        await ctrlC.CancelAsync();
        var outcome = await running;
        await stopped.Task.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);

        Assert.Equal(new Outcome(ExitCode.Interrupted, "1\n2\n", ""), outcome);
    }

    [Fact]
    public async Task A_failure_in_the_middle_is_a_failure()
    {
        await using var gateway = await StartAsync(Part("1"), """{"request_id":"r1","success":false,"error":"Node lost.","code":"unavailable","can_retry":true,"has_more":false}""");

        var outcome = await _cli.RunAsync("call", "sample", "ticks", "--stream");

        Assert.Equal(new Outcome(ExitCode.Failed, "1\n", "unavailable: Node lost.\nrequest_id r1; the same call may succeed when sent again\n"), outcome);
    }

    [Fact]
    public async Task A_refusal_before_the_stream_is_a_failure()
    {
        await using var gateway = await StubGateway.StartAsync();
        gateway.On(Ticks, 403, """{"request_id":"r1","success":false,"error":"No.","code":"permission_denied"}""");
        _cli.Use(gateway);

        Assert.Equal(new Outcome(ExitCode.Failed, "", "permission_denied: No.\nrequest_id r1\n"), await _cli.RunAsync("call", "sample", "ticks", "--stream"));
    }

    [Fact]
    public async Task A_stream_that_ends_too_early_is_a_failure()
    {
        await using var gateway = await StartAsync(Part("1"));

        var outcome = await _cli.RunAsync("call", "sample", "ticks", "--stream");

        Assert.Equal(
            new Outcome(ExitCode.Failed, "1\n", "The stream of sample/ticks ended after 1 part without a last one, so parts may be missing.\n"), outcome);
    }

    [Fact]
    public async Task A_stream_that_breaks_off_is_a_failure()
    {
        await using var gateway = await StubGateway.StartAsync();
        gateway.On(Ticks, async http =>
        {
            await StubGateway.BeginStreamAsync(http);
            await StubGateway.EventAsync(http, Part("1"));
            await _cli.Output.SeenAsync("1\n");
            http.Abort();
        });
        _cli.Use(gateway);

        var outcome = await _cli.RunAsync("call", "sample", "ticks", "--stream");

        Assert.Equal(ExitCode.Failed, outcome.ExitCode);
        Assert.Equal("1\n", outcome.Output);
        Assert.StartsWith("The stream of sample/ticks broke off after 1 part: ", outcome.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("junk")]
    [InlineData("[1]")]
    [InlineData("""{"event":"something else"}""")]
    public async Task An_event_that_is_no_response_is_a_failure(string data)
    {
        await using var gateway = await StartAsync(data);

        var outcome = await _cli.RunAsync("call", "sample", "ticks", "--stream");

        Assert.Equal(
            new Outcome(ExitCode.Failed, "", "The stream of sample/ticks carries an event that is no response of a GenApi gateway; check the URL (from GENAPI_URL).\n"),
            outcome);
    }

    [Fact]
    public async Task An_event_without_end_is_cut_off()
    {
        await using var gateway = await StubGateway.StartAsync();
        gateway.On(Ticks, async http =>
        {
            await StubGateway.BeginStreamAsync(http);
            await StubGateway.EventAsync(http, Part("1"));
            var chunk = new byte[1024 * 1024];
            Array.Fill(chunk, (byte)'x');
            while (!http.RequestAborted.IsCancellationRequested)
            {
                await http.Response.Body.WriteAsync(chunk, http.RequestAborted);
            }
        });
        _cli.Use(gateway);

        var outcome = await _cli.RunAsync("call", "sample", "ticks", "--stream");

        Assert.Equal(new Outcome(ExitCode.Failed, "1\n", "The stream carries an event larger than 64 MiB, the most that genapi takes.\n"), outcome);
    }

    private static string Part(string result, bool more = true) =>
        $$"""{"request_id":"r1","success":true,"result":{{result}},"async":true,"has_more":{{(more ? "true" : "false")}},"can_retry":false}""";

    private async Task<StubGateway> StartAsync(params string[] responses)
    {
        var gateway = await StubGateway.StartAsync();
        gateway.OnStream(Ticks, responses);
        _cli.Use(gateway);
        return gateway;
    }
}
