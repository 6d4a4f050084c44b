using System.Reflection;
using System.Text.Json;

namespace GenApi.Bench.Servers;

/// <summary>Where the servers that this benchmark was built with are. The build wrote it into the assembly.</summary>
internal static class ServerAssemblies
{
    public const string Bare = "GenApi.Bench.BareServer";
    public const string Gateway = "GenApi.Gateway";
    public const string Node = "GenApi.SampleService";

    /// <summary>The full path of a server's assembly.</summary>
    /// <exception cref="InvalidOperationException">It was not built.</exception>
    public static string Find(string name)
    {
        var path = typeof(ServerAssemblies).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
            .FirstOrDefault(attribute => attribute.Key == $"server:{name}")?.Value;
        return File.Exists(path)
            ? path
            : throw new InvalidOperationException($"The server {name} is not at {path ?? "a known place"}. Build the benchmark again with bench/run.sh.");
    }

    /// <summary>The garbage collector settings that the two servers do not share, or null if they share all.</summary>
    public static string? DifferenceInGc(string first, string second)
    {
        var (left, right) = (ReadGcSettings(Find(first)), ReadGcSettings(Find(second)));
        var different = left.Keys.Union(right.Keys)
            .Where(key => left.GetValueOrDefault(key) != right.GetValueOrDefault(key))
            .Select(key => $"{key}: {left.GetValueOrDefault(key, "not set")} in {first}, {right.GetValueOrDefault(key, "not set")} in {second}");
        return string.Join("; ", different) is { Length: > 0 } text ? text : null;
    }

    private static Dictionary<string, string> ReadGcSettings(string assembly)
    {
        using var document = JsonDocument.Parse(File.ReadAllBytes(Path.ChangeExtension(assembly, ".runtimeconfig.json")));
        return document.RootElement.GetProperty("runtimeOptions").TryGetProperty("configProperties", out var properties)
            ? properties.EnumerateObject()
                .Where(property => property.Name.StartsWith("System.GC.", StringComparison.Ordinal))
                .ToDictionary(property => property.Name, property => property.Value.ToString())
            : [];
    }
}
