using GenApi.Gateway.Tests.Clients;
using GenApi.Node;
using GenApi.Node.Functions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.DependencyInjection;

namespace GenApi.Gateway.Tests.Cluster;

/// <summary>A gateway and some nodes in this process, over real sockets.</summary>
internal sealed class TestCluster : IAsyncDisposable
{
    public const string ClusterToken = "the-cluster-token-of-the-tests";
    public const string AdminToken = "the-admin-token-of-the-tests";

    private readonly Dictionary<string, TestApp> _nodes = [];
    private readonly TestClusterOptions _options;
    private readonly List<TestApp> _others = [];
    private readonly List<HttpClient> _clients = [];
    private HttpClient? _http;

    private TestCluster(TestClusterOptions options) => _options = options;

    public TestApp Gateway { get; private set; } = null!;

    public Gates Gates { get; } = new();

    public ShiftedTime Time { get; } = new();

    public ApiClient Api => new(_http ??= new HttpClient(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = Gateway.Address });

    public IReadOnlyDictionary<string, TestApp> Nodes => _nodes;

    public static Task<TestCluster> StartAsync(params string[] nodes) => StartAsync(new TestClusterOptions { Nodes = nodes });

    public static async Task<TestCluster> StartAsync(TestClusterOptions options)
    {
        var cluster = new TestCluster(options);
        try
        {
            cluster.Gateway = await cluster.StartGatewayAsync(0);
            foreach (var node in options.Nodes)
            {
                await cluster.StartNodeAsync(node);
            }

            await cluster.ReachableAsync(options.Nodes);
            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts one more gateway. Only with a Redis in the settings do the gateways know of one another.</summary>
    /// <param name="settings">More settings; null: none.</param>
    public async Task<TestApp> StartAnotherGatewayAsync(IReadOnlyDictionary<string, string?>? settings = null)
    {
        var gateway = await StartGatewayAsync(0, settings);
        _others.Add(gateway);
        return gateway;
    }

    /// <summary>How to call through a gateway.</summary>
    public ApiClient ApiOf(TestApp gateway)
    {
        var http = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = gateway.Address };
        _clients.Add(http);
        return new ApiClient(http);
    }

    /// <summary>Starts one more node.</summary>
    /// <param name="name">What the function <c>node</c> answers.</param>
    /// <param name="settings">More settings; null: none.</param>
    public async Task<TestApp> StartNodeAsync(string name, IReadOnlyDictionary<string, string?>? settings = null)
    {
        var all = new Dictionary<string, string?>
        {
            ["GenApi:ClusterToken"] = ClusterToken,
            ["GenApi:Node:Gateways:0"] = Gateway.Address.ToString(),
            ["GenApi:Node:LeaseInterval"] = "00:00:00.1",
            ["GenApi:Node:DrainTimeout"] = "00:00:30",
        };
        foreach (var (key, value) in (settings ?? new Dictionary<string, string?>()).Concat(_options.NodeSettings))
        {
            all[key] = value;
        }

        var node = await TestApp.StartAsync(
            all,
            builder =>
            {
                builder.AddGenApiNode(_options.Service, functions =>
                {
                    TestFunctions.Map(functions, name, Gates);
                    _options.MoreFunctions?.Invoke(functions, Gates);
                });
                _options.ConfigureNode?.Invoke(builder);
            },
            app =>
            {
                app.MapGenApiNode();
                _options.MapNode?.Invoke(app, name, Gates);
            });
        _nodes[name] = node;
        return node;
    }

    /// <summary>Stops a node as SIGTERM does, and completes when it has ended.</summary>
    public async Task StopNodeAsync(string name)
    {
        if (_nodes.Remove(name, out var node))
        {
            await node.StopAsync();
            await node.DisposeAsync();
        }
    }

    /// <summary>Ends the gateway and starts another on the same port, which knows nothing.</summary>
    /// <param name="meanwhile">What happens while there is none; null: nothing.</param>
    public async Task RestartGatewayAsync(Func<Task>? meanwhile = null)
    {
        var port = Gateway.Address.Port;
        await Gateway.StopAsync();
        await Gateway.DisposeAsync();
        await (meanwhile?.Invoke() ?? Task.CompletedTask);
        Gateway = await StartGatewayAsync(port);
    }

    /// <summary>Waits until calls reach each of these nodes.</summary>
    public async Task ReachableAsync(params IReadOnlyList<string> nodes)
    {
        var missing = nodes.ToHashSet();
        var token = missing.Count == 0 ? null : await Api.TokenAsync("fixture");
        await Wait.UntilAsync(async () =>
        {
            if (missing.Count == 0)
            {
                return true;
            }

            var answer = await Api.CallAsync(_options.Service, "node", "{}", token);
            return answer.Status == 200 && missing.Remove(answer.Result.GetString()!) && missing.Count == 0;
        });
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var name in _nodes.Keys.ToList())
        {
            await StopNodeAsync(name);
        }

        _http?.Dispose();
        _clients.ForEach(client => client.Dispose());
        foreach (var other in _others)
        {
            await other.DisposeAsync();
        }

        if (Gateway is not null)
        {
            await Gateway.DisposeAsync();
        }
    }

    private Task<TestApp> StartGatewayAsync(int port, IReadOnlyDictionary<string, string?>? more = null)
    {
        var settings = new Dictionary<string, string?>
        {
            ["GenApi:ClusterToken"] = ClusterToken,
            ["GenApi:AdminToken"] = AdminToken,
            ["GenApi:AdminActions:0"] = "*",
            ["GenApi:Nodes:WatchInterval"] = "00:00:00.05",
            ["GenApi:Nodes:LongestReconnectDelay"] = "00:00:00.1",
        };
        foreach (var (key, value) in _options.GatewaySettings.Concat(more ?? new Dictionary<string, string?>()))
        {
            settings[key] = value;
        }

        return TestApp.StartAsync(
            settings,
            builder =>
            {
                builder.Services.AddSingleton<TimeProvider>(Time);
                builder.AddGenApiGateway();

                // The keys of the tests' tokens are nobody else's business, and not the disk's. Redis is the test's own.
                if (!settings.ContainsKey("ConnectionStrings:redis"))
                {
                    builder.Services.AddDataProtection().UseEphemeralDataProtectionProvider();
                }

                _options.ConfigureGateway?.Invoke(builder);
            },
            app => app.MapGenApiGateway(),
            port);
    }
}

/// <summary>What a cluster is made of.</summary>
internal sealed record TestClusterOptions
{
    public IReadOnlyList<string> Nodes { get; init; } = [];

    public string Service { get; init; } = TestFunctions.Service;

    public IReadOnlyDictionary<string, string?> GatewaySettings { get; init; } = new Dictionary<string, string?>();

    public IReadOnlyDictionary<string, string?> NodeSettings { get; init; } = new Dictionary<string, string?>();

    public Action<WebApplicationBuilder>? ConfigureGateway { get; init; }

    public Action<WebApplicationBuilder>? ConfigureNode { get; init; }

    /// <summary>Maps more endpoints of a node, which is known by its name.</summary>
    public Action<WebApplication, string, Gates>? MapNode { get; init; }

    /// <summary>What nodes can do beside <see cref="TestFunctions"/>.</summary>
    public Action<NodeBuilder, Gates>? MoreFunctions { get; init; }
}
