using System.Collections.Concurrent;
using System.Text.Json;
using System.Threading.Channels;
using GenApi.Cli.Tests.Running;
using Microsoft.AspNetCore.Http;

namespace GenApi.Cli.Tests;

/// <summary>What all gateways tell live, merged.</summary>
public sealed class AllGatewaysTests : IDisposable
{
    private const string Events = "GET /admin/events";

    private readonly CliRunner _cli = new();

    public void Dispose() => _cli.Dispose();

    [Fact]
    public async Task Events_of_all_are_shown_as_they_come_each_with_its_gateway()
    {
        using var ctrlC = new CancellationTokenSource();
        await using var cluster = await StubCluster.StartAsync(_cli, "g1", "gateway-2");
        var live = new Live(cluster, Events);

        var running = _cli.RunAsync(ctrlC.Token, "events", "--all-gateways", "--filter", "call.*");
        await live["gateway-2"].TellAsync("""{"event":"one"}""");
        await _cli.Output.SeenAsync("gateway-2  one\n");
        await live["g1"].TellAsync("""{"event":"two"}""");
        await _cli.Output.SeenAsync("g1         two\n");
        await live["gateway-2"].TellAsync("""{"event":"three"}""");
        await _cli.Output.SeenAsync("three\n");
        await ctrlC.CancelAsync();

        Assert.Equal(new Outcome(ExitCode.Interrupted, "gateway-2  one\ng1         two\ngateway-2  three\n", "Of the gateways g1 and gateway-2.\n"), await running);
        Assert.Equal([$"{Events} g1", $"{Events} gateway-2"], cluster.Answered.Where(answer => answer.StartsWith(Events, StringComparison.Ordinal)).Order(StringComparer.Ordinal));
        Assert.Equal(2, cluster.Asked.Count(asked => asked.Url == "/admin/events?filter=call.%2A"));
        await live["g1"].Left;
        await live["gateway-2"].Left;
    }

    [Fact]
    public async Task Json_has_the_gateway_as_a_member_unless_it_has_one()
    {
        using var ctrlC = new CancellationTokenSource();
        await using var cluster = await StubCluster.StartAsync(_cli, "g1", "g2");
        var live = new Live(cluster, Events);

        var running = _cli.RunAsync(ctrlC.Token, "events", "--all-gateways", "--json");
        await live["g1"].TellAsync("""{"event":"one","count":12345678901234567890.10}""");
        await _cli.Output.SeenAsync("\n");
        await live["g2"].TellAsync("""{"gateway":"mine"}""");
        await _cli.Output.SeenAsync("mine");
        await ctrlC.CancelAsync();

        Assert.Equal(
            new Outcome(ExitCode.Interrupted, """{"gateway":"g1","event":"one","count":12345678901234567890.10}""" + "\n" + """{"gateway":"mine"}""" + "\n", ""),
            await running);
    }

    [Fact]
    public async Task It_is_said_when_there_may_be_gateways_that_nobody_knows_of_now()
    {
        await using var cluster = await StubCluster.StartAsync(_cli, "g1", "g2");
        cluster.On("GET /admin/cluster", id => $$"""{"self":"{{id}}","gateways":[{"id":"{{id}}","self":true}],"knows_all_gateways":false}""");
        cluster.On("GET /admin/trace", id => $$"""{"gateway":"{{id}}","enabled":true,"traces":[]}""");

        var outcome = await _cli.RunAsync("trace", "status", "--all-gateways");

        Assert.Equal((ExitCode.Done, "Redis is away, so the gateway g1 knows of no others; this is of it alone.\n"), (outcome.ExitCode, outcome.Error.Split("No trace")[0]));
    }

