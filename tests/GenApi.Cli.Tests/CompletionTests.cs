using System.Text.RegularExpressions;
using GenApi.Cli.Completion;
using GenApi.Cli.Tests.Running;

namespace GenApi.Cli.Tests;

/// <summary>What a shell may offer, where the gateway knows it.</summary>
public sealed partial class CompletionTests : IDisposable
{
    private const string Functions =
        """[{"service":"sample","request_type":"get_user","version":"1.0.0"},{"service":"sample","request_type":"get_user","version":"2.0.0"},{"service":"sample","request_type":"echo"},{"service":"orders","request_type":"list","version":"1"}]""";

    private readonly CliRunner _cli = new();

    public void Dispose() => _cli.Dispose();

    [Theory]
    [InlineData("flow ", "orders sample")]
    [InlineData("flow sa", "sample")]
    [InlineData("flow sample ", "echo get_user")]
    [InlineData("flow sample get", "get_user")]
    [InlineData("flow sample get_user ", "1.0.0 2.0.0")]
    [InlineData("flow none ", "")]
    [InlineData("call sample ", "echo get_user")]
    [InlineData("call sample get_user --version ", "1.0.0 2.0.0")]
    [InlineData("functions latest ", "orders sample")]
    [InlineData("functions disable sample get_user ", "1.0.0 2.0.0")]
    [InlineData("functions --service ", "orders sample")]
    [InlineData("failed list --service ", "orders sample")]
    [InlineData("verify ", "orders sample")]
    [InlineData("trace functions sample ", "echo get_user")]
    [InlineData("trace functions sample echo ", "-")]
    [InlineData("trace functions --flags ", "arity call cpu_timestamp ports procs return_to return_trace silent timestamp")]
    [InlineData("trace functions --flags call,ar", "call,arity")]
    [InlineData("trace connections ", "all existing new")]
    [InlineData("trace stop ", "t1 t2")]
    [InlineData("trace follow ", "t1 t2")]
    [InlineData("trace stop --all-gateways ", "t1 t2")]
    [InlineData("--json flow --json ", "orders sample")]
    [InlineData("trace connections -f ", "all existing new")]
    [InlineData("health --json ", "")]
    [InlineData("streams stop ", "r1")]
    [InlineData("limits status alice --scope ", "global orders/list sample/echo sample/get_user")]
    [InlineData("limits check sample ", "echo get_user")]
    [InlineData("limits global remove ", "user_id")]
    [InlineData("health --gateway ", "g1 g2 instance-1 instance-2")]
    [InlineData("trace stop --gateway inst", "instance-1 instance-2")]
    [InlineData("--gateway g", "g1 g2")]
    [InlineData("trace stop --gateway g1 ", "t1 t2")]
    [InlineData("events --filter executor.re", "executor.request.exception executor.request.start executor.request.stop executor.retry executor.retry.exhausted")]
    public async Task Values_come_from_the_gateway(string line, string offered)
    {
        await using var gateway = await StartAsync();

        Assert.Equal(offered, string.Join(' ', (await SuggestAsync(line)).Where(word => word is "-" || !word.StartsWith('-')).Order(StringComparer.Ordinal)));
    }

    [Fact]
    public async Task The_line_is_looked_at_up_to_the_cursor()
    {
        await using var gateway = await StartAsync();

        Assert.Equal("sample\n", (await _cli.RunAsync("[suggest:14]", "genapi flow sa get_user")).Output);
    }

    [Fact]
    public async Task The_gateway_of_the_line_is_asked()
    {
        await using var gateway = await StartAsync();
        _cli.Set("GENAPI_URL", "http://127.0.0.1:1");
        _cli.Set("GENAPI_ADMIN_TOKEN", "");

        Assert.Contains("sample", await SuggestAsync($"flow --url {gateway.Url} --admin-token {StubGateway.AdminToken} "));
        Assert.Equal($"Bearer {StubGateway.AdminToken}", Assert.Single(gateway.Asked).Header("Authorization"));
    }

    /// <summary>What is typed of its name is no name yet.</summary>
    [Theory]
    [InlineData("trace stop --gateway g1 ", "g1")]
    [InlineData("trace stop --gateway g1", null)]
    public async Task The_gateway_that_is_named_is_asked_once_its_name_is_complete(string line, string? asked)
    {
        await using var gateway = await StartAsync();

        await SuggestAsync(line);

        Assert.Equal(asked, Assert.Single(gateway.Asked).Header("X-GenApi-Gateway"));
    }

