using System.Diagnostics;
using System.Runtime.Versioning;

namespace GenApi.AppHost.LocalCluster;

/// <summary>Starts POSIX shells apart from the terminal.</summary>
[UnsupportedOSPlatform("windows")]
internal static class UnixShell
{
    // Ctrl-C goes to every process of the terminal's foreground group. In a session of their own the children do not get it,
    // so the launcher can stop them in order. Where the program is missing (macOS) they get it and stop all at once, which is clean too.
    private static readonly string? NewSession = new[] { "/usr/bin/setsid", "/bin/setsid" }.FirstOrDefault(File.Exists);

    /// <summary>Starts <c>/bin/sh</c> with its standard input, and on request its output, in the caller's hands.</summary>
    public static Process Start(IReadOnlyList<string> arguments, bool redirectOutput, string folder = "/", Action<IDictionary<string, string?>>? environment = null)
    {
        var start = new ProcessStartInfo(NewSession ?? "/bin/sh")
        {
            WorkingDirectory = folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = redirectOutput,
            RedirectStandardError = redirectOutput,
        };
        if (NewSession is not null)
        {
            start.ArgumentList.Add("/bin/sh");
        }

        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        environment?.Invoke(start.Environment);
        return Process.Start(start)!;
    }
}
