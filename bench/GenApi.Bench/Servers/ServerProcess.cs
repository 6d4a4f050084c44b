using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using GenApi.Testing.Processes;

namespace GenApi.Bench.Servers;

/// <summary>A server in a process of its own, listening on a free loopback port, gone when disposed.</summary>
internal sealed class ServerProcess : IMeasuredProcess, IAsyncDisposable
{
    private const int TailLines = 40;
    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(30);

    /// <summary>How long one question to a server may take, when it is asked whether it is up.</summary>
    public static readonly TimeSpan AnswerTimeout = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(50);

    private readonly Process _process;
    private readonly ProcessGuard? _guard;
    private readonly Queue<string> _tail = new();

    private ServerProcess(string role, Uri url, Process process)
    {
        Role = role;
        Url = url;
        _process = process;
        _process.OutputDataReceived += (_, e) => Keep(e.Data);
        _process.ErrorDataReceived += (_, e) => Keep(e.Data);
        _process.Start();
        _guard = OperatingSystem.IsWindows() ? null : new ProcessGuard(_process.Id);
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    public string Role { get; }

    public Uri Url { get; }

    public int Id => _process.Id;

    public TimeSpan CpuTime => Running().TotalProcessorTime;

    /// <summary>Bytes of physical memory in use.</summary>
    /// <exception cref="InvalidOperationException">The process has ended.</exception>
    public long ResidentBytes
    {
        get
        {
            _process.Refresh();
            return Running().WorkingSet64;
        }
    }

    /// <summary>Starts a server and returns when its <c>/health</c> says ready.</summary>
    /// <param name="role">What it is in the comparison.</param>
    /// <param name="assembly">Name of its assembly, one of <see cref="ServerAssemblies"/>.</param>
    /// <param name="settings">Environment variables.</param>
    /// <param name="cancellationToken">Gives up and stops the server.</param>
    /// <exception cref="InvalidOperationException">It ended, or was not ready in time. The message has its last output.</exception>
    public static async Task<ServerProcess> StartAsync(
        string role, string assembly, IReadOnlyDictionary<string, string> settings, CancellationToken cancellationToken)
    {
        var path = ServerAssemblies.Find(assembly);
        var url = new Uri($"http://127.0.0.1:{FindFreePort()}");
        var start = new ProcessStartInfo(Programs.Dotnet)
        {
            WorkingDirectory = Path.GetDirectoryName(path),
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.ArgumentList.Add(path);
        ForeignVariables.RemoveFrom(start);
        start.Environment["ASPNETCORE_URLS"] = url.OriginalString;
        start.Environment["Logging__LogLevel__Default"] = "Warning";
        foreach (var (name, value) in settings)
        {
            start.Environment[name] = value;
        }

        var server = new ServerProcess(role, url, new Process { StartInfo = start });
        try
        {
            using var http = new HttpClient { BaseAddress = url, Timeout = AnswerTimeout };
            await server.WaitUntilAsync(
                "ready at /health",
                async token =>
                {
                    using var response = await http.GetAsync(new Uri("/health", UriKind.Relative), token);
                    return response.IsSuccessStatusCode ? null : $"it says {(int)response.StatusCode}";
                },
                cancellationToken);
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>Asks again and again until the answer is null, which means yes. Any other answer says why not.</summary>
    /// <exception cref="InvalidOperationException">The server ended, or the answer was not yes within 30 s.</exception>
    public async Task WaitUntilAsync(string what, Func<CancellationToken, Task<string?>> ask, CancellationToken cancellationToken)
    {
        var started = Stopwatch.GetTimestamp();
        string? reason = null;
        while (Stopwatch.GetElapsedTime(started) < StartTimeout)
        {
            if (_process.HasExited)
            {
                throw new InvalidOperationException($"The {Role} ended with exit code {_process.ExitCode} before it was {what}.{Tail()}");
            }

            try
            {
                reason = await ask(cancellationToken);
                if (reason is null)
                {
                    return;
                }
            }
            catch (Exception e) when (e is HttpRequestException or TaskCanceledException && !cancellationToken.IsCancellationRequested)
            {
                reason = e.Message;
            }

            await Task.Delay(PollInterval, cancellationToken);
        }

        throw new InvalidOperationException($"The {Role} was not {what} within {StartTimeout.TotalSeconds:0} s: {reason}.{Tail()}");
    }

    /// <summary>The last lines the server wrote, for an error message; empty if it wrote none.</summary>
    public string Tail()
    {
        lock (_tail)
        {
            return _tail.Count == 0 ? "" : $"\nLast output of the {Role}:\n  {string.Join("\n  ", _tail)}";
        }
    }

    public async ValueTask DisposeAsync()
    {
        // These servers keep nothing that a graceful stop would save.
        if (!_process.HasExited)
        {
            _process.Kill();
        }

        await _process.WaitForExitAsync(CancellationToken.None);
        _process.Dispose();
        if (_guard is not null)
        {
            await _guard.DisposeAsync();
        }
    }

    private Process Running() => _process.HasExited
        ? throw new InvalidOperationException($"The {Role} ended in the middle of the run, with exit code {_process.ExitCode}.{Tail()}")
        : _process;

    private static int FindFreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private void Keep(string? line)
    {
        if (line is null)
        {
            return;
        }

        lock (_tail)
        {
            _tail.Enqueue(line);
            if (_tail.Count > TailLines)
            {
                _tail.Dequeue();
            }
        }
    }
}