    [Theory]
    [InlineData("http://127.0.0.1:1")]
    [InlineData("no url")]
    [InlineData("")]
    public async Task Without_a_gateway_nothing_is_said(string url)
    {
        _cli.Set("GENAPI_URL", url);

        var outcome = await _cli.RunAsync("[suggest]", "genapi flow sample ");

        Assert.Equal((ExitCode.Done, ""), (outcome.ExitCode, outcome.Error));
        Assert.DoesNotContain("sample", outcome.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_gateway_that_does_not_answer_is_not_waited_for()
    {
        await using var gateway = await StartAsync();
        gateway.On("GET /admin/functions", http => Task.Delay(Timeout.Infinite, http.RequestAborted));

        Assert.Equal(ExitCode.Done, (await _cli.RunAsync("[suggest]", "genapi flow ")).ExitCode);
    }

    [Fact]
    public async Task It_is_asked_only_for_what_it_knows()
    {
        await using var gateway = await StartAsync();

        await SuggestAsync("");
        await SuggestAsync("hea");
        await SuggestAsync("token ");
        await SuggestAsync("flow --");
        await SuggestAsync("trace connections --flags ");

        Assert.Empty(gateway.Asked);
    }

    /// <summary>A stream's request id is its client's word, and bash expands what it is offered.</summary>
    [Theory]
    [InlineData("$(reboot)")]
    [InlineData("`reboot`")]
    [InlineData("a;b")]
    [InlineData("a b")]
    [InlineData("~root")]
    [InlineData("{a,b}")]
    [InlineData("'")]
    [InlineData("a\\n")]
    public async Task What_a_shell_might_run_is_not_offered(string id)
    {
        await using var gateway = await StartAsync();
        gateway.On("GET /admin/streams", 200, $$"""[{"request_id":{{System.Text.Json.JsonSerializer.Serialize(id)}}},{"request_id":"r-2"}]""");

        Assert.Equal(["r-2"], (await SuggestAsync("streams stop ")).Where(word => !word.StartsWith('-')));
    }

    [Fact]
    public async Task Options_are_offered_to_whoever_begins_one_and_aliases_for_other_systems_to_nobody()
    {
        await using var gateway = await StartAsync();

        var commands = await SuggestAsync("");
        Assert.Contains("health", commands);
        Assert.DoesNotContain("--json", commands);
        Assert.Contains("--json", await SuggestAsync("health "));
        Assert.Contains("--process-limit", await SuggestAsync("debug --"));
        foreach (var line in new[] { "", "health ", "health -", "health /", "flow " })
        {
            Assert.Empty((await SuggestAsync(line)).Intersect(["/?", "/h", "-?"]));
        }
    }

    [Fact]
    public async Task The_events_are_those_of_the_gateway()
    {
        var source = await File.ReadAllTextAsync(Path.Combine(AppContext.BaseDirectory, "EventNames.cs.txt"), TestContext.Current.CancellationToken);

        Assert.Equal(Name().Matches(source).Select(name => name.Groups[1].Value).Order(StringComparer.Ordinal), EventNames.All.Order(StringComparer.Ordinal));
    }

    private async Task<string[]> SuggestAsync(string line)
    {
        var outcome = await _cli.RunAsync("[suggest]", $"genapi {line}");

        Assert.Equal((ExitCode.Done, ""), (outcome.ExitCode, outcome.Error));
        return outcome.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    private async Task<StubGateway> StartAsync()
    {
        var gateway = await StubGateway.StartAsync();
        gateway.On("GET /admin/functions", 200, Functions);
        gateway.On("GET /admin/trace", 200, """{"traces":[{"id":"t1"},{"id":"t2"}]}""");
        gateway.On("GET /admin/cluster", 200, """{"gateways":[{"id":"g1","figures":{"instance_id":"instance-1"}},{"id":"g2","figures":{"instance_id":"instance-2"}},{"id":"g2","figures":null}]}""");
        gateway.On("GET /admin/streams", 200, """[{"request_id":"r1"}]""");
        gateway.On("GET /admin/rate-limits/global", 200, """[{"key":"user_id"}]""");
        _cli.Use(gateway);
        return gateway;
    }

    [GeneratedRegex("\"genapi\\.([a-z_.]+)\"")]
    private static partial Regex Name();
}
