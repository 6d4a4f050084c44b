using System.Diagnostics;
using System.Globalization;
using System.Reflection;
using GenApi.Testing.Processes;

namespace GenApi.Calls.Tests.Running;

/// <summary>A server as a process of its own, on a loopback port. Ends with this object, and with the test's process too.</summary>
internal sealed class ServerProcess : IAsyncDisposable
{
    public const string Gateway = "GenApi.Gateway";
    public const string SampleNode = "GenApi.SampleService";

    private const string Listening = "Now listening on: ";

    private readonly Process _process;
    private readonly ProcessGuard _guard;
    private readonly OutputLog _output = new() { Patience = Wait.Patience };
    private readonly Task _reading;

    private ServerProcess(Process process)
    {
        _process = process;
        _guard = new ProcessGuard(process.Id);
        _reading = Task.WhenAll(_output.ReadAsync(process.StandardOutput), _output.ReadAsync(process.StandardError));
    }

    public Uri Address { get; private set; } = null!;

    public int Id => _process.Id;

    /// <summary>What it has written so far.</summary>
    public IReadOnlyList<string> Output => _output.Lines;

    /// <summary>Starts a server that the tests were built with.</summary>
    /// <param name="assembly">One of the names above.</param>
    /// <param name="settings">Environment variables.</param>
    /// <param name="port">Its port; 0: any.</param>
    public static async Task<ServerProcess> StartAsync(string assembly, IEnumerable<KeyValuePair<string, string>> settings, int port = 0)
    {
        var path = typeof(ServerProcess).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().First(attribute => attribute.Key == $"server:{assembly}").Value!;
        var start = new ProcessStartInfo(Programs.Dotnet, [path])
        {
            WorkingDirectory = Path.GetDirectoryName(path),
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        ForeignVariables.RemoveFrom(start);
        start.Environment["ASPNETCORE_URLS"] = string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}");
        foreach (var (name, value) in settings)
        {
            start.Environment[name] = value;
        }

        var server = new ServerProcess(Process.Start(start)!);
        try
        {
            var line = await server._output.WaitForAsync($"the address of {assembly}", static line => line.Contains(Listening, StringComparison.Ordinal), Wait.Ended);
            server.Address = new Uri(line[(line.IndexOf(Listening, StringComparison.Ordinal) + Listening.Length)..]);
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>Sends a signal: KILL, STOP, CONT or TERM.</summary>
    public Task SignalAsync(string signal) => Signals.SendAsync(Id, signal);

    /// <summary>Waits for its end. Its exit code.</summary>
    public async Task<int> EndedAsync()
    {
        await Wait.For(_process.WaitForExitAsync(Wait.Ended), "the process to end");
        return _process.ExitCode;
    }

    /// <summary>A figure of <c>/proc/ID/status</c>, such as <c>VmRSS</c>, in bytes.</summary>
    public long Memory(string figure)
    {
        var line = File.ReadLines($"/proc/{Id}/status").First(line => line.StartsWith($"{figure}:", StringComparison.Ordinal));
        return long.Parse(line[(figure.Length + 1)..].Replace("kB", "", StringComparison.Ordinal).Trim(), CultureInfo.InvariantCulture) * 1024;
    }

    /// <summary>The peak of memory counts from now on.</summary>
    public void ForgetPeakMemory() => File.WriteAllText($"/proc/{Id}/clear_refs", "5");

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
        }

        await _process.WaitForExitAsync(CancellationToken.None);
        await _reading;
        _process.Dispose();
        await _guard.DisposeAsync();
    }
}
