using GenApi.Testing.Redis;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace GenApi.Gateway.Tests.Storage;

/// <summary>Where gateways keep what they share.</summary>
public enum Backend
{
    Memory,
    Redis,
    RedisCluster,
}

/// <summary>Gateways over each kind of store. The servers start when a test first needs them, and serve all tests of a class.</summary>
public sealed class Backends : IAsyncDisposable
{
    private readonly List<ServiceProvider> _gateways = [];
    private RedisServer? _server;
    private RedisCluster? _cluster;

    /// <summary>A row for each backend; those with Redis are skipped on a machine that has none.</summary>
    public static TheoryDataRow<Backend>[] All => [new(Backend.Memory), .. Shared];

    /// <summary>A row for each backend that several gateways can share.</summary>
    public static TheoryDataRow<Backend>[] Shared => [.. ((Backend[])[Backend.Redis, Backend.RedisCluster]).Select(backend => new TheoryDataRow<Backend>(backend) { Skip = RedisServer.Missing })];

    /// <summary>The servers of a backend that has been used.</summary>
    public IReadOnlyList<RedisServer> ServersOf(Backend backend) => backend switch
    {
        Backend.Redis => [_server!],
        Backend.RedisCluster => _cluster!.Masters,
        _ => [],
    };

    /// <summary>Sends a command to the server that has a key, whichever that is.</summary>
    public async Task<IReadOnlyList<string>> SendAsync(Backend backend, string command)
    {
        var answers = new List<string>();
        foreach (var server in ServersOf(backend))
        {
            answers.Add(await server.SendAsync(command));
        }

        return [.. answers.Where(answer => !answer.StartsWith("-MOVED", StringComparison.Ordinal))];
    }

    /// <summary>The services of a gateway over an empty store. It is not started: what it does in the background, a test does by hand.</summary>
    /// <param name="backend">Where it keeps what it shares.</param>
    /// <param name="time">Its clock.</param>
    /// <param name="settings">Its settings.</param>
    internal async Task<IServiceProvider> NewAsync(Backend backend, TimeProvider time, params (string Name, string Value)[] settings)
    {
        await StartAsync(backend);
        foreach (var server in ServersOf(backend))
        {
            Assert.Equal("+OK", await server.SendAsync("FLUSHALL"));
        }

        return Another(backend, time, settings);
    }

    /// <summary>The services of one more gateway over the same store, which must not be memory.</summary>
    internal IServiceProvider Another(Backend backend, TimeProvider time, params (string Name, string Value)[] settings)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration.AddInMemoryCollection([
            .. settings.Select(setting => new KeyValuePair<string, string?>(setting.Name, setting.Value)),
            new("ConnectionStrings:redis", ConnectionStringOf(backend)),
        ]);
        builder.Services.AddLogging();
        builder.Services.AddSingleton(time);
        builder.AddGenApiGateway();
        var gateway = builder.Services.BuildServiceProvider();
        _gateways.Add(gateway);
        return gateway;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var gateway in _gateways)
        {
            await gateway.DisposeAsync();
        }

        await (_server?.DisposeAsync() ?? default);
        await (_cluster?.DisposeAsync() ?? default);
    }

    private async Task StartAsync(Backend backend)
    {
        if (backend == Backend.Redis)
        {
            _server ??= await RedisServer.StartAsync();
        }
        else if (backend == Backend.RedisCluster)
        {
            _cluster ??= await RedisCluster.StartAsync();
        }
    }

    private string? ConnectionStringOf(Backend backend) => backend switch
    {
        Backend.Redis => _server!.ConnectionString,
        Backend.RedisCluster => _cluster!.ConnectionString,
        _ => null,
    };
}
