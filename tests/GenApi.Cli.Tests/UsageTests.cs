using GenApi.Cli.Calls;
using GenApi.Cli.Commands;
using GenApi.Cli.Tests.Running;

namespace GenApi.Cli.Tests;

public sealed class UsageTests : IDisposable
{
    private readonly CliRunner _cli = new();

    public void Dispose() => _cli.Dispose();

    [Theory]
    [InlineData("call", "SERVICE and TYPE are missing.", "call")]
    [InlineData("call sample", "TYPE is missing.", "call")]
    [InlineData("token", "USER is missing.", "token")]
    [InlineData("token alice --rol x", "'--rol' is no option of 'genapi token'; did you mean --role? If it is meant as it is, put -- before it.", "token")]
    [InlineData("token --rol", "'--rol' is no option of 'genapi token'; did you mean --role? If it is meant as it is, put -- before it.", "token")]
    [InlineData("token --rol=admin alice", "'--rol' is no option of 'genapi token'; did you mean --role? If it is meant as it is, put -- before it.", "token")]
    [InlineData("token alice --role --devise d", "'--devise' is no option of 'genapi token'; did you mean --device? If it is meant as it is, put -- before it.", "token")]
    [InlineData("limits status --usr", "'--usr' is no option of 'genapi limits status', which has --watch, --key and --scope. If it is meant as it is, put -- before it.", "limits status")]
    [InlineData("limits status --user alice", "'--user' is no option of 'genapi limits status', which has --watch, --key and --scope. If it is meant as it is, put -- before it.", "limits status")]
    [InlineData("functions delete sample echo -x", "'-x' is no option of 'genapi functions delete', which has --yes. If it is meant as it is, put -- before it.", "functions delete")]
    [InlineData("flow sample get_user --jsno", "'--jsno' is no option of 'genapi flow'; did you mean --json? If it is meant as it is, put -- before it.", "flow")]
    [InlineData("limits global add user_id -5 1m", "'-5' is no option of 'genapi limits global add', which has --source. If it is meant as it is, put -- before it.", "limits global add")]
    [InlineData("--wach", "'--wach' is no option of 'genapi', which has --help, --version, --url, --admin-token, --gateway, --json and --timeout. If it is meant as it is, put -- before it.", "")]
    [InlineData("token alice --expires soon", "--expires must be whole seconds, or a whole number and a unit, such as 500ms, 30s, 5m or 1h, from 1s to 365d; it is 'soon'.", "token")]
    [InlineData("health --max-memory-bytes lots", "--max-memory-bytes must be a number of bytes, or a number and a unit, such as 500MB, 1GB (1000 MB) or 1GiB (1024 MiB); it is 'lots'.", "health")]
    [InlineData("debug --process-limit many", "--process-limit must be a whole number from 1 to 1000; it is 'many'.", "debug")]
    [InlineData("failed --limit 1001", "--limit must be a whole number from 1 to 1000; it is '1001'.", "failed")]
    [InlineData("failed --limit -1", "--limit must be a whole number from 1 to 1000; it is '-1'.", "failed")]
    [InlineData("limits global add user_id many 1m", "MAX must be a whole number from 1 to 1000000000; it is 'many'.", "limits global add")]
    [InlineData("limits global add user_id 10 soon", "WINDOW must be whole seconds, or a whole number and a unit, such as 500ms, 10s or 1h; it is 'soon'.", "limits global add")]
    [InlineData("token alice --timeout 0s", "--timeout must be whole seconds, or a whole number and a unit, such as 500ms, 30s, 5m or 1h, from 1ms to 1d; it is '0s'.", "token")]
    [InlineData("call a b --token t --user u", "--token already says who calls; leave out --user and --role, or leave out --token.", "call")]
    public async Task A_wrong_command_line_is_explained_on_stderr(string line, string sentence, string command)
    {
        var outcome = await _cli.RunAsync(line.Split(' '));

        Assert.Equal(ExitCode.Usage, outcome.ExitCode);
        Assert.Equal("", outcome.Output);
        Assert.StartsWith(sentence + "\n", outcome.Error, StringComparison.Ordinal);
        Assert.EndsWith($"\nTry '{$"genapi {command}".Trim()} --help'.\n", outcome.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("token", "--", "--rol")]
    [InlineData("token", "alice", "--role=--rol")]
    [InlineData("token", "alice", "--role", "-rol")]
    public async Task A_word_with_a_dash_can_be_meant(params string[] command)
    {
        await using var gateway = await StubGateway.StartAsync();
        _cli.Use(gateway);

        Assert.Equal(new Outcome(ExitCode.Done, $"{StubGateway.ClientToken}\n", ""), await _cli.RunAsync(command));
        Assert.Contains("rol\"", Assert.Single(gateway.Asked).Body, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("sampel", "sample")]
    [InlineData("smaple", "sample")]
    [InlineData("Sample", "sample")]
    [InlineData("sampler", "sample")]
    [InlineData("user", "")]
    [InlineData("", "")]
    public void A_near_name_is_a_slip_away(string typed, string near) => Assert.Equal(near, string.Join(' ', NearName.Of(typed, ["sample", "orders", "get"])));

    [Fact]
    public async Task A_slip_in_a_commands_name_gets_a_suggestion()
    {
        var outcome = await _cli.RunAsync("tokne", "alice");

        Assert.Equal(ExitCode.Usage, outcome.ExitCode);
        Assert.Contains("\ntoken\n", outcome.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--help")]
    [InlineData("token --help")]
    [InlineData("call --help")]
    [InlineData("--version")]
    public async Task Help_and_version_go_to_stdout(string line)
    {
        var outcome = await _cli.RunAsync(line.Split(' '));

        Assert.Equal(ExitCode.Done, outcome.ExitCode);
        Assert.NotEqual("", outcome.Output);
        Assert.Equal("", outcome.Error);
    }

    [Theory]
    [InlineData("500ms", 0.5)]
    [InlineData("90", 90)]
    [InlineData("90s", 90)]
    [InlineData("15m", 900)]
    [InlineData("1h", 3600)]
    [InlineData("7d", 604800)]
    public void Durations_are_read_and_shown(string text, double seconds)
    {
        Assert.True(Duration.TryParse(text, out var value));
        Assert.Equal(seconds, value.TotalSeconds);
        Assert.True(Duration.TryParse(Duration.Show(value), out var again));
        Assert.Equal(value, again);
    }

    [Theory]
    [InlineData("")]
    [InlineData("s")]
    [InlineData("0")]
    [InlineData("-1s")]
    [InlineData("1.5h")]
    [InlineData("1 h")]
    [InlineData("1w")]
    [InlineData("99999999999999999d")]
    [InlineData("99999999999999999999999s")]
    public void What_is_no_duration_is_refused(string text) => Assert.False(Duration.TryParse(text, out _));

    [Theory]
    [InlineData("1", 1)]
    [InlineData("1000B", 1000)]
    [InlineData("1kb", 1000)]
    [InlineData("1KiB", 1024)]
    [InlineData("500MB", 500_000_000)]
    [InlineData("1.5GB", 1_500_000_000)]
    [InlineData("1GiB", 1_073_741_824)]
    [InlineData("2TiB", 2_199_023_255_552)]
    public void Sizes_are_read(string text, long bytes)
    {
        Assert.True(ByteSize.TryParse(text, out var value));
        Assert.Equal(bytes, value);
    }

    [Theory]
    [InlineData("")]
    [InlineData("GB")]
    [InlineData("0")]
    [InlineData("0.1B")]
    [InlineData("-1GB")]
    [InlineData("1 GB")]
    [InlineData("1G")]
    [InlineData("99999999TiB")]
    [InlineData("99999999999999999999999999999999")]
    public void What_is_no_size_is_refused(string text) => Assert.False(ByteSize.TryParse(text, out _));

    [Theory]
    [InlineData("root", "root")]
    [InlineData("DOMAIN\\jane doe", "DOMAIN-jane-doe")]
    [InlineData("jane@example.com", "jane@example.com")]
    [InlineData("名前", "genapi-cli")]
    [InlineData("", "genapi-cli")]
    public void A_system_name_becomes_a_user_id(string systemName, string userId) => Assert.Equal(userId, CallerName.From(systemName));
}
