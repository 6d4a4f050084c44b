using System.Security.Cryptography;
using Microsoft.Net.Http.Headers;

namespace GenApi.Gateway.WebConsole;

/// <summary>A file of the console's site, which is built into the assembly.</summary>
/// <param name="Path">Its path below <c>/console/</c>.</param>
/// <param name="ContentType">What it is.</param>
/// <param name="Body">Its bytes.</param>
/// <param name="Tag">Tells them from those of another version.</param>
internal sealed record ConsoleFile(string Path, string ContentType, byte[] Body, EntityTagHeaderValue Tag)
{
    /// <summary>How the names of its resources begin; the project file gives them.</summary>
    private const string ResourcePrefix = "console/";

    /// <summary>All files of the site.</summary>
    public static IReadOnlyList<ConsoleFile> ReadAll()
    {
        var assembly = typeof(ConsoleFile).Assembly;
        return
        [
            .. from resource in assembly.GetManifestResourceNames()
               where resource.StartsWith(ResourcePrefix, StringComparison.Ordinal)
               select Read(assembly.GetManifestResourceStream(resource)!, resource[ResourcePrefix.Length..].Replace('\\', '/')),
        ];
    }

    private static ConsoleFile Read(Stream resource, string path)
    {
        using (resource)
        {
            var body = new byte[resource.Length];
            resource.ReadExactly(body);
            return new ConsoleFile(path, ContentTypeOf(path), body, new EntityTagHeaderValue($"\"{Convert.ToHexStringLower(SHA256.HashData(body))[..32]}\""));
        }
    }

    private static string ContentTypeOf(string path) => System.IO.Path.GetExtension(path) switch
    {
        ".html" => "text/html; charset=utf-8",
        ".css" => "text/css; charset=utf-8",
        ".js" => "text/javascript; charset=utf-8",
        ".svg" => "image/svg+xml",
        var unknown => throw new InvalidOperationException($"The console's {path} is of a kind that has no content type: {unknown}."),
    };
}
