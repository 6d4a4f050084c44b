using GenApi.Cli.Tests.Running;
using Microsoft.AspNetCore.Http;

namespace GenApi.Cli.Tests;

/// <summary>Async functions: 202 and a place to fetch the result from.</summary>
public sealed class CallLaterTests : IDisposable
{
    private const string Report = "POST /api/sample/generate_report";
    private const string Results = "GET /api/results/r1";
    private const string Ack = """{"request_id":"r1","success":true,"async":true,"has_more":false,"can_retry":false}""";
    private const string Done = """{"request_id":"r1","success":true,"result":"done","async":true,"has_more":false,"can_retry":false}""";

    private readonly CliRunner _cli = new();

    public void Dispose() => _cli.Dispose();

    [Fact]
    public async Task Asks_until_the_result_is_there()
    {
        var asked = 0;
        await using var gateway = await StartAsync("/api/results/r1");
        gateway.On(Results, http => Interlocked.Increment(ref asked) < 3 ? StubGateway.JsonAsync(http, 202, Ack) : StubGateway.JsonAsync(http, 200, Done));

        var outcome = await _cli.RunAsync("call", "sample", "generate_report");

        Assert.Equal(new Outcome(ExitCode.Done, "\"done\"\n", ""), outcome);
        Assert.Equal(3, asked);
        Assert.Equal($"Bearer {StubGateway.ClientToken}", gateway.Asked[^1].Header("Authorization"));
    }

    [Fact]
    public async Task Json_prints_the_final_response()
    {
        await using var gateway = await StartAsync("/api/results/r1");
        gateway.On(Results, 200, Done);

        var outcome = await _cli.RunAsync("call", "sample", "generate_report", "--json");

        Assert.Equal(ExitCode.Done, outcome.ExitCode);
        Assert.Equal("done", System.Text.Json.JsonDocument.Parse(outcome.Output).RootElement.GetProperty("result").GetString());
    }

    [Theory]
    [InlineData(200)]
    [InlineData(500)]
    public async Task A_late_failure_is_a_failure(int status)
    {
        await using var gateway = await StartAsync("/api/results/r1");
        gateway.On(Results, status, """{"request_id":"r1","success":false,"error":"No paper.","code":"function_error"}""");

        var outcome = await _cli.RunAsync("call", "sample", "generate_report");

        Assert.Equal(new Outcome(ExitCode.Failed, "", "function_error: No paper.\nrequest_id r1\n"), outcome);
    }

    [Theory]
    [InlineData(410, "The result of sample/generate_report was fetched before or has expired.")]
    [InlineData(404, "The gateway knows no result at {url}/api/results/r1.")]
    public async Task A_result_that_is_gone_is_said(int status, string sentence)
    {
        await using var gateway = await StartAsync("/api/results/r1");
        gateway.On(Results, status, "");

        var outcome = await _cli.RunAsync("call", "sample", "generate_report");

        Assert.Equal(new Outcome(ExitCode.Failed, "", sentence.Replace("{url}", gateway.Url, StringComparison.Ordinal) + "\n"), outcome);
    }

    [Fact]
    public async Task The_token_goes_to_no_other_host()
    {
        await using var other = await StubGateway.StartAsync();
        await using var gateway = await StartAsync($"{other.Url}/api/results/r1");

        var outcome = await _cli.RunAsync("call", "sample", "generate_report");

        Assert.Equal(
            new Outcome(ExitCode.Failed, "", $"The gateway says that the result will be at {other.Url}/api/results/r1, which is not the gateway; genapi sends no token there.\n"),
            outcome);
        Assert.Empty(other.Asked);
    }

    [Fact]
    public async Task Giving_up_says_where_the_result_will_be()
    {
        await using var gateway = await StartAsync("/api/results/r1");
        gateway.On(Results, 202, Ack);

        var outcome = await _cli.RunAsync("call", "sample", "generate_report", "--timeout", "1s");

        Assert.Equal(
            new Outcome(
                ExitCode.Failed,
                "",
                $"The call itself goes on. Its result can be fetched once from {gateway.Url}/api/results/r1.\nNo answer within 1s; --timeout sets how long to wait.\n"),
            outcome);
    }

    [Fact]
    public async Task A_terminal_shows_that_it_waits_and_gets_the_result_alone_on_stdout()
    {
        await using var gateway = await StartAsync("/api/results/r1");
        gateway.On(Results, 200, Done);
        _cli.OnTerminal = true;

        var outcome = await _cli.RunAsync("call", "sample", "generate_report");

        Assert.Equal("\u001b[32m\"done\"\u001b[0m\n", outcome.Output);
        Assert.Contains("Waiting for the result of sample/generate_report…", outcome.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task In_a_script_a_long_wait_is_told_on_stderr()
    {
        await using var gateway = await StartAsync("/api/results/r1");
        var asked = 0;

        // Asked again after 0.1, 0.2, 0.4, 0.8 and 1.6 seconds.
        gateway.On(Results, http => Interlocked.Increment(ref asked) < 5
            ? StubGateway.JsonAsync(http, 202, Ack)
            : StubGateway.JsonAsync(http, StatusCodes.Status200OK, Done));

        Assert.Equal(
            new Outcome(ExitCode.Done, "\"done\"\n", "Waiting for the result of sample/generate_report…\n"),
            await _cli.RunAsync("call", "sample", "generate_report"));
    }

    private async Task<StubGateway> StartAsync(string location)
    {
        var gateway = await StubGateway.StartAsync();
        gateway.On(Report, http =>
        {
            http.Response.Headers.Location = location;
            return StubGateway.JsonAsync(http, StatusCodes.Status202Accepted, Ack);
        });
        _cli.Use(gateway);
        return gateway;
    }
}
