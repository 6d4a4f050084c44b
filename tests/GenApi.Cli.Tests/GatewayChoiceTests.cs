using System.Text.Json;
using GenApi.Cli.Tests.Running;

namespace GenApi.Cli.Tests;

/// <summary>Behind a load balancer each request may reach another gateway; a command is about one.</summary>
public sealed class GatewayChoiceTests : IDisposable
{
    private const string Pool = """{"size":4,"idle_workers":4,"busy_workers":0,"queued":0,"queue_limit":8,"breaker":"closed"}""";

    private readonly CliRunner _cli = new();

    public void Dispose() => _cli.Dispose();

    [Fact]
    public async Task A_command_stays_with_the_gateway_that_answers_first()
    {
        await using var cluster = await StubCluster.StartAsync(_cli, "g1", "g2");
        cluster.On("POST /admin/trace", _ => """{"id":"t1"}""");
        OnLines(cluster, "GET /admin/trace/t1/events", id => [$$"""{"type":"call","service":"{{id}}","request_type":"echo"}""", """{"type":"end"}"""]);

        var first = await _cli.RunAsync("trace", "functions", "-f");
        var second = await _cli.RunAsync("trace", "functions", "-f");

        Assert.Equal(("call         g1/echo\nend         \n", "Of the gateway g1.\n"), (first.Output, first.Error));
        Assert.Equal(("call         g2/echo\nend         \n", "Of the gateway g2.\n"), (second.Output, second.Error));
        Assert.Equal(["POST /admin/trace g1", "GET /admin/trace/t1/events g1", "POST /admin/trace g2", "GET /admin/trace/t1/events g2"], cluster.Answered);
    }

    [Fact]
    public async Task Ctrl_C_ends_no_trace_of_another_gateway_when_the_own_one_is_gone()
    {
        using var ctrlC = new CancellationTokenSource();
        await using var cluster = await StubCluster.StartAsync(_cli, "g1", "g2");
        cluster.On("POST /admin/trace", _ => """{"id":"t1"}""");
        cluster.On("DELETE /admin/trace/t1", _ => "{}");
        cluster.On("GET /admin/trace/t1/events", async (http, _) =>
        {
            await StubGateway.BeginLinesAsync(http);
            await StubGateway.LineAsync(http, """{"type":"call"}""");
            await Task.Delay(Timeout.Infinite, http.RequestAborted);
        });

        var running = _cli.RunAsync(ctrlC.Token, "trace", "functions", "-f");
        await _cli.Output.SeenAsync("call");
        cluster.Replace("g1");
        await ctrlC.CancelAsync();
        await running;

        Assert.Equal(["POST /admin/trace g1", "GET /admin/trace/t1/events g1", "DELETE /admin/trace/t1 -"], cluster.Answered);
    }

    [Fact]
    public async Task Whoever_watches_is_told_that_another_gateway_answers_and_nothing_is_compared_with_the_one_before()
    {
        using var ctrlC = new CancellationTokenSource();
        await using var cluster = await StubCluster.StartAsync(_cli, "g1", "g2");
        var asked = 0;
        cluster.On("GET /admin/statistics", gateway => JsonSerializer.Serialize(new
        {
            gateway,
            taken_at_ms = Interlocked.Increment(ref asked) * 1000,
            genapi = new { calls = new { all = new { calls = 100, failures = 0 } } },
        }));

        var running = _cli.RunAsync(ctrlC.Token, "stats", "--watch", "1");
        await _cli.Output.SeenAsync("lately   0 calls a second");
        cluster.Replace("g1");
        await _cli.Output.SeenAsync("Gateway g2");
        await _cli.Output.SeenAsync("Gateway g2", times: 2);
        await ctrlC.CancelAsync();
        var outcome = await running;

        Assert.Equal("The gateway g1 is gone; g2 answers now.\n", outcome.Error);
        var ofOther = outcome.Output[outcome.Output.IndexOf("Gateway g2", StringComparison.Ordinal)..];
        Assert.DoesNotContain("lately", ofOther[..ofOther.IndexOf("Ctrl-C ends.", StringComparison.Ordinal)], StringComparison.Ordinal);
        Assert.Single(cluster.Answered, answer => answer.EndsWith('-'));
    }

