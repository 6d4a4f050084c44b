using System.Text.RegularExpressions;

namespace GenApi.Templates.Tests;

/// <summary>What the repository has to keep to, so that it works as a template. These need no time.</summary>
public sealed partial class TemplateRulesTests
{
    private static readonly string[] Libraries = ["Cli", "Node", "Protocol"];

    [Fact]
    public void Every_project_of_the_solution_gets_an_id_of_its_own()
    {
        var listed = Repository.Read(".template.config/template.json");
        var missing = ProjectId().Matches(Repository.Read("GenApi.sln")).Select(match => match.Groups[1].Value).Where(id => !listed.Contains($"\"{id}\"", StringComparison.Ordinal));

        Assert.True(!missing.Any(), $"Add to \"guids\" in .template.config/template.json:\n{string.Join('\n', missing.Select(id => $"    \"{id}\","))}");
    }

    [Fact]
    public void The_AppHost_gets_user_secrets_of_its_own()
    {
        var id = SecretsId().Match(Repository.Read("GenApi.AppHost/GenApi.AppHost.csproj")).Groups[1].Value;

        Assert.NotEmpty(id);
        Assert.Contains($"\"{id}\"", Repository.Read(".template.config/template.json"), StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public void Libraries_are_named_in_full_because_what_stands_around_them_gets_another_name()
    {
        var folders = Libraries.SelectMany(library => Directory.EnumerateDirectories(Path.Combine(Repository.Folder, $"GenApi.{library}")).Select(Path.GetFileName));
        var relative = new Regex($@"(?<![\w.""])({string.Join('|', Libraries)})\.({string.Join('|', folders.Distinct())})\.[A-Z]");
        var found = Repository.Sources(Repository.Folder, "*.cs")
            .SelectMany(file => File.ReadLines(file).Where(line => relative.IsMatch(line)).Select(line => $"{Path.GetRelativePath(Repository.Folder, file)}: {line.Trim()}"))
            .ToList();

        Assert.True(found.Count == 0, $"Write GenApi.Protocol.Json and not Protocol.Json, or a using:\n{string.Join('\n', found)}");
    }

    [Fact]
    public void The_changelog_speaks_of_the_version() =>
        Assert.Contains($"## {Repository.Version}\n", Repository.Read("CHANGELOG.md").ReplaceLineEndings("\n"), StringComparison.Ordinal);

    [GeneratedRegex("""^Project\("\{[^}]*\}"\) = "[^"]*", "[^"]*", "\{([^}]*)\}""", RegexOptions.Multiline)]
    private static partial Regex ProjectId();

    [GeneratedRegex("<UserSecretsId>[a-z-]*?([0-9a-f]{8}-[0-9a-f-]{27})</UserSecretsId>")]
    private static partial Regex SecretsId();
}
