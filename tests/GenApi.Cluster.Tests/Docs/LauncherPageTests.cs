using System.Text.RegularExpressions;
using GenApi.Cluster.Tests.Running;

namespace GenApi.Cluster.Tests.Docs;

/// <summary>The tables of docs/configuration.md and docs/apphost.md name what the launcher knows.</summary>
public sealed partial class LauncherPageTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [ClusterFact]
    public async Task The_arguments_are_those_of_help()
    {
        await using var appHost = AppHostProcess.Start(new AppHostStart { Arguments = ["--help"] });
        Assert.Equal(0, await appHost.WaitForExitAsync(Cancellation));
        var known = appHost.Output.Lines.Select(line => HelpLine().Match(line)).Where(line => line.Success).Select(line => line.Groups[1].Value).ToList();

        Assert.Contains("--ports-from N", known);
        Assert.Equal(known.Order(StringComparer.Ordinal), RowsOf("docs/apphost.md", "### Arguments").Where(row => row.StartsWith('-')).Order(StringComparer.Ordinal));
        Assert.Empty(RowsOf("docs/configuration.md", "## Launcher").Where(row => row.StartsWith('-')).Except(known));
    }

    [Fact]
    public void The_settings_are_those_of_the_AppHost()
    {
        var source = File.ReadAllText(Path.Combine(BuildFacts.RepositoryFolder, "GenApi.AppHost", "AppHost.cs"));
        var replicas = Replicas().Matches(source).Select(match => $"`{match.Groups[1].Value}` | number | `{match.Groups[2].Value}`");
        var parameters = Parameters().Matches(source).Select(match => $"`Parameters:{match.Groups[1].Value}` | text | generated, remembered");
        var page = File.ReadAllText(Path.Combine(BuildFacts.RepositoryFolder, "docs", "configuration.md"));

        Assert.All([.. replicas, .. parameters], row => Assert.Contains($"| {row} |", page, StringComparison.Ordinal));
        Assert.Equal(
            Replicas().Count(source) + Parameters().Count(source),
            RowsOf("docs/configuration.md", "## Launcher").Count(row => row.StartsWith("Replicas:", StringComparison.Ordinal) || row.StartsWith("Parameters:", StringComparison.Ordinal)));
    }

    private static List<string> RowsOf(string page, string heading) =>
    [
        .. File.ReadLines(Path.Combine(BuildFacts.RepositoryFolder, page))
            .SkipWhile(line => line != heading)
            .Skip(1)
            .TakeWhile(line => !line.StartsWith('#'))
            .Select(line => Row().Match(line))
            .Where(row => row.Success)
            .Select(row => row.Groups[1].Value),
    ];

    [GeneratedRegex(@"^  (--\S+( N)?)( |$)")]
    private static partial Regex HelpLine();

    [GeneratedRegex(@"^\| `([^`]+)` \|")]
    private static partial Regex Row();

    [GeneratedRegex(@"GetValue\(""(Replicas:[a-z]+)"", (\d+)\)")]
    private static partial Regex Replicas();

    [GeneratedRegex(@"AddParameter\(""([a-z-]+)""")]
    private static partial Regex Parameters();
}
