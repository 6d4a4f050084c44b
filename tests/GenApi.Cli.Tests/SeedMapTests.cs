using System.Text.RegularExpressions;
using GenApi.Cli.Tests.Running;

namespace GenApi.Cli.Tests;

/// <summary>Walks the table of docs/seed-map.md.</summary>
public sealed partial class SeedMapTests
{
    [Fact]
    public async Task Every_function_of_the_seed_has_its_command()
    {
        using var cli = new CliRunner();
        var commands = Command().Matches(await File.ReadAllTextAsync(Path.Combine(AppContext.BaseDirectory, "seed-map.md"), TestContext.Current.CancellationToken))
            .Select(row => row.Groups[1].Value.Replace(" --json", "", StringComparison.Ordinal))
            .ToList();
        Assert.Equal(44, commands.Count);

        foreach (var command in commands.Distinct())
        {
            var outcome = await cli.RunAsync([.. command.Split(' '), "--help"]);

            Assert.True(outcome.ExitCode == ExitCode.Done, $"genapi {command} --help: {outcome.Error}");
            Assert.Contains($" {command} ", outcome.Output, StringComparison.Ordinal);
        }
    }

    [GeneratedRegex(@"^\| `\w+` \|.*\| `genapi ([^`]+)` \|\r?$", RegexOptions.Multiline)]
    private static partial Regex Command();
}
