using System.Runtime.InteropServices;

namespace GenApi.Cluster.Tests.Running;

/// <summary>Sends signals, as <c>kill</c> and a terminal do.</summary>
public static partial class UnixSignals
{
    private const int Interrupt = 2;
    private const int Kill = 9;
    private const int Terminate = 15;

    /// <summary>Asks a process to end: SIGTERM.</summary>
    public static void SendTerminate(int pid) => _ = Send(pid, Terminate);

    /// <summary>Ends a process at once: SIGKILL, as <c>kill -9</c>.</summary>
    public static void SendKill(int pid) => _ = Send(pid, Kill);

    /// <summary>What a terminal does on Ctrl-C: SIGINT to every process of the foreground group.</summary>
    /// <param name="leader">Process id of the group's leader.</param>
    public static void PressControlC(int leader) => _ = Send(-leader, Interrupt);

    [LibraryImport("libc", EntryPoint = "kill")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Send(int pid, int signal);
}
