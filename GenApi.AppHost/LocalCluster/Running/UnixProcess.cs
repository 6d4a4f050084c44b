using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace GenApi.AppHost.LocalCluster;

/// <summary>The two system calls that .NET has no method for.</summary>
[UnsupportedOSPlatform("windows")]
internal static partial class UnixProcess
{
    private const int SigTerm = 15;

    /// <summary>Asks a process to end. One that is gone already is no error.</summary>
    public static void Terminate(int pid) => _ = Kill(pid, SigTerm);

    /// <summary>Id of the process that started this one, or of the one that adopted it after its parent died.</summary>
    [LibraryImport("libc", EntryPoint = "getppid")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    public static partial int ParentId();

    [LibraryImport("libc", EntryPoint = "kill")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Kill(int pid, int signal);
}
