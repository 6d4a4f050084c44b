using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using GenApi.Cli.Tests.Running;

namespace GenApi.Cli.Tests;

public sealed class GatewayAddressTests : IDisposable
{
    private readonly CliRunner _cli = new();

    public void Dispose() => _cli.Dispose();

    [Fact]
    public async Task Options_come_before_the_environment()
    {
        await using var gateway = await StubGateway.StartAsync();
        _cli.Set("GENAPI_URL", "http://127.0.0.1:1");
        _cli.Set("GENAPI_ADMIN_TOKEN", "wrong");

        var outcome = await _cli.RunAsync("token", "alice", "--url", gateway.Url + "/", "--admin-token", StubGateway.AdminToken);

        Assert.Equal(new Outcome(ExitCode.Done, StubGateway.ClientToken + "\n", ""), outcome);
    }

    [Fact]
    public async Task The_environment_comes_before_the_state_file()
    {
        await using var gateway = await StubGateway.StartAsync();
        WriteState(Environment.ProcessId, "wrong", "http://127.0.0.1:1");
        _cli.Use(gateway);

        var outcome = await _cli.RunAsync("token", "alice");

        Assert.Equal(ExitCode.Done, outcome.ExitCode);
    }

    [Fact]
    public async Task A_running_AppHost_is_found_by_its_state_file()
    {
        await using var gateway = await StubGateway.StartAsync();
        WriteState(Environment.ProcessId, StubGateway.AdminToken, gateway.Url);

        var outcome = await _cli.RunAsync("token", "alice");

        Assert.Equal(new Outcome(ExitCode.Done, StubGateway.ClientToken + "\n", ""), outcome);
    }

    [Fact]
    public async Task The_next_gateway_is_asked_when_nothing_listens_at_the_first()
    {
        await using var gateway = await StubGateway.StartAsync();
        WriteState(Environment.ProcessId, StubGateway.AdminToken, UnusedUrl(), gateway.Url);

        var outcome = await _cli.RunAsync("token", "alice");

        Assert.Equal(new Outcome(ExitCode.Done, StubGateway.ClientToken + "\n", ""), outcome);
    }

    [Fact]
    public async Task The_AppHosts_token_goes_to_its_own_gateways_only()
    {
        await using var own = await StubGateway.StartAsync();
        await using var foreign = await StubGateway.StartAsync();
        WriteState(Environment.ProcessId, StubGateway.AdminToken, own.Url);

        var ownOutcome = await _cli.RunAsync("token", "alice", "--url", own.Url);
        var foreignOutcome = await _cli.RunAsync("token", "alice", "--url", foreign.Url);

        Assert.Equal(ExitCode.Done, ownOutcome.ExitCode);
        Assert.Equal(
            new Outcome(ExitCode.Failed, "", $"No admin token is known for {foreign.Url} (from --url): give --admin-token or set GENAPI_ADMIN_TOKEN.\n"),
            foreignOutcome);
        Assert.Empty(foreign.Asked);
    }

    [Fact]
    public async Task Nothing_to_be_found_says_what_to_do()
    {
        var outcome = await _cli.RunAsync("token", "alice");

        Assert.Equal(
            new Outcome(ExitCode.Failed, "", "No gateway is known: start the cluster with 'dotnet run --project GenApi.AppHost', give --url, or set GENAPI_URL.\n"),
            outcome);
    }