    [Fact]
    public async Task On_a_terminal_it_stays_on_the_screen()
    {
        using var ctrlC = new CancellationTokenSource();
        await using var cluster = await StubCluster.StartAsync(_cli, "g1", "g2");
        cluster.On("GET /admin/pools", _ => $$"""{"async_pool":{{Pool}}}""");
        (_cli.OnTerminal, _cli.Width) = (true, 200);

        var running = _cli.RunAsync(ctrlC.Token, "pools", "--watch", "1");
        await _cli.Output.SeenAsync("Ctrl-C ends.");
        cluster.Replace("g1");
        await _cli.Output.SeenAsync("Ctrl-C ends.", times: 3);
        await ctrlC.CancelAsync();

        Assert.True((await running).Error.Split("The gateway g1 is gone; g2 answers now.").Length > 2);
    }

    [Theory]
    [InlineData("g2")]
    [InlineData("instance-g2")]
    public async Task The_user_names_the_gateway(string name)
    {
        await using var cluster = await StubCluster.StartAsync(_cli, "g1", "g2", "g3");
        cluster.On("GET /admin/pools", _ => $$"""{"async_pool":{{Pool}}}""");

        var byOption = await _cli.RunAsync("pools", "--gateway", name);
        _cli.Set("GENAPI_GATEWAY", $" {name} ");
        var byVariable = await _cli.RunAsync("pools");
        _cli.Set("GENAPI_GATEWAY", "nobody");
        var byBoth = await _cli.RunAsync("--gateway", name, "pools");

        Assert.All([byOption, byVariable, byBoth], outcome => Assert.Equal((ExitCode.Done, "Of the gateway g2.\n"), (outcome.ExitCode, outcome.Error)));
        Assert.Equal(["GET /admin/pools g2", "GET /admin/pools g2", "GET /admin/pools g2"], cluster.Answered);
        Assert.All(cluster.Asked, asked => Assert.Equal(name, asked.Header("X-GenApi-Gateway")));
    }

    [Fact]
    public async Task A_name_of_any_letters_arrives()
    {
        await using var cluster = await StubCluster.StartAsync(_cli, "g1");
        cluster.On("GET /admin/pools", _ => "{}");

        await _cli.RunAsync("pools", "--gateway", "zürich, 1");

        Assert.Equal("z%C3%BCrich%2C%201", Assert.Single(cluster.Asked).Header("X-GenApi-Gateway"));
    }

    [Theory]
    [InlineData("--gateway", null)]
    [InlineData("GENAPI_GATEWAY", "nobody")]
    public async Task A_name_that_no_gateway_has_is_an_error_and_nothing_else_is_asked(string source, string? variable)
    {
        await using var cluster = await StubCluster.StartAsync(_cli, "g1", "g2");
        cluster.On("GET /admin/pools", _ => "{}");
        _cli.Set("GENAPI_GATEWAY", variable ?? "");

        var outcome = await _cli.RunAsync(variable is null ? ["pools", "--gateway", "nobody"] : ["pools"]);

        Assert.Equal(new Outcome(ExitCode.Failed, "", $"No gateway 'nobody' is alive. Those that are: g1, g2. (The name is from {source}.)\n"), outcome);
        Assert.Equal(["GET /admin/pools -"], cluster.Answered);
    }

    [Theory]
    [InlineData(409, "ambiguous_gateway", "2 gateways are called 'one'. Give the id of one: g1 (one), g2 (one).")]
    [InlineData(502, "gateway_unreachable", "The gateway g2 cannot be reached at http://10.0.0.1: No route.")]
    public async Task What_a_gateway_says_of_another_is_said_as_it_is(int status, string code, string error)
    {
        await using var gateway = await StubGateway.StartAsync();
        gateway.On("GET /admin/health", status, $$"""{"code":"{{code}}","error":"{{error}}"}""");
        _cli.Use(gateway);

        Assert.Equal(new Outcome(ExitCode.Failed, "", $"{error} (The name is from --gateway.)\n"), await _cli.RunAsync("health", "--gateway", "one"));
    }

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    public async Task An_empty_name_is_refused(string name) => Assert.Equal(
        new Outcome(ExitCode.Usage, "", "The gateway's name (from --gateway) must have 1 to 256 characters; 'genapi cluster' lists the gateways.\n"),
        await _cli.RunAsync("health", "--url", "http://127.0.0.1:1", "--gateway", name));

