using System.Text.RegularExpressions;
using GenApi.Cluster.Tests.Running;

namespace GenApi.Cluster.Tests.Docs;

/// <summary>A fenced block of a page.</summary>
/// <param name="Line">Where its fence stands, from 1.</param>
/// <param name="Info">What stands behind the opening fence, such as <c>sh</c>.</param>
/// <param name="Text">What stands between the fences, without the indentation that both have.</param>
internal sealed record FencedBlock(int Line, string Info, string Text)
{
    /// <summary>Whether it is for a shell, run by the tests or not.</summary>
    public bool IsShell => Info is "sh" || Info.StartsWith("sh ", StringComparison.Ordinal);

    /// <summary>Whether the tests run it.</summary>
    public bool IsRun => Info is "sh";
}

/// <summary>A page of the documentation, by its path within the repository.</summary>
internal sealed partial record DocumentationPage(string Path, IReadOnlyList<FencedBlock> Blocks)
{
    private static readonly string[] Skipped = ["bin", "obj", "node_modules", "artifacts", "TestResults", "templates"];

    /// <summary>The paths of all pages: README.md and docs/ here, and the README.md of each folder.</summary>
    public static IReadOnlyList<string> All { get; } =
    [
        .. Find(BuildFacts.RepositoryFolder, depth: 0)
            .Select(file => System.IO.Path.GetRelativePath(BuildFacts.RepositoryFolder, file).Replace('\\', '/'))
            .Where(path => path.StartsWith("docs/", StringComparison.Ordinal) || System.IO.Path.GetFileName(path) == "README.md")
            .Order(StringComparer.Ordinal),
    ];

    public static DocumentationPage Read(string path)
    {
        var blocks = new List<FencedBlock>();
        (int Line, string Indent, string Fence, string Info, List<string> Text)? open = null;
        var number = 0;
        foreach (var line in File.ReadLines(System.IO.Path.Combine(BuildFacts.RepositoryFolder, path)))
        {
            number++;
            if (open is not { } block)
            {
                if (Opening().Match(line) is { Success: true } opening)
                {
                    open = (number, opening.Groups["indent"].Value, opening.Groups["fence"].Value, opening.Groups["info"].Value.Trim(), []);
                }
            }
            else if (line.Trim() == block.Fence)
            {
                blocks.Add(new FencedBlock(block.Line, block.Info, string.Join('\n', block.Text)));
                open = null;
            }
            else
            {
                block.Text.Add(line.StartsWith(block.Indent, StringComparison.Ordinal) ? line[block.Indent.Length..] : line);
            }
        }

        Assert.True(open is null, $"{path}: the block of line {open?.Line} has no end.");
        return new DocumentationPage(path, blocks);
    }

    private static IEnumerable<string> Find(string folder, int depth)
    {
        foreach (var file in Directory.EnumerateFiles(folder, "*.md"))
        {
            yield return file;
        }

        foreach (var child in depth < 3 ? Directory.EnumerateDirectories(folder) : [])
        {
            if (System.IO.Path.GetFileName(child) is var name && !name.StartsWith('.') && !Skipped.Contains(name))
            {
                foreach (var file in Find(child, depth + 1))
                {
                    yield return file;
                }
            }
        }
    }

    [GeneratedRegex("^(?<indent> *)(?<fence>```+)(?<info>[^`]*)$")]
    private static partial Regex Opening();
}
