using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Reflection;

namespace GenApi.Calls.Tests.Running;

/// <summary>A server as a process of its own, on a loopback port. Ends with this object, and with the test's process too.</summary>
internal sealed class ServerProcess : IAsyncDisposable
{
    public const string Gateway = "GenApi.Gateway";
    public const string SampleNode = "GenApi.SampleService";

    private const string Listening = "Now listening on: ";

    private readonly Process _process;
    private readonly ProcessGuard _guard;
    private readonly ConcurrentQueue<string> _output = new();
    private readonly TaskCompletionSource<Uri> _address = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private ServerProcess(Process process)
    {
        _process = process;
        process.OutputDataReceived += (_, line) => Keep(line.Data);
        process.ErrorDataReceived += (_, line) => Keep(line.Data);
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        _guard = new ProcessGuard(process.Id);
    }

    public Uri Address => _address.Task.Result;

    public int Id => _process.Id;

    /// <summary>What it has written so far.</summary>
    public IReadOnlyList<string> Output => [.. _output];

    /// <summary>Starts a server that the tests were built with.</summary>
    /// <param name="assembly">One of the names above.</param>
    /// <param name="settings">Environment variables.</param>
    /// <param name="port">Its port; 0: any.</param>
    public static async Task<ServerProcess> StartAsync(string assembly, IEnumerable<KeyValuePair<string, string>> settings, int port = 0)
    {
        var path = typeof(ServerProcess).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().First(attribute => attribute.Key == $"server:{assembly}").Value!;
        var start = new ProcessStartInfo(Environment.ProcessPath is { } host && Path.GetFileNameWithoutExtension(host) == "dotnet" ? host : "dotnet", [path])
        {
            WorkingDirectory = Path.GetDirectoryName(path),
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var name in start.Environment.Keys.Where(IsWithheld).ToList())
        {
            start.Environment.Remove(name);
        }

        start.Environment["ASPNETCORE_URLS"] = string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}");
        foreach (var (name, value) in settings)
        {
            start.Environment[name] = value;
        }

        var server = new ServerProcess(new Process { StartInfo = start });
        try
        {
            await Wait.UntilAsync(() => server._address.Task.IsCompleted || server._process.HasExited, $"{assembly} listens");
            Assert.True(server._address.Task.IsCompleted, $"{assembly} ended: {string.Join('\n', server.Output)}");
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>Sends a signal: KILL, STOP, CONT or TERM.</summary>
    public async Task SignalAsync(string signal)
    {
        using var kill = Process.Start("kill", [$"-{signal}", Id.ToString(CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync(Wait.Ended);
        Assert.Equal(0, kill.ExitCode);
    }

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
        _process.Dispose();
        await _guard.DisposeAsync();
    }

    private static bool IsWithheld(string name) =>
        ((string[])["GenApi__", "ASPNETCORE_", "DOTNET_ENVIRONMENT", "OTEL_", "services__", "ConnectionStrings__", "Logging__"])
        .Any(prefix => name.StartsWith(prefix, StringComparison.OrdinalIgnoreCase));

    private void Keep(string? line)
    {
        if (line is null)
        {
            return;
        }

        _output.Enqueue(line);
        var start = line.IndexOf(Listening, StringComparison.Ordinal);
        if (start >= 0)
        {
            _address.TrySetResult(new Uri(line[(start + Listening.Length)..]));
        }
    }
}
