using System.Text.RegularExpressions;
using GenApi.Cluster.Tests.Running;

namespace GenApi.Cluster.Tests.Docs;

/// <summary>
/// The commands in README.md and docs/ work. A block marked <c>sh</c> is run, page by page, against a running cluster; one that cannot be
/// says so and why: <c>sh no-test (the reason)</c>. Everything else is output, code or a picture, and says which.
/// </summary>
public sealed partial class DocumentedCommandTests(RunningCluster cluster) : ClusterTest(cluster), IClassFixture<RunningCluster>
{
    private static readonly string[] NotCommands = ["text", "json", "csharp", "xml", "http", "js", "ts", "yaml", "ini", "mermaid", "lua", "dockerfile"];

    public static TheoryData<string> Pages => [.. DocumentationPage.All];

    public static TheoryData<string> PagesWithCommands => [.. DocumentationPage.All.Where(path => DocumentationPage.Read(path).Blocks.Any(block => block.IsRun))];

    [Theory]
    [MemberData(nameof(Pages))]
    public void Every_block_says_what_it_is(string page) =>
        Assert.All(
            DocumentationPage.Read(page).Blocks,
            block => Assert.True(
                block.IsRun || NotCommands.Contains(block.Info) || NotRun().IsMatch(block.Info),
                $"{page}, line {block.Line}: '{block.Info}' is none of sh, sh no-test (the reason), {string.Join(", ", NotCommands)}."));

    [CurlTheory]
    [MemberData(nameof(PagesWithCommands))]
    public async Task The_commands_of_a_page_work_when_pasted(string page)
    {
        var (exitCode, output) = await new PageShell(Cluster.AppHost, await Cluster.Http.CreateTokenAsync("alice", Cancellation)).RunAsync(DocumentationPage.Read(page), Cancellation);

        Assert.True(exitCode == 0, $"A command failed with exit code {exitCode}; it stands below the last page and line named here:\n{output}");
    }

    [GeneratedRegex(@"^sh no-test \(.{10,}\)$")]
    private static partial Regex NotRun();
}
