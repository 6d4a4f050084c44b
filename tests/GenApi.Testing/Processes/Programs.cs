using System.Runtime.InteropServices;

namespace GenApi.Testing.Processes;

/// <summary>Finds programs to start.</summary>
public static class Programs
{
    /// <summary>The dotnet program that this process runs on, whatever PATH says.</summary>
    public static string Dotnet { get; } = Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", "..", "dotnet"));

    /// <summary>Full path of a program on PATH; null if there is none.</summary>
    public static string? Find(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .Select(folder => Path.Combine(folder, program))
            .FirstOrDefault(File.Exists);
}