    [Fact]
    public async Task The_others_go_on_when_one_is_lost_and_one_whose_connection_broke_is_asked_again()
    {
        using var ctrlC = new CancellationTokenSource();
        await using var cluster = await StubCluster.StartAsync(_cli, "g1", "g2");
        var live = new Live(cluster, Events);

        var running = _cli.RunAsync(ctrlC.Token, "events", "--all-gateways");
        await live["g1"].TellAsync("""{"event":"one"}""");
        await _cli.Output.SeenAsync("g1  one\n");
        await live["g2"].TellAsync("""{"event":"two"}""");
        await _cli.Output.SeenAsync("g2  two\n");
        cluster.Replace("g2");
        live["g2"].BreakOff();
        await cluster.AnsweredAsync($"{Events} -");
        live["g1"].BreakOff();
        await live["g1"].Left;
        await cluster.AnsweredAsync($"{Events} g1", times: 2);
        await live["g1"].TellAsync("""{"event":"three"}""");
        await _cli.Output.SeenAsync("g1  three\n");
        await ctrlC.CancelAsync();
        var outcome = await running;

        Assert.Equal((ExitCode.Interrupted, "g1  one\ng2  two\ng1  three\n"), (outcome.ExitCode, outcome.Output));
        Assert.Contains("The gateway g2 is asked again; what happens meanwhile may be missing.\n", outcome.Error, StringComparison.Ordinal);
        Assert.Contains("The gateway g2 is lost: No gateway 'g2' is alive. Those that are: g1. The others go on.\n", outcome.Error, StringComparison.Ordinal);
        Assert.Contains("The gateway g1 is asked again; what happens meanwhile may be missing.\n", outcome.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("The gateway g1 is lost", outcome.Error, StringComparison.Ordinal);
    }

    /// <summary>The gateway may hold the place for the listener whose connection broke, as it has not noticed yet.</summary>
    [Fact]
    public async Task A_trace_that_is_still_followed_by_the_connection_that_broke_is_asked_for_again()
    {
        await using var cluster = await StubCluster.StartAsync(_cli, "g1", "g2");
        var live = OnTraces(cluster);
        var times = 0;
        cluster.On("GET /admin/trace/t1/events", (http, id) => id == "g2" && Interlocked.Increment(ref times) == 2
            ? StubGateway.JsonAsync(http, 409, """{"code":"unavailable","error":"Somebody else follows the trace."}""")
            : live[id].AnswerAsync(http));

        var running = _cli.RunAsync("trace", "functions", "-f", "--all-gateways");
        await live["g2"].TellAsync("""{"type":"call"}""");
        await _cli.Output.SeenAsync("g2  call");
        live["g2"].BreakOff();
        await live["g2"].Left;
        await cluster.AnsweredAsync("GET /admin/trace/t1/events g2", times: 3);
        await live["g1"].TellAsync("""{"type":"end"}""");
        await live["g2"].TellAsync("""{"type":"end"}""");
        var outcome = await running;

        Assert.Equal(ExitCode.Done, outcome.ExitCode);
        Assert.Contains("g2  end", outcome.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Where_none_is_left_it_fails()
    {
        await using var cluster = await StubCluster.StartAsync(_cli, "g1", "g2");
        cluster.On(Events, (http, _) => StubGateway.JsonAsync(http, 400, """{"code":"invalid_request","error":"filter: No event is called 'x'."}"""));

        var outcome = await _cli.RunAsync("events", "--all-gateways");

        Assert.Equal((ExitCode.Failed, ""), (outcome.ExitCode, outcome.Output));
        Assert.EndsWith("No gateway is left; no more events come.\n", outcome.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_gateway_alone_is_shown_as_without_the_option()
    {
        await using var cluster = await StubCluster.StartAsync(_cli, "g1");
        var live = new Live(cluster, Events);

        var running = _cli.RunAsync("events", "--all-gateways");
        await live["g1"].TellAsync("""{"event":"one"}""");
        live["g1"].End();

        Assert.Equal(new Outcome(ExitCode.Failed, "one\n", "Of the gateway g1.\nThe gateway g1 has stopped; no more events come from it.\n"), await running);
    }

    [Fact]
    public async Task A_trace_is_started_on_all_and_shown_until_it_has_ended_on_each()
    {
        await using var cluster = await StubCluster.StartAsync(_cli, "g1", "g2");
        var live = OnTraces(cluster);

        var running = _cli.RunAsync("trace", "functions", "sample", "-f", "--all-gateways");
        await live["g2"].TellAsync("""{"type":"call","service":"sample","request_type":"echo"}""");
        await _cli.Output.SeenAsync("g2  call         sample/echo\n");
        await live["g2"].TellAsync("""{"type":"end","reason":"expired"}""");
        await _cli.Output.SeenAsync("g2  end          reason=expired\n");
        await live["g1"].TellAsync("""{"type":"call","service":"sample","request_type":"later"}""");
        await live["g1"].TellAsync("""{"type":"end","reason":"expired"}""");

        Assert.Equal(
            new Outcome(
                ExitCode.Done,
                "g2  call         sample/echo\ng2  end          reason=expired\ng1  call         sample/later\ng1  end          reason=expired\n",
                "Of the gateways g1 and g2.\n"),
            await running);
        Assert.All(cluster.Asked.Where(asked => asked.Method == "POST"), asked => Assert.Equal("""{"target":"functions","service":"sample","flags":[]}""", asked.Body));
    }

    [Fact]
    public async Task Ctrl_C_ends_the_trace_on_all_also_on_one_whose_answer_is_broken_off()
    {
        using var ctrlC = new CancellationTokenSource();
        await using var cluster = await StubCluster.StartAsync(_cli, "g1", "g2");
        var live = OnTraces(cluster);

        var running = _cli.RunAsync(ctrlC.Token, "trace", "connections", "-f", "--all-gateways");
        await live["g1"].TellAsync("""{"type":"call"}""");
        await live["g2"].TellAsync("""{"type":"return_to"}""");
        await _cli.Output.SeenAsync("g1  call");
        await _cli.Output.SeenAsync("g2  return_to");
        live["g2"].BreakOff();
        await ctrlC.CancelAsync();

        Assert.Equal(ExitCode.Interrupted, (await running).ExitCode);
        Assert.Equal(["DELETE /admin/trace/t1 g1", "DELETE /admin/trace/t1 g2"], cluster.Answered.Where(answer => answer.StartsWith("DELETE", StringComparison.Ordinal)).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_gateway_that_takes_no_trace_is_left_out()
    {
        await using var cluster = await StubCluster.StartAsync(_cli, "g1", "g2");
        cluster.On("POST /admin/trace", (http, id) => id == "g1"
            ? StubGateway.JsonAsync(http, 403, """{"code":"permission_denied","error":"The action 'enable_tracing' is switched off."}""")
            : StubGateway.JsonAsync(http, 201, """{"id":"t7"}"""));

        var text = await _cli.RunAsync("trace", "functions", "--all-gateways");
        var json = await _cli.RunAsync("trace", "functions", "--all-gateways", "--json");

        var live = new Live(cluster, "GET /admin/trace/t7/events");
        var following = _cli.RunAsync("trace", "functions", "--all-gateways", "-f");
        await live["g2"].TellAsync("""{"type":"end"}""");

        Assert.Equal((ExitCode.Done, "g2  end         \n"), ((await following).ExitCode, (await following).Output));
        Assert.Equal("The gateway g1 is left out: The gateway refused: The action 'enable_tracing' is switched off.\n", text.Error);
        Assert.Contains("t7    g2", text.Output, StringComparison.Ordinal);
        Assert.Equal("""[{"gateway":"g2","id":"t7"}]""", JsonSerializer.Serialize(JsonSerializer.Deserialize<JsonElement>(json.Output)));
    }

    [Fact]
    public async Task Where_all_refuse_it_is_their_sentence()
    {
        await using var cluster = await StubCluster.StartAsync(_cli, "g1", "g2");
        cluster.On("POST /admin/trace", (http, _) => StubGateway.JsonAsync(http, 400, """{"code":"invalid_request","error":"flags: There is no flag 'x'."}"""));

        Assert.Equal(
            new Outcome(ExitCode.Failed, "", "The gateway refused (invalid_request): flags: There is no flag 'x'.\n"),
            await _cli.RunAsync("trace", "functions", "--flags", "x", "--all-gateways"));
    }

    [Fact]
    public async Task Status_and_stop_are_of_all_gateways()
    {
        await using var cluster = await StubCluster.StartAsync(_cli, "g1", "g2");
        cluster.On("GET /admin/trace", id => $$"""{"gateway":"{{id}}","traces":[{"id":"of-{{id}}"},{"id":"t9"}]}""");
        cluster.On("DELETE /admin/trace/all", id => $$"""[{"id":"of-{{id}}"}]""");
        cluster.On("DELETE /admin/trace/of-g2", id => """{"id":"of-g2"}""");
        var live = new Live(cluster, "GET /admin/trace/of-g1/events");

        Assert.Equal("gateway id   \ng1      of-g1\ng1      t9   \ng2      of-g2\ng2      t9   \n", (await _cli.RunAsync("trace", "status", "--all-gateways")).Output);
        Assert.Equal("gateway id   \ng1      of-g1\ng2      of-g2\n", (await _cli.RunAsync("trace", "stop", "--all-gateways")).Output);
        Assert.Equal("Of the gateway g2.\n", (await _cli.RunAsync("trace", "stop", "of-g2", "--all-gateways")).Error);
        Assert.Equal("Several gateways have a trace t9: g1 and g2. Name one by --gateway.\n", (await _cli.RunAsync("trace", "stop", "t9", "--all-gateways")).Error);
        Assert.Equal("No gateway has a trace t8; 'genapi trace status --all-gateways' lists those there are.\n", (await _cli.RunAsync("trace", "follow", "t8", "--all-gateways")).Error);
        var following = _cli.RunAsync("trace", "follow", "of-g1", "--all-gateways");
        await live["g1"].TellAsync("""{"type":"end"}""");
        Assert.Equal(new Outcome(ExitCode.Done, "end         \n", "Of the gateway g1.\n"), await following);
    }

    [Theory]
    [InlineData("events")]
    [InlineData("trace functions")]
    [InlineData("trace connections")]
    [InlineData("trace follow t1")]
    [InlineData("trace stop")]
    [InlineData("trace status")]
    public async Task All_and_one_by_name_is_refused(string line)
    {
        var outcome = await _cli.RunAsync([.. line.Split(' '), "--all-gateways", "--gateway", "g1"]);

        Assert.Equal(ExitCode.Usage, outcome.ExitCode);
        Assert.StartsWith("--gateway names one gateway and --all-gateways means every one; leave out one of them.\n", outcome.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task All_are_meant_also_where_the_environment_names_one()
    {
        await using var cluster = await StubCluster.StartAsync(_cli, "g1", "g2");
        cluster.On("GET /admin/trace", id => $$"""{"gateway":"{{id}}","traces":[{"id":"of-{{id}}"}]}""");
        _cli.Set("GENAPI_GATEWAY", "nobody");

        Assert.Equal("gateway id   \ng1      of-g1\ng2      of-g2\n", (await _cli.RunAsync("trace", "status", "--all-gateways")).Output);
    }

    [Fact]
    public async Task More_gateways_than_it_can_listen_to_are_refused()
    {
        await using var cluster = await StubCluster.StartAsync(_cli, [.. Enumerable.Range(1, 33).Select(number => $"g{number}")]);

        Assert.Equal(
            new Outcome(ExitCode.Failed, "", "33 gateways are alive, and --all-gateways takes 32 at the most. Name one by --gateway.\n"),
            await _cli.RunAsync("events", "--all-gateways"));
    }

    private static Live OnTraces(StubCluster cluster)
    {
        cluster.On("POST /admin/trace", (http, _) => StubGateway.JsonAsync(http, 201, """{"id":"t1"}"""));
        cluster.On("DELETE /admin/trace/t1", _ => """{"id":"t1"}""");
        return new Live(cluster, "GET /admin/trace/t1/events");
    }

    /// <summary>Live answers of each gateway, told by the test.</summary>
    private sealed class Live
    {
        private readonly ConcurrentDictionary<string, Teller> _tellers = new();

        public Live(StubCluster cluster, string route) => cluster.On(route, (http, id) => this[id].AnswerAsync(http));

        public Teller this[string id] => _tellers.GetOrAdd(id, _ => new Teller());
    }

    private sealed class Teller
    {
        private readonly Channel<string?> _lines = Channel.CreateUnbounded<string?>();
        private readonly TaskCompletionSource _left = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private volatile HttpContext? _http;

        /// <summary>Who listened has gone.</summary>
        public Task Left => _left.Task.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);

        public ValueTask TellAsync(string line) => _lines.Writer.WriteAsync(line);

        /// <summary>There is no more to tell.</summary>
        public void End() => _lines.Writer.TryWrite(null);

        public void BreakOff() => _http!.Abort();

        public async Task AnswerAsync(HttpContext http)
        {
            _http = http;
            http.RequestAborted.Register(() => _left.TrySetResult());
            await StubGateway.BeginLinesAsync(http);
            while (await _lines.Reader.ReadAsync(http.RequestAborted) is { } line)
            {
                await StubGateway.LineAsync(http, line);
            }
        }
    }
}