    /// <summary>A call goes through the gateway that is reached, and any gateway can make its token.</summary>
    [Fact]
    public async Task A_call_takes_no_gateway()
    {
        await using var gateway = await StubGateway.StartAsync();
        gateway.On("POST /api/sample/echo", 200, """{"request_id":"r1","success":true,"result":1,"async":false,"has_more":false,"can_retry":false}""");
        _cli.Use(gateway);
        _cli.Set("GENAPI_GATEWAY", "nobody");

        Assert.Equal(new Outcome(ExitCode.Done, "1\n", ""), await _cli.RunAsync("call", "sample", "echo"));
        Assert.Equal(
            new Outcome(ExitCode.Done, "1\n", "--gateway chooses no gateway for a call: it goes through the one that is reached. --url leads to another.\n"),
            await _cli.RunAsync("call", "sample", "echo", "--gateway", "g1"));
        Assert.All(gateway.Asked, asked => Assert.Null(asked.Header("X-GenApi-Gateway")));
    }

    [Theory]
    [InlineData("cache", "gateway")]
    [InlineData("pools", null)]
    [InlineData("streams", null)]
    [InlineData("flows", null)]
    [InlineData("trace status", null)]
    [InlineData("trace stop", null)]
    [InlineData("events", null)]
    public async Task A_report_says_of_which_gateway_it_is_and_its_JSON_is_the_gateways(string line, string? field)
    {
        await using var cluster = await StubCluster.StartAsync(_cli, "g1");
        cluster.On("GET /admin/cache", _ => "{}");
        cluster.On("GET /admin/pools", _ => "{}");
        cluster.On("GET /admin/streams", _ => "[]");
        cluster.On("GET /admin/flows", _ => "[]");
        cluster.On("GET /admin/trace", _ => """{"traces":[]}""");
        cluster.On("DELETE /admin/trace/all", _ => "[]");
        OnLines(cluster, "GET /admin/events", _ => []);

        var text = await _cli.RunAsync(line.Split(' '));
        var json = await _cli.RunAsync([.. line.Split(' '), "--json"]);

        Assert.Contains(field is null ? "Of the gateway g1." : $"{field}", field is null ? text.Error : text.Output, StringComparison.Ordinal);
        Assert.Contains("g1", field is null ? text.Error : text.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("g1", json.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("Of the gateway", json.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_gateway_of_a_trace_is_told_with_its_id_and_one_that_does_not_have_it_says_where_to_look()
    {
        await using var cluster = await StubCluster.StartAsync(_cli, "g1", "g2");
        cluster.On("POST /admin/trace", _ => """{"id":"t1"}""");
        cluster.On("DELETE /admin/trace/t1", (http, _) => StubGateway.JsonAsync(http, 404, """{"code":"not_found","error":"This gateway has no trace 't1'."}"""));
        cluster.On("GET /admin/trace/t1/events", (http, _) => StubGateway.JsonAsync(http, 404, """{"code":"not_found","error":"This gateway has no trace 't1'."}"""));

        Assert.Equal(new Outcome(ExitCode.Done, "t1\n", "It runs on the gateway g1: genapi trace follow t1 --gateway g1\n"), await _cli.RunAsync("trace", "functions"));
        var sentence = "The gateway refused (not_found): This gateway has no trace 't1'. Where there are several gateways, --all-gateways finds the one that has it.\n";
        Assert.Equal(new Outcome(ExitCode.Failed, "", sentence), await _cli.RunAsync("trace", "follow", "t1"));
        Assert.Equal(new Outcome(ExitCode.Failed, "", sentence), await _cli.RunAsync("trace", "stop", "t1"));
    }

    private static void OnLines(StubCluster cluster, string route, Func<string, string[]> lines) => cluster.On(route, async (http, id) =>
    {
        await StubGateway.BeginLinesAsync(http);
        foreach (var line in lines(id))
        {
            await StubGateway.LineAsync(http, line);
        }
    });
}