    [Fact]
    public async Task A_state_file_left_behind_is_named()
    {
        using var ended = Process.Start(new ProcessStartInfo("dotnet", "--version") { RedirectStandardOutput = true })!;
        await ended.WaitForExitAsync(TestContext.Current.CancellationToken);
        WriteState(ended.Id, StubGateway.AdminToken, "http://127.0.0.1:1");

        var outcome = await _cli.RunAsync("token", "alice");

        Assert.Equal(ExitCode.Failed, outcome.ExitCode);
        Assert.EndsWith($"({_cli.StateFile} is left over from an AppHost that no longer runs (process {ended.Id}).)\n", outcome.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Another_process_with_the_AppHosts_id_is_not_taken_for_it()
    {
        WriteState(Environment.ProcessId, StubGateway.AdminToken, DateTimeOffset.UtcNow.AddDays(-3), "http://127.0.0.1:1");

        var outcome = await _cli.RunAsync("token", "alice");

        Assert.Contains("no longer runs", outcome.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("not json", "it is not the JSON expected there")]
    [InlineData("null", "pid or gateways is missing")]
    [InlineData("{}", "pid or gateways is missing")]
    [InlineData("""{"pid":1,"gateways":[]}""", "pid or gateways is missing")]
    [InlineData("""{"pid":"x","gateways":["http://127.0.0.1:1"]}""", "it is not the JSON expected there")]
    public async Task A_broken_state_file_is_named(string content, string reason)
    {
        _cli.WriteState(content);

        var outcome = await _cli.RunAsync("token", "alice");

        Assert.Equal(ExitCode.Failed, outcome.ExitCode);
        Assert.EndsWith($"({_cli.StateFile} is not a state file of an AppHost: {reason}.)\n", outcome.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_huge_state_file_is_not_read()
    {
        _cli.WriteState(new string(' ', 100_000));

        var outcome = await _cli.RunAsync("token", "alice");

        Assert.Contains("larger than 65536 bytes", outcome.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nothing_listening_is_said()
    {
        var url = UnusedUrl();

        var outcome = await _cli.RunAsync("token", "alice", "--url", url, "--admin-token", "x");

        Assert.Equal(new Outcome(ExitCode.Failed, "", $"Nothing listens at {url} (from --url). Is the cluster running?\n"), outcome);
    }

    [Fact]
    public async Task An_unknown_host_is_said()
    {
        var outcome = await _cli.RunAsync("token", "alice", "--url", "http://no-such-host.invalid", "--admin-token", "x");

        Assert.Equal(new Outcome(ExitCode.Failed, "", "The host of http://no-such-host.invalid (from --url) is not known; check its name.\n"), outcome);
    }

    [Fact]
    public async Task A_server_without_TLS_is_said()
    {
        await using var gateway = await StubGateway.StartAsync();
        var url = gateway.Url.Replace("http:", "https:", StringComparison.Ordinal);

        var outcome = await _cli.RunAsync("token", "alice", "--url", url, "--admin-token", "x");

        Assert.Equal(ExitCode.Failed, outcome.ExitCode);
        Assert.StartsWith($"No trusted TLS connection to {url} (from --url): ", outcome.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("localhost:5080")]
    [InlineData("ftp://localhost")]
    [InlineData("http://localhost/?a=1")]
    [InlineData("http://me:secret@localhost")]
    [InlineData("")]
    public async Task What_is_no_URL_is_refused(string url)
    {
        var byOption = await _cli.RunAsync("token", "alice", "--url", url, "--admin-token", "x");

        Assert.Equal(ExitCode.Usage, byOption.ExitCode);
        Assert.StartsWith($"The gateway's URL '{url}' (from --url) must be like http://localhost:5080", byOption.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("two words")]
    [InlineData("line\nbreak")]
    [InlineData("größer")]
    public async Task What_no_header_can_carry_is_refused(string token)
    {
        var admin = await _cli.RunAsync("token", "alice", "--url", "http://127.0.0.1:1", "--admin-token", token);
        var client = await _cli.RunAsync("call", "sample", "echo", "--url", "http://127.0.0.1:1", "--token", token);

        Assert.Equal(new Outcome(ExitCode.Usage, "", "The token from --admin-token must be 1 to 16384 visible ASCII characters without spaces.\n"), admin);
        Assert.Equal(new Outcome(ExitCode.Usage, "", "The token from --token must be 1 to 16384 visible ASCII characters without spaces.\n"), client);
    }

    [Fact]
    public async Task A_path_in_the_URL_is_kept()
    {
        await using var gateway = await StubGateway.StartAsync();
        gateway.On("POST /under/here/api/sample/echo", 200, """{"request_id":"r1","success":true,"result":1}""");

        var outcome = await _cli.RunAsync("call", "sample", "echo", "--url", $"{gateway.Url}/under/here", "--token", "t");

        Assert.Equal(new Outcome(ExitCode.Done, "1\n", ""), outcome);
    }

    private static string UnusedUrl()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return $"http://{listener.LocalEndpoint}";
    }

    private void WriteState(int pid, string token, params string[] gateways)
    {
        using var self = Process.GetCurrentProcess();
        WriteState(pid, token, self.StartTime.ToUniversalTime(), gateways);
    }

    private void WriteState(int pid, string token, DateTimeOffset startedAt, params string[] gateways) => _cli.WriteState(
        $$"""
        {"pid":{{pid}},"started_at":"{{startedAt.ToString("O", CultureInfo.InvariantCulture)}}","apphost":"/src/GenApi.AppHost",
         "gateways":[{{string.Join(',', gateways.Select(gateway => $"\"{gateway}\""))}}],"admin_token":"{{token}}"}
        """);
}
