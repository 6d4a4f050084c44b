using System.Globalization;
using System.Text;

namespace GenApi.Cluster.Tests.Running;

/// <summary>A process of this machine.</summary>
/// <param name="Id">Process id.</param>
/// <param name="ParentId">Id of the process that started it, or adopted it.</param>
/// <param name="StartedAt">When it started, in the kernel's ticks: tells it from a later process with the same id.</param>
/// <param name="Command">Its command line.</param>
public sealed record ProcessEntry(int Id, int ParentId, long StartedAt, string Command);

/// <summary>Reads /proc.</summary>
internal static class ProcessTable
{
    private const int StateField = 0;
    private const int ParentField = 1;
    private const int StartField = 19;

    /// <summary>Every process that this user may look at. One that has ended and only waits to be collected does not count.</summary>
    public static IReadOnlyList<ProcessEntry> All() =>
        [.. Directory.EnumerateDirectories("/proc")
            .Select(folder => int.TryParse(Path.GetFileName(folder), NumberStyles.None, CultureInfo.InvariantCulture, out var pid) ? Find(pid) : null)
            .OfType<ProcessEntry>()];

    /// <summary>Whether a process was started with a variable of that value. A program may overwrite what can be seen of it, as Redis does.</summary>
    public static bool HasVariable(int pid, string name, string value) =>
        ReadIfThere($"/proc/{pid}/environ") is { } environment && environment.AsSpan().IndexOf(Encoding.UTF8.GetBytes($"{name}={value}\0")) >= 0;

    /// <summary>The environment of a process.</summary>
    public static IReadOnlyDictionary<string, string> EnvironmentOf(int pid) =>
        Encoding.UTF8.GetString(File.ReadAllBytes($"/proc/{pid}/environ"))
            .Split('\0', StringSplitOptions.RemoveEmptyEntries)
            .Select(static variable => variable.Split('=', 2))
            .ToDictionary(static parts => parts[0], static parts => parts.ElementAtOrDefault(1) ?? "");

    private static ProcessEntry? Find(int pid)
    {
        if (ReadIfThere($"/proc/{pid}/stat") is not { Length: > 0 } stat)
        {
            return null;
        }

        // The second field is the program's name in parentheses, which may hold anything. What follows it is split by blanks.
        var text = Encoding.UTF8.GetString(stat);
        var fields = text[(text.LastIndexOf(')') + 2)..].Split(' ');
        return fields[StateField] is "Z" or "X"
            ? null
            : new ProcessEntry(
                pid,
                int.Parse(fields[ParentField], CultureInfo.InvariantCulture),
                long.Parse(fields[StartField], CultureInfo.InvariantCulture),
                Encoding.UTF8.GetString(ReadIfThere($"/proc/{pid}/cmdline") ?? []).Replace('\0', ' ').Trim());
    }

    private static byte[]? ReadIfThere(string file)
    {
        try
        {
            return File.ReadAllBytes(file);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // It has just ended, or it belongs to somebody else.
            return null;
        }
    }
}
