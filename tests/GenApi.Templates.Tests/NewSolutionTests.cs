using System.Text.RegularExpressions;
using GenApi.Templates.Tests.Running;
using GenApi.Testing.Processes;

namespace GenApi.Templates.Tests;

/// <summary>What `dotnet new genapi -n Shop` and `dotnet new genapi-service -n Orders` make is complete, and works.</summary>
public sealed partial class NewSolutionTests(NewSolution shop, ITestOutputHelper output) : IClassFixture<NewSolution>
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);

    [NewSolutionFact]
    public void Only_the_libraries_keep_their_names()
    {
        var projects = Repository.Sources(shop.Folder, "*.csproj").Select(Path.GetFileNameWithoutExtension).Order(StringComparer.Ordinal).ToList();
        var expected = Repository.Sources(Repository.Folder, "*.csproj")
            .Select(file => Path.GetFileNameWithoutExtension(file)!)
            .Where(name => name != "GenApi.Templates.Tests")
            .Select(name => OfLibrary().IsMatch(name) ? name : name.Replace("GenApi.", "Shop.", StringComparison.Ordinal))
            .Append("Orders")
            .Order(StringComparer.Ordinal);

        Assert.Equal(expected, projects);
        Assert.Equal(["Shop.sln"], Directory.EnumerateFiles(shop.Folder, "*.sln").Select(Path.GetFileName));
        Assert.All(
            Repository.Sources(shop.Folder, "*.cs").SelectMany(File.ReadLines).Select(line => Namespace().Match(line)).Where(match => match.Success).Select(match => match.Groups[1].Value).Distinct(),
            name => Assert.True(!name.StartsWith("GenApi", StringComparison.Ordinal) || OfLibrary().IsMatch(name), name));
    }

    [NewSolutionFact]
    public void What_belongs_to_the_repository_alone_is_left_out()
    {
        string[] expected = ["README.md", "LICENSE", "test.sh", "docs", "global.json", ".gitignore", ".editorconfig"];
        var entries = new DirectoryInfo(shop.Folder).EnumerateFileSystemInfos().Select(entry => entry.Name).ToList();

        Assert.Superset(expected.ToHashSet(), entries.ToHashSet());
        Assert.Empty(entries.Intersect([".git", ".ci", ".template.config", "templates", "artifacts", "TestResults", "CHANGELOG.md"]));
        Assert.False(Directory.Exists(Path.Combine(shop.Folder, "tests", "GenApi.Templates.Tests")));
        Assert.DoesNotContain("GenApi.Templates.Tests", File.ReadAllText(Path.Combine(shop.Folder, "Shop.sln")), StringComparison.Ordinal);

        Assert.True(OperatingSystem.IsWindows() || File.GetUnixFileMode(Path.Combine(shop.Folder, "test.sh")).HasFlag(UnixFileMode.UserExecute));

        var readme = File.ReadAllText(Path.Combine(shop.Folder, "README.md"));
        Assert.StartsWith("# Shop\n", readme, StringComparison.Ordinal);
        Assert.DoesNotContain("#if", readme, StringComparison.Ordinal);
        Assert.DoesNotContain("dotnet new install", readme, StringComparison.Ordinal);
    }

    [NewSolutionFact]
    public void Its_ids_are_its_own()
    {
        var ids = Id().Matches(Repository.Read("GenApi.sln") + Repository.Read("GenApi.AppHost/GenApi.AppHost.csproj"))
            .Select(match => match.Value.ToUpperInvariant())
            .Where(id => !IsProjectType(id))
            .ToHashSet();
        var others = Id().Matches(File.ReadAllText(Path.Combine(shop.Folder, "Shop.sln")) + File.ReadAllText(Path.Combine(shop.Folder, "Shop.AppHost", "Shop.AppHost.csproj")))
            .Select(match => match.Value.ToUpperInvariant());

        Assert.NotEmpty(ids);
        Assert.Empty(ids.Intersect(others));
    }

    [NewSolutionFact]
    public async Task The_service_answers_through_the_gateway()
    {
        await using var cluster = await RunningSolution.StartAsync(shop.Commands, shop.Folder, "Shop.AppHost");
        var script = $$"""
            set -eo pipefail
            gateway=http://localhost:{{cluster.PortsFrom}}
            call() { curl -s --retry 20 --retry-delay 1 --retry-all-errors --fail-with-body "$gateway/api/orders/$1" -H "Authorization: Bearer $token" -d "$2"; echo; }
            token=$(curl -s "$gateway/admin/tokens" -H 'Authorization: Bearer {{cluster.AdminToken}}' -d '{"user_id":"alice"}' | sed 's/.*"access_token":"\([^"]*\)".*/\1/')
            call greet '{"name":"Ann"}'
            call make_report '{"year":2030}'
            call count '{"to":3}'
            call note '{"text":"hi"}'
            call billing_greet '{"name":"Ben"}'
            """;

        var answers = await shop.Commands.RunAsync(shop.Folder, TimeSpan.FromMinutes(2), Programs.Find("bash")!, "-c", script);

        Assert.Contains("\"result\":\"Hello, Ann!\"", answers, StringComparison.Ordinal);
        Assert.Contains("\"async\":true,\"has_more\":false", answers, StringComparison.Ordinal);
        Assert.Contains("\"result\":3,", answers, StringComparison.Ordinal);
        Assert.Contains("\"result\":\"Hello, Ben!\"", answers, StringComparison.Ordinal);
    }

    [NewSolutionFact]
    public async Task The_pack_has_the_same_templates()
    {
        var folder = Directory.CreateTempSubdirectory("genapi-pack-");
        try
        {
            var commands = new CommandLine(Path.Combine(folder.FullName, "home"));
            await commands.DotnetAsync(
                Repository.Folder, Patience, "pack", "templates/GenApi.Templates.csproj", "-o", folder.FullName, "--artifacts-path", Path.Combine(folder.FullName, "artifacts"), "-nologo", "-p:UseSharedCompilation=false");
            await commands.DotnetAsync(folder.FullName, Patience, "new", "install", $"GenApi.Templates.{Repository.Version}.nupkg");
            await commands.DotnetAsync(folder.FullName, Patience, "new", "genapi", "-n", "Shop");
            var packed = Path.Combine(folder.FullName, "Shop");
            await commands.DotnetAsync(packed, Patience, "new", "genapi-service", "-n", "Orders");
            await commands.DotnetAsync(Path.Combine(packed, "Orders"), Patience, "new", "genapi-functions", "-n", "Billing");

            Assert.Equal(FilesOf(shop.Folder), FilesOf(packed));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    /// <summary>The whole suite takes long and is tried by hand; these are its tests that start nothing.</summary>
    [NewSolutionFact]
    public async Task Its_tests_pass()
    {
        foreach (var project in (string[])["Shop.Tests", "GenApi.Cli.Tests"])
        {
            await shop.Commands.DotnetAsync(shop.Folder, Patience, Path.Combine(shop.Folder, "tests", project, "bin", "Debug", "net10.0", $"{project}.dll"), "-noColor");
        }

        output.WriteLine(shop.Commands.Times);
    }

    private static IEnumerable<string> FilesOf(string folder) =>
        Repository.Sources(folder, "*").Select(file => Path.GetRelativePath(folder, file)).Order(StringComparer.Ordinal);

    private static bool IsProjectType(string id) => id is "FAE04EC0-301F-11D3-BF4B-00C04F79EFBC" or "2150E333-8FDC-42A3-9474-1A3956D46DE8" or "9A19103F-16F7-4668-BE54-9A1E7A4F7556";

    [GeneratedRegex(@"^GenApi\.(Cli|Node|Protocol)(\.|$)")]
    private static partial Regex OfLibrary();

    [GeneratedRegex(@"^namespace ([\w.]+)")]
    private static partial Regex Namespace();

    [GeneratedRegex("[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}")]
    private static partial Regex Id();
}
