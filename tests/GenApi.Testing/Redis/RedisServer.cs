using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using GenApi.Testing.Processes;

namespace GenApi.Testing.Redis;

/// <summary>A real Redis server on a free loopback port, which a test can kill and start again.</summary>
public sealed class RedisServer : IAsyncDisposable
{
    private const int Attempts = 20;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("genapi-redis-");
    private readonly string[] _arguments;
    private Process? _process;
    private ProcessGuard? _guard;

    private RedisServer(string[] arguments) => _arguments = arguments;

    /// <summary>Why there can be no server on this machine; null where there can.</summary>
    public static string? Missing => Program is null ? "Neither redis-server nor valkey-server is on PATH." : null;

    public int Port { get; private set; }

    public int ProcessId => _process!.Id;

    public string ConnectionString => string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{Port}");

    private static string? Program => Programs.Find("redis-server") ?? Programs.Find("valkey-server");

    /// <summary>Starts a server that keeps each change on disk, so that it can be killed and come back with its data.</summary>
    /// <param name="arguments">More of the server's own options.</param>
    public static async Task<RedisServer> StartAsync(params string[] arguments)
    {
        var server = new RedisServer(arguments);
        try
        {
            for (var attempt = 1; ; attempt++)
            {
                server.Port = FreePort();
                try
                {
                    await server.StartAgainAsync();
                    return server;
                }
                catch (InvalidOperationException) when (attempt < Attempts)
                {
                    // Somebody else took the port.
                }
            }
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts the server after <see cref="KillAsync"/>, on the same port.</summary>
    /// <param name="empty">Without the data it had.</param>
    public async Task StartAgainAsync(bool empty = false)
    {
        if (empty)
        {
            _folder.Delete(recursive: true);
            _folder.Create();
        }

        var start = new ProcessStartInfo(
            Program ?? throw new InvalidOperationException(Missing),
            [
                "--bind", "127.0.0.1", "--port", Port.ToString(CultureInfo.InvariantCulture), "--dir", _folder.FullName, "--save", "",
                "--appendonly", "yes", "--appendfsync", "no", "--daemonize", "no", .. _arguments,
            ])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        var process = Process.Start(start)!;
        _guard = new ProcessGuard(process.Id);
        _process = process;
        process.OutputDataReceived += static (_, _) => { };
        process.ErrorDataReceived += static (_, _) => { };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        for (var answers = false; !answers;)
        {
            if (process.HasExited)
            {
                var exitCode = process.ExitCode;
                await KillAsync();
                throw new InvalidOperationException($"The Redis server on port {Port} ended with exit code {exitCode}.");
            }

            try
            {
                answers = await SendAsync("PING") == "+PONG";
            }
            catch (SocketException)
            {
                // Not listening yet.
            }

            if (!answers)
            {
                await Task.Delay(20);
            }
        }
    }

    /// <summary>Ends the server as a crash does.</summary>
    public async Task KillAsync()
    {
        if (_process is not { } process)
        {
            return;
        }

        _process = null;
        process.Kill();
        await process.WaitForExitAsync(CancellationToken.None);
        process.Dispose();
        await _guard!.DisposeAsync();
    }

    /// <summary>Sends a signal: STOP, CONT or TERM.</summary>
    public Task SignalAsync(string signal) => Signals.SendAsync(ProcessId, signal);

    /// <summary>Sends a command of plain words. The first line of its answer.</summary>
    public async Task<string> SendAsync(string command)
    {
        using var client = new TcpClient { NoDelay = true };
        await client.ConnectAsync(IPAddress.Loopback, Port);
        var stream = client.GetStream();
        await stream.WriteAsync(Encoding.UTF8.GetBytes($"{command}\r\n"));
        using var reader = new StreamReader(stream, Encoding.UTF8);
        return await reader.ReadLineAsync() ?? throw new IOException("The Redis server hung up.");
    }

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        _folder.Delete(recursive: true);
    }

    private static int FreePort()
    {
        // Below the range from which systems take ports for outgoing connections; a cluster's bus takes the port 10000 further up.
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        while (true)
        {
            try
            {
                listener.Bind(new IPEndPoint(IPAddress.Loopback, Random.Shared.Next(10_000, 20_000)));
                return ((IPEndPoint)listener.LocalEndPoint!).Port;
            }
            catch (SocketException)
            {
                // Taken; try another.
            }
        }
    }
}
