using System.Diagnostics;
using System.Globalization;

namespace GenApi.Testing.Processes;

/// <summary>Ends a child process when this process has ended without doing so.</summary>
public sealed class ProcessGuard : IAsyncDisposable
{
    private readonly Process _shell;

    public ProcessGuard(int processId) => _shell = Process.Start(new ProcessStartInfo(
        "/bin/sh",
        ["-c", "trap '' INT TERM HUP QUIT; read -r word; [ \"$word\" = gone ] || kill -KILL \"$0\"", processId.ToString(CultureInfo.InvariantCulture)])
    {
        RedirectStandardInput = true,
    })!;

    /// <summary>The child has ended; its id may be another's soon.</summary>
    public async ValueTask DisposeAsync()
    {
        await _shell.StandardInput.WriteLineAsync("gone");
        _shell.StandardInput.Close();
        await _shell.WaitForExitAsync(CancellationToken.None);
        _shell.Dispose();
    }
}
