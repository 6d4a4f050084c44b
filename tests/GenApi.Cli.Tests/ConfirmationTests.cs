using GenApi.Cli.Tests.Running;

namespace GenApi.Cli.Tests;

/// <summary>What cannot be undone is asked for at a terminal, and only there.</summary>
public sealed class ConfirmationTests : IDisposable
{
    private readonly CliRunner _cli = new() { OnTerminal = true };

    public static TheoryData<string[], string, string> Commands => new()
    {
        { ["failed", "clear"], "DELETE /admin/failed-configs", "Remove all failed configs, of every gateway? [y/N]" },
        { ["functions", "delete", "sample", "echo", "1.0.0"], "DELETE /admin/functions/sample/echo/1.0.0", "Delete sample/echo version 1.0.0, on every gateway? [y/N]" },
        { ["functions", "clear"], "DELETE /admin/functions", "Remove all functions of all services, on every gateway? [y/N]" },
        { ["functions", "clear", "sample"], "DELETE /admin/functions/sample", "Remove all functions of the service sample, on every gateway? [y/N]" },
        { ["limits", "global", "set", "[]"], "PUT /admin/rate-limits/global", "Replace all limits over all functions by 0 others, on every gateway? [y/N]" },
        { ["limits", "reset", "--all"], "POST /admin/rate-limits/reset-all", "Forget everything that was counted, for everybody, on every gateway? [y/N]" },
    };

    public void Dispose() => _cli.Dispose();

    [Theory]
    [MemberData(nameof(Commands))]
    public async Task Yes_goes_on_and_anything_else_changes_nothing(string[] command, string route, string question)
    {
        await using var gateway = await StubGateway.StartAsync();
        gateway.On(route, 200, """{"removed":1,"reset":1}""");
        _cli.Use(gateway);

        foreach (var answer in new[] { "", "\n", "n\n", "yesterday\n" })
        {
            _cli.Input = answer;
            var outcome = await _cli.RunAsync(command);

            Assert.Equal((ExitCode.Failed, ""), (outcome.ExitCode, outcome.Output));
            Assert.Contains(question, outcome.Error, StringComparison.Ordinal);
            Assert.Contains("Nothing was changed.", outcome.Error, StringComparison.Ordinal);
            Assert.Empty(gateway.Asked);
        }

        foreach (var answer in new[] { "y\n", "YES\n" })
        {
            _cli.Input = answer;
            Assert.Equal(ExitCode.Done, (await _cli.RunAsync(command)).ExitCode);
        }

        Assert.Equal([route, route], gateway.Asked.Select(asked => $"{asked.Method} {asked.Url}"));
    }

    [Theory]
    [MemberData(nameof(Commands))]
    public async Task Nobody_is_asked_who_said_so_before_or_is_not_there(string[] command, string route, string question)
    {
        await using var gateway = await StubGateway.StartAsync();
        gateway.On(route, 200, """{"removed":1,"reset":1}""");
        _cli.Use(gateway);

        var said = await _cli.RunAsync([.. command, "--yes"]);
        _cli.OnTerminal = false;
        var script = await _cli.RunAsync(command);

        Assert.Equal((ExitCode.Done, ExitCode.Done), (said.ExitCode, script.ExitCode));
        Assert.DoesNotContain(question, said.Error + script.Error, StringComparison.Ordinal);
        Assert.Equal(2, gateway.Asked.Count);
    }

    [Theory]
    [InlineData("failed", "cleanup")]
    [InlineData("limits", "reset", "alice")]
    [InlineData("functions", "disable", "sample", "echo")]
    public async Task What_can_be_undone_or_is_of_one_user_is_not_asked_for(params string[] command)
    {
        await using var gateway = await StubGateway.StartAsync();
        _cli.Use(gateway);

        await _cli.RunAsync(command);

        Assert.Single(gateway.Asked);
    }

    [Fact]
    public async Task A_wrong_command_line_is_refused_before_anything_is_asked()
    {
        Assert.DoesNotContain("[y/N]", (await _cli.RunAsync("limits", "global", "set", "{}")).Error, StringComparison.Ordinal);
        Assert.DoesNotContain("[y/N]", (await _cli.RunAsync("functions", "delete", "..", "echo")).Error, StringComparison.Ordinal);
        Assert.DoesNotContain("[y/N]", (await _cli.RunAsync("functions", "clear", "..")).Error, StringComparison.Ordinal);
    }
}
