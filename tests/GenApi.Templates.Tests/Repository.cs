using System.Reflection;

namespace GenApi.Templates.Tests;

/// <summary>The repository that these tests were built from.</summary>
internal static class Repository
{
    public static string Folder => Fact("RepositoryFolder");

    /// <summary>The one version number.</summary>
    public static string Version => Fact("Version");

    public static string Read(string path) => File.ReadAllText(Path.Combine(Folder, path));

    /// <summary>The source files below a folder, without what builds leave there.</summary>
    public static IEnumerable<string> Sources(string folder, string pattern) =>
        Directory.EnumerateFiles(folder, pattern, SearchOption.AllDirectories)
            .Where(file => !Path.GetRelativePath(folder, file).Split('/', '\\').Any(part => part is "bin" or "obj" or "node_modules" or "artifacts" or "templates"));

    private static string Fact(string name) =>
        typeof(Repository).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(fact => fact.Key == name).Value ?? "";
}
