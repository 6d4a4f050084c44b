using GenApi.Testing.Redis;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace GenApi.Gateway.Tests.Storage;

/// <summary>What a store's tests run on.</summary>
public enum StoreKind
{
    Memory,
    Redis,
    RedisCluster,
}

/// <summary>The services of a gateway that is not started, on a store of that kind.</summary>
internal sealed class StoreServices : IAsyncDisposable
{
    private readonly IAsyncDisposable? _server;
    private readonly string? _connectionString;
    private readonly List<ServiceProvider> _gateways = [];

    private StoreServices(IAsyncDisposable? server, string? connectionString, params IReadOnlyList<RedisServer> servers)
    {
        _server = server;
        _connectionString = connectionString;
        Servers = servers;
    }

    /// <summary>The servers that were started: none, one, or the masters of a cluster.</summary>
    public IReadOnlyList<RedisServer> Servers { get; }

    public static async Task<StoreServices> StartAsync(StoreKind kind)
    {
        switch (kind)
        {
            case StoreKind.Redis:
                var server = await RedisServer.StartAsync();
                return new StoreServices(server, server.ConnectionString, server);
            case StoreKind.RedisCluster:
                var cluster = await RedisCluster.StartAsync();
                return new StoreServices(cluster, cluster.ConnectionString, cluster.Masters);
            default:
                return new StoreServices(null, null);
        }
    }

    /// <summary>On a Redis of the test's own.</summary>
    public static StoreServices On(string connectionString) => new(null, connectionString);

    /// <summary>The services of every gateway so far.</summary>
    public IReadOnlyList<ServiceProvider> Gateways => _gateways;

    /// <summary>The services of one more gateway. On a store in memory there is one only, so it is the same.</summary>
    public ServiceProvider Gateway(params (string Name, string Value)[] settings) => Gateway(TimeProvider.System, settings);

    /// <summary>The same, with a clock of the test's own.</summary>
    public ServiceProvider Gateway(TimeProvider time, params (string Name, string Value)[] settings)
    {
        if (_connectionString is null && _gateways.Count > 0)
        {
            return _gateways[0];
        }

        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration.AddInMemoryCollection([
            new("ConnectionStrings:redis", _connectionString),
            .. settings.Select(setting => new KeyValuePair<string, string?>(setting.Name, setting.Value)),
        ]);
        builder.Services.AddLogging();
        builder.Services.AddSingleton(time);
        builder.AddGenApiGateway();
        var gateway = builder.Services.BuildServiceProvider();
        _gateways.Add(gateway);
        return gateway;
    }

    /// <summary>Sends a command to all servers. The answers of those that have its key.</summary>
    public async Task<IReadOnlyList<string>> SendAsync(string command)
    {
        var answers = await Task.WhenAll(Servers.Select(server => server.SendAsync(command)));
        return [.. answers.Where(answer => !answer.StartsWith("-MOVED", StringComparison.Ordinal))];
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var gateway in _gateways)
        {
            await gateway.DisposeAsync();
        }

        await (_server?.DisposeAsync() ?? default);
    }
}
