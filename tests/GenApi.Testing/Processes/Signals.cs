using System.Diagnostics;
using System.Globalization;

namespace GenApi.Testing.Processes;

/// <summary>Sends signals to processes.</summary>
public static class Signals
{
    /// <summary>Sends a signal, such as KILL, STOP, CONT or TERM.</summary>
    /// <exception cref="InvalidOperationException">There is no such process.</exception>
    public static async Task SendAsync(int processId, string signal)
    {
        using var kill = Process.Start("kill", [$"-{signal}", processId.ToString(CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync(CancellationToken.None);
        if (kill.ExitCode != 0)
        {
            throw new InvalidOperationException($"Process {processId} cannot be sent {signal}.");
        }
    }
}
