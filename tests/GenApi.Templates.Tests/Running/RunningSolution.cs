using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using GenApi.Testing;

namespace GenApi.Templates.Tests.Running;

/// <summary>The cluster of a solution, started by <c>dotnet run</c>, until it is disposed of.</summary>
internal sealed class RunningSolution : IAsyncDisposable
{
    // Not from where systems take ports for outgoing connections.
    private const int LowestPort = 20_000;
    private const int HighestPort = 32_000;

    // Gateways, sample nodes, and one more project.
    private static readonly int[] Offsets = [0, 1, 10, 11, 20];
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private readonly Process _process;
    private readonly ProcessGuard _guard;
    private readonly ConcurrentQueue<string> _lines = new();
    private readonly TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private RunningSolution(CommandLine commands, string folder, string appHost)
    {
        PortsFrom = FindPorts();
        _process = commands.Start(
            folder, CommandLine.Dotnet, "run", "--no-build", "--project", appHost, "--", "--fresh", "--ports-from", PortsFrom.ToString(CultureInfo.InvariantCulture));
        _guard = new ProcessGuard(_process.Id);
        _process.OutputDataReceived += (_, line) => Take(line.Data);
        _process.ErrorDataReceived += (_, line) => Take(line.Data);
        _process.Exited += (_, _) => _ready.TrySetException(new InvalidOperationException($"The cluster ended:\n{Output}"));
        _process.EnableRaisingEvents = true;
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    public int PortsFrom { get; }

    /// <summary>What it wrote so far.</summary>
    public string Output => string.Join('\n', _lines);

    /// <summary>The admin token as printed.</summary>
    public string AdminToken => _lines.SkipWhile(line => line != "Admin token:").Skip(2).First().Trim();

    /// <summary>Starts it and waits until a first call was answered.</summary>
    public static async Task<RunningSolution> StartAsync(CommandLine commands, string folder, string appHost)
    {
        var solution = new RunningSolution(commands, folder, appHost);
        try
        {
            await solution._ready.Task.WaitAsync(Patience);
            return solution;
        }
        catch (Exception error)
        {
            var output = solution.Output;
            await solution.DisposeAsync();
            throw new InvalidOperationException($"The cluster is not ready. It wrote:\n{output}", error);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            using var kill = Process.Start("kill", ["-TERM", _process.Id.ToString(CultureInfo.InvariantCulture)]);
            await kill.WaitForExitAsync();
            await _process.WaitForExitAsync().WaitAsync(Patience);
        }

        await _guard.DisposeAsync();
        _process.Dispose();
    }

    private void Take(string? line)
    {
        if (line is null)
        {
            return;
        }

        _lines.Enqueue(line);

        // The last line that is printed once all is well.
        if (line.Contains("Bearer $TOKEN", StringComparison.Ordinal))
        {
            _ready.TrySetResult();
        }
    }

    private static int FindPorts() =>
        Enumerable.Range(0, 200).Select(_ => Random.Shared.Next(LowestPort, HighestPort)).First(first => Offsets.All(offset => IsFree(first + offset)));

    private static bool IsFree(int port)
    {
        try
        {
            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            socket.Bind(new IPEndPoint(IPAddress.Loopback, port));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
