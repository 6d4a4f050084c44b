using GenApi.Calls.Tests.Clients;
using GenApi.Gateway;
using GenApi.Node;
using GenApi.Node.Functions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.DependencyInjection;

namespace GenApi.Calls.Tests.Running;

/// <summary>What a cluster is made of.</summary>
internal sealed record ClusterOptions
{
    /// <summary>The names of its nodes.</summary>
    public IReadOnlyList<string> Nodes { get; init; } = ["a", "b"];

    public IReadOnlyDictionary<string, string?> GatewaySettings { get; init; } = new Dictionary<string, string?>();

    public IReadOnlyDictionary<string, string?> NodeSettings { get; init; } = new Dictionary<string, string?>();

    /// <summary>Whether the gateway has the functions of the nodes too, for <c>nodes: "local"</c>.</summary>
    public bool HostsFunctions { get; init; }

    public Action<WebApplicationBuilder>? ConfigureGateway { get; init; }

    /// <summary>More functions for each node, which has this name.</summary>
    public Action<NodeBuilder, string>? ConfigureNode { get; init; }
}

/// <summary>A gateway and some nodes in this process, over real sockets.</summary>
internal sealed class Cluster : IAsyncDisposable
{
    private readonly Dictionary<string, TestApp> _nodes = [];
    private readonly ClusterOptions _options;
    private int _pushes;

    private Cluster(ClusterOptions options) => _options = options;

    public TestApp Gateway { get; private set; } = null!;

    public ApiClient Api { get; private set; } = null!;

    public Gates Gates { get; } = new();

    /// <summary>A token of the user alice, who has no roles.</summary>
    public string Alice { get; private set; } = "";

    public IReadOnlyDictionary<string, TestApp> Nodes => _nodes;

    public static async Task<Cluster> StartAsync(ClusterOptions? options = null)
    {
        var cluster = new Cluster(options ?? new ClusterOptions());
        try
        {
            await cluster.StartGatewayAsync();
            foreach (var node in cluster._options.Nodes)
            {
                await cluster.StartNodeAsync(node);
            }

            await cluster.ReachableAsync(cluster._options.Nodes);
            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    public Task<HubWire> HubAsync(string? token = null) => HubWire.ConnectAsync(Gateway.Address, token ?? Alice);

    /// <summary>Starts one more node.</summary>
    /// <param name="name">What the node's functions call it.</param>
    /// <param name="port">Its port; 0: any.</param>
    public async Task<TestApp> StartNodeAsync(string name, int port = 0)
    {
        var settings = new Dictionary<string, string?>
        {
            ["GenApi:ClusterToken"] = Secrets.Cluster,
            ["GenApi:Node:Gateways:0"] = Gateway.Address.ToString(),
            ["GenApi:Node:LeaseInterval"] = "00:00:00.2",
            ["GenApi:Node:DrainTimeout"] = "00:00:30",
        };
        foreach (var (key, value) in _options.NodeSettings)
        {
            settings[key] = value;
        }

        var node = await TestApp.StartAsync(
            settings,
            builder => builder.AddGenApiNode(Functions.Service, functions =>
            {
                Functions.Map(functions, name, Gates);
                _options.ConfigureNode?.Invoke(functions, name);
            }),
            app => app.MapGenApiNode(),
            port);
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

    /// <summary>Pushes functions of a service of their own, which run on these nodes by the functions' names there.</summary>
    /// <param name="service">The service.</param>
    /// <param name="functions">Function configs in JSON, with a comma in between.</param>
    /// <param name="nodes">The names of the nodes; none: the configs say themselves where they run.</param>
    public async Task PushAsync(string service, string functions, params IReadOnlyList<string> nodes)
    {
        var version = $"{Interlocked.Increment(ref _pushes)}";
        foreach (var address in nodes.Count == 0 ? [null] : nodes.Select(node => (Uri?)_nodes[node].Address))
        {
            var answer = await Api.PushAsync(service, version, functions, address);
            Assert.True(answer.Status == 200, $"{answer.Body} {string.Join('\n', Gateway.Log.TakeLast(5))}");
            Assert.Equal("[]", answer.Body.GetProperty("rejected").GetRawText());
        }
    }

    /// <summary>Calls a function by HTTP, as alice.</summary>
    public Task<Answer> CallAsync(string service, string function, string args = "{}", string? version = null) =>
        Api.CallAsync(service, function, args, Alice, version);

    /// <summary>Waits until calls reach each of these nodes.</summary>
    public async Task ReachableAsync(params IReadOnlyList<string> nodes)
    {
        var missing = nodes.ToHashSet();
        await Wait.UntilAsync(async () =>
        {
            if (missing.Count == 0)
            {
                return true;
            }

            var answer = await CallAsync(Functions.Service, "node");
            return answer.Status == 200 && missing.Remove(answer.Result.GetString()!) && missing.Count == 0;
        });
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var name in _nodes.Keys.ToList())
        {
            await StopNodeAsync(name);
        }

        Api?.Dispose();
        if (Gateway is not null)
        {
            await Gateway.DisposeAsync();
        }
    }

    private async Task StartGatewayAsync()
    {
        var settings = new Dictionary<string, string?>
        {
            ["GenApi:ClusterToken"] = Secrets.Cluster,
            ["GenApi:AdminToken"] = Secrets.Admin,
            ["GenApi:AdminActions:0"] = "*",
            ["GenApi:Nodes:WatchInterval"] = "00:00:00.05",
            ["GenApi:Nodes:LongestReconnectDelay"] = "00:00:00.1",

            // What tests push on a node's behalf, nobody renews.
            ["GenApi:Nodes:LeaseExpiry"] = "00:10:00",
        };
        foreach (var (key, value) in _options.GatewaySettings)
        {
            settings[key] = value;
        }

        Gateway = await TestApp.StartAsync(
            settings,
            builder =>
            {
                builder.AddGenApiGateway();
                if (_options.HostsFunctions)
                {
                    builder.AddLocalFunctions("hosted", functions => Functions.Map(functions, "gateway", Gates));
                }

                // The keys of the tests' tokens are nobody else's business, and not the disk's.
                builder.Services.AddDataProtection().UseEphemeralDataProtectionProvider();
                _options.ConfigureGateway?.Invoke(builder);
            },
            app => app.MapGenApiGateway());
        Api = new ApiClient(Gateway.Address);
        Alice = await Api.TokenAsync("alice");
    }
}
