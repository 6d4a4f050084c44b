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
    [InlineData("token alice --rol x", "'--rol' was not matched. Did you mean one of the following?", "token")]
    [InlineData("token alice --expires soon", "--expires must be a whole number and a unit, such as 30s, 5m or 1h, from 1s to 365d; it is 'soon'.", "token")]
    [InlineData("token alice --timeout 0s", "--timeout must be a whole number and a unit, such as 30s, 5m or 1h, from 1ms to 1d; it is '0s'.", "token")]
    [InlineData("call a b --token t --user u", "--token already says who calls; leave out --user and --role, or leave out --token.", "call")]
    public async Task A_wrong_command_line_is_explained_on_stderr(string line, string sentence, string command)
    {
        var outcome = await _cli.RunAsync(line.Split(' '));

        Assert.Equal(ExitCode.Usage, outcome.ExitCode);
        Assert.Equal("", outcome.Output);
        Assert.StartsWith(sentence + "\n", outcome.Error, StringComparison.Ordinal);
        Assert.EndsWith($"\nTry 'genapi {command} --help'.\n", outcome.Error, StringComparison.Ordinal);
    }

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
    [InlineData("root", "root")]
    [InlineData("DOMAIN\\jane doe", "DOMAIN-jane-doe")]
    [InlineData("jane@example.com", "jane@example.com")]
    [InlineData("名前", "genapi-cli")]
    [InlineData("", "genapi-cli")]
    public void A_system_name_becomes_a_user_id(string systemName, string userId) => Assert.Equal(userId, CallerName.From(systemName));
}
