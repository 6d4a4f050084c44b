namespace GenApi.Cli.Connection;

/// <summary>Makes paths under <c>admin/</c> from what people typed.</summary>
internal static class AdminPath
{
    /// <summary>Joins segments. What is typed can name a thing, and cannot lead elsewhere.</summary>
    /// <exception cref="CliException">A segment is empty or means another folder.</exception>
    public static string Of(params IEnumerable<string> segments) => string.Join('/', segments.Select(segment => segment is "" or "." or ".."
        ? throw new CliException($"'{segment}' is no name.", ExitCode.Usage)
        : Uri.EscapeDataString(segment)));

    /// <summary>A path with those parameters that are given.</summary>
    public static string WithQuery(string path, params IEnumerable<(string Name, string? Value)> parameters)
    {
        string[] given = [.. parameters.Where(parameter => parameter.Value is not null).Select(parameter => $"{parameter.Name}={Uri.EscapeDataString(parameter.Value!)}")];
        return given.Length == 0 ? path : $"{path}?{string.Join('&', given)}";
    }
}
