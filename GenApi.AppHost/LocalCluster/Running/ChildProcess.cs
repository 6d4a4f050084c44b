using System.Diagnostics;

namespace GenApi.AppHost.LocalCluster;

/// <summary>A started process of the cluster.</summary>
internal sealed class ChildProcess : IDisposable
{
    // The child waits for one line before it becomes the program. By then the orphan guard knows it, so there is no moment, however short,
    // in which a killed launcher leaves it behind. `read` takes no byte beyond the line, and the rest of the input is the program's.
    private const string WaitThenBecome = """IFS= read -r go && exec "$@" """;

    private readonly Process _process;
    private readonly OrphanGuard? _guard;

    private ChildProcess(Process process, OrphanGuard? guard, Task output)
    {
        _process = process;
        _guard = guard;
        Id = process.Id;
        Exited = WaitAsync(output);
    }

    /// <summary>Process id. The program's own: the shell before it became the program.</summary>
    public int Id { get; }

    /// <summary>Ends with the process, when its output is read; the result says how it ended.</summary>
    public Task<string> Exited { get; }

    /// <summary>Starts a process.</summary>
    /// <param name="plan">What to start.</param>
    /// <param name="guard">Ends it if the launcher dies; null on Windows.</param>
    /// <param name="log">Takes its output.</param>
    public static ChildProcess Start(ProcessPlan plan, OrphanGuard? guard, ClusterLog log)
    {
        void SetEnvironment(IDictionary<string, string?> environment)
        {
            foreach (var name in LauncherEnvironment.NotForChildren())
            {
                environment.Remove(name);
            }

            if (log.InColour)
            {
                environment["DOTNET_SYSTEM_CONSOLE_ALLOW_ANSI_COLOR_REDIRECTION"] = "true";
            }

            foreach (var (name, value) in plan.Environment)
            {
                environment[name] = value;
            }
        }

        Process process;
        if (OperatingSystem.IsWindows() || guard is null)
        {
            process = StartDirectly(plan, SetEnvironment);
        }
        else
        {
            process = UnixShell.Start(["-c", WaitThenBecome, plan.Name, plan.Program, .. plan.Arguments], redirectOutput: true, plan.Folder, SetEnvironment);
            guard.Watch(process.Id);
        }

        var output = Task.WhenAll(log.CopyAsync(plan.Name, process.StandardOutput), log.CopyAsync(plan.Name, process.StandardError));
        try
        {
            if (guard is not null)
            {
                process.StandardInput.WriteLine("go");
            }

            process.StandardInput.Write(plan.Input);
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It ended before it read its input. Whoever waits for its exit reports that.
        }

        return new ChildProcess(process, guard, output);
    }

    /// <summary>Asks the process to finish what it does and end. On Windows, where a console program cannot be asked, ends it.</summary>
    public void AskToStop()
    {
        if (OperatingSystem.IsWindows())
        {
            Kill();
        }
        else if (!Exited.IsCompleted)
        {
            UnixProcess.Terminate(Id);
        }
    }

    /// <summary>Ends the process and what it started, at once.</summary>
    public void Kill()
    {
        try
        {
            _process.Kill(entireProcessTree: true);
        }
        catch (Exception exception) when (exception is InvalidOperationException or AggregateException or System.ComponentModel.Win32Exception)
        {
            // It is gone already.
        }
    }

    /// <inheritdoc />
    public void Dispose() => _process.Dispose();

    private static Process StartDirectly(ProcessPlan plan, Action<IDictionary<string, string?>> setEnvironment)
    {
        var start = new ProcessStartInfo(plan.Program, plan.Arguments)
        {
            WorkingDirectory = plan.Folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        setEnvironment(start.Environment);
        return Process.Start(start)!;
    }

    private async Task<string> WaitAsync(Task output)
    {
        await _process.WaitForExitAsync();
        if (!OperatingSystem.IsWindows())
        {
            _guard?.Forget(Id);
        }

        // What the process wrote last is shown before its end is. Something it left running may hold the pipe, so not for ever.
        await Task.WhenAny(output, Task.Delay(TimeSpan.FromMilliseconds(500)));
        return _process.ExitCode switch
        {
            > 128 and var code when !OperatingSystem.IsWindows() => $"was ended by signal {code - 128}",
            var code => $"ended with exit code {code}",
        };
    }
}
