using System.Diagnostics;
using System.Globalization;
using GenApi.Testing.Redis;

namespace GenApi.Bench.Servers;

/// <summary>A Redis server that keeps nothing on disk, as one process of a contender.</summary>
internal sealed class RedisProcess : IMeasuredProcess, IAsyncDisposable
{
    private const string CountScripts = "EVAL \"return tonumber(string.match(redis.call('INFO','commandstats'),'cmdstat_evalsha:calls=(%d+)')or'0')\" 0";

    private readonly RedisServer _server;
    private readonly Process _process;

    private RedisProcess(RedisServer server)
    {
        _server = server;
        _process = Process.GetProcessById(server.ProcessId);
    }

    public string Role => "redis";

    public string ConnectionString => _server.ConnectionString;

    public TimeSpan CpuTime => _process.HasExited
        ? throw new InvalidOperationException("The Redis server ended in the middle of the run.")
        : _process.TotalProcessorTime;

    /// <exception cref="InvalidOperationException">There is no Redis on this machine, or it did not start.</exception>
    public static async Task<RedisProcess> StartAsync() => RedisServer.Missing is { } missing
        ? throw new InvalidOperationException(missing)
        : new RedisProcess(await RedisServer.StartAsync("--appendonly", "no"));

    /// <summary>How many scripts it has run since it started, called by their hash.</summary>
    public async Task<long> CountScriptsAsync() => await _server.SendAsync(CountScripts) is [':', .. var count]
        ? long.Parse(count, CultureInfo.InvariantCulture)
        : throw new InvalidOperationException("The Redis server does not say how many scripts it has run.");

    public async ValueTask DisposeAsync()
    {
        _process.Dispose();
        await _server.DisposeAsync();
    }
}
