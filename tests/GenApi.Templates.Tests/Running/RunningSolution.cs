using System.Diagnostics;
using System.Globalization;
using GenApi.Testing.Processes;

namespace GenApi.Templates.Tests.Running;

/// <summary>The cluster of a solution, started by <c>dotnet run</c>, until it is disposed of.</summary>
internal sealed class RunningSolution : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private readonly Process _process;
    private readonly ProcessGuard _guard;
    private readonly OutputLog _output = new() { Patience = Patience };
    private readonly Task _reading;

    private RunningSolution(CommandLine commands, string folder, string appHost)
    {
        PortsFrom = FreePorts.FindBlock();
        _process = commands.Start(
            folder, Programs.Dotnet, "run", "--no-build", "--project", appHost, "--", "--fresh", "--ports-from", PortsFrom.ToString(CultureInfo.InvariantCulture));
        _guard = new ProcessGuard(_process.Id);
        _reading = Task.WhenAll(_output.ReadAsync(_process.StandardOutput), _output.ReadAsync(_process.StandardError));
    }

    public int PortsFrom { get; }

    /// <summary>What it wrote so far.</summary>
    public string Output => _output.Text;

    /// <summary>The admin token as printed.</summary>
    public string AdminToken => _output.Lines.SkipWhile(line => line != "Admin token:").Skip(2).First().Trim();

    /// <summary>Starts it and waits until a first call was answered.</summary>
    public static async Task<RunningSolution> StartAsync(CommandLine commands, string folder, string appHost)
    {
        var solution = new RunningSolution(commands, folder, appHost);
        try
        {
            await solution._output.WaitForAsync("the last printed command", static line => line.Contains("Bearer $TOKEN", StringComparison.Ordinal), TestContext.Current.CancellationToken);
            return solution;
        }
        catch
        {
            await solution.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            await Signals.SendAsync(_process.Id, "TERM");
            await _process.WaitForExitAsync().WaitAsync(Patience);
        }

        await _guard.DisposeAsync();
        await _reading.WaitAsync(Patience);
        _process.Dispose();
    }
}
