using GenApi.Cli.Tests.Running;

namespace GenApi.Cli.Tests;

/// <summary><c>genapi push</c>, <c>verify</c> and <c>pushed</c>.</summary>
public sealed class PushCommandTests : IDisposable
{
    private const string Push = """{"service":"users","config_version":"7","fun_configs":[{"request_type":"get"},{"request_type":"bad"}]}""";

    private readonly CliRunner _cli = new();

    public void Dispose() => _cli.Dispose();

    [Fact]
    public async Task Pushes_a_file_as_it_is()
    {
        await using var gateway = await StubGateway.StartAsync();
        gateway.On("POST /admin/push", 200, """{"status":"accepted","rejected":[]}""");
        _cli.Use(gateway);

        Assert.Equal(new Outcome(ExitCode.Done, "Accepted 2 functions of users, config version 7.\n", ""), await _cli.RunAsync("push", FileOf(Push)));
        var asked = Assert.Single(gateway.Asked);
        Assert.Equal(("/admin/push", Push, $"Bearer {StubGateway.AdminToken}", "application/json"), (asked.Url, asked.Body, asked.Header("Authorization"), asked.Header("Content-Type")));
    }

    [Fact]
    public async Task Pushes_stdin_by_force()
    {
        await using var gateway = await StubGateway.StartAsync();
        gateway.On("POST /admin/push", 200, """{"status":"accepted","rejected":[]}""");
        _cli.Use(gateway);
        _cli.Input = Push;

        Assert.Equal(ExitCode.Done, (await _cli.RunAsync("push", "-", "--force")).ExitCode);
        Assert.Equal(("/admin/push?force=true", Push), (Assert.Single(gateway.Asked).Url, gateway.Asked[0].Body));
    }

    [Fact]
    public async Task What_was_rejected_is_shown_with_every_reason()
    {
        await using var gateway = await StubGateway.StartAsync();
        gateway.On("POST /admin/push", 200, """{"status":"accepted","rejected":[{"service":"users","request_type":"bad","reasons":["one","two"]}]}""");
        _cli.Use(gateway);

        var outcome = await _cli.RunAsync("push", FileOf(Push));

        Assert.Equal((ExitCode.Failed, "The gateway refused 1 function of the push; 'genapi failed' shows why.\n"), (outcome.ExitCode, outcome.Error));
        var lines = outcome.Output.Split('\n');
        Assert.Matches("^Request Type +Version +Reason", lines[0]);
        Assert.Matches("^bad +one; two", lines[1]);
        Assert.Equal("Accepted 1 function of users, config version 7.", lines[2]);
    }

    [Fact]
    public async Task A_skipped_push_says_how_to_force_it()
    {
        await using var gateway = await StubGateway.StartAsync();
        gateway.On("POST /admin/push", 200, """{"status":"skipped","reason":"version_matches","rejected":[]}""");
        _cli.Use(gateway);

        Assert.Equal(
            new Outcome(ExitCode.Done, "Skipped: users, config version 7 is stored already. --force stores it again.\n", ""),
            await _cli.RunAsync("push", FileOf(Push)));
    }

    [Fact]
    public async Task A_refused_push_fails_with_the_reason()
    {
        await using var gateway = await StubGateway.StartAsync();
        gateway.On("POST /admin/push", 422, """{"status":"error","reason":"no function of the push is valid","rejected":[{"request_type":"bad","reasons":["one"]}]}""");
        _cli.Use(gateway);

        var outcome = await _cli.RunAsync("push", FileOf(Push));
        Assert.Equal((ExitCode.Failed, "The gateway refused the push: no function of the push is valid.\n"), (outcome.ExitCode, outcome.Error));
        Assert.Contains("bad", outcome.Output, StringComparison.Ordinal);

        var json = await _cli.RunAsync("push", FileOf(Push), "--json");
        Assert.Equal(ExitCode.Failed, json.ExitCode);
        Assert.StartsWith("{\n  \"status\": \"error\"", json.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "is not valid JSON")]
    [InlineData("{", "is not valid JSON")]
    [InlineData("[]", "must be a push config")]
    public async Task A_file_that_is_no_push_config_is_named_and_nothing_is_sent(string content, string words)
    {
        await using var gateway = await StubGateway.StartAsync();
        _cli.Use(gateway);
        var file = FileOf(content);

        var outcome = await _cli.RunAsync("push", file);

        Assert.Equal((ExitCode.Failed, ""), (outcome.ExitCode, outcome.Output));
        Assert.StartsWith($"{file} {words}", outcome.Error, StringComparison.Ordinal);
        Assert.Empty(gateway.Asked);
        Assert.StartsWith("The push config cannot be read: ", (await _cli.RunAsync("push", Path.Combine(_cli.Folder, "none.json"))).Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"status":"matched"}""", ExitCode.Done, "Matched: users has config version 7.\n", "")]
    [InlineData("""{"status":"mismatch","stored":"6"}""", ExitCode.Failed, "", "users has config version 6, not 7.\n")]
    [InlineData("""{"status":"not_found"}""", ExitCode.Failed, "", "The gateway knows no service users.\n")]
    public async Task Verify_answers_by_its_exit_code(string answer, int exitCode, string output, string error)
    {
        await using var gateway = await StubGateway.StartAsync();
        gateway.On("GET /admin/verify", 200, answer);
        _cli.Use(gateway);

        Assert.Equal(new Outcome(exitCode, output, error), await _cli.RunAsync("verify", "users", "7"));
        Assert.Equal("/admin/verify?service=users&config_version=7", Assert.Single(gateway.Asked).Url);
        var json = await _cli.RunAsync("verify", "users", "7", "--json");
        Assert.Equal(exitCode, json.ExitCode);
        Assert.StartsWith("{\n  \"status\"", json.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Pushed_lists_services_with_their_pulls()
    {
        await using var gateway = await StubGateway.StartAsync();
        gateway.On("GET /admin/pushed-services", 200,
            """
            [{"service":"users","config_version":"7","stored_at_ms":1718000000000,"functions":90,"disabled_functions":2,"nodes":["http://a:1","http://b:1"],"auto_pull":true,
              "pull":{"service":"users","registered":"push","nodes":["http://a:1"],"interval":30000,"state":{"last_success_at_ms":1718000000000,"last_error":"it is away","consecutive_failures":3,"next_at_ms":0}}},
             {"service":"orders","functions":1,"disabled_functions":0,"nodes":[],"auto_pull":false}]
            """);
        _cli.Use(gateway);

        var outcome = await _cli.RunAsync("pushed");

        Assert.Equal((ExitCode.Done, ""), (outcome.ExitCode, outcome.Error));
        var lines = outcome.Output.Split('\n');
        Assert.Matches("^users +7 +2024-06-10 06:13:20Z +90 \\(2 disabled\\) +http://a:1, http://b:1 +every 30s +2024-06-10 06:13:20Z +3 +it is away", lines[1]);
        Assert.Matches("^orders +1 +no", lines[2]);

        gateway.On("GET /admin/pushed-services", 200, "[]");
        Assert.Equal(new Outcome(ExitCode.Done, "", "No service has been pushed yet.\n"), await _cli.RunAsync("pushed"));
        Assert.Equal(new Outcome(ExitCode.Done, "[]\n", ""), await _cli.RunAsync("pushed", "--json"));
    }

    private string FileOf(string content)
    {
        var path = Path.Combine(_cli.Folder, "push.json");
        File.WriteAllText(path, content);
        return path;
    }
}
