using GenApi.Calls.Tests.Clients;

namespace GenApi.Calls.Tests.Running;

/// <summary>A gateway and nodes of the sample service, each a process of its own.</summary>
internal sealed class ProcessCluster : IAsyncDisposable
{
    private readonly List<ServerProcess> _nodes = [];

    private ProcessCluster(ServerProcess gateway)
    {
        Gateway = gateway;
        Api = new ApiClient(gateway.Address);
    }

    public ServerProcess Gateway { get; }

    public IReadOnlyList<ServerProcess> Nodes => _nodes;

    public ApiClient Api { get; }

    public string Alice { get; private set; } = "";

    public static async Task<ProcessCluster> StartAsync(int nodes, IReadOnlyDictionary<string, string>? gatewaySettings = null)
    {
        var cluster = new ProcessCluster(await ServerProcess.StartAsync(ServerProcess.Gateway,
        [
            new("GenApi__ClusterToken", Secrets.Cluster),
            new("GenApi__AdminToken", Secrets.Admin),
            new("GenApi__AdminActions__0", "*"),
            new("GenApi__Nodes__WatchInterval", "00:00:00.1"),
            new("GenApi__Nodes__LongestReconnectDelay", "00:00:00.2"),
            .. gatewaySettings ?? new Dictionary<string, string>(),
        ]));
        try
        {
            cluster.Alice = await cluster.Api.TokenAsync("alice");
            for (var i = 0; i < nodes; i++)
            {
                await cluster.StartNodeAsync();
            }

            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts a node and waits until calls reach it.</summary>
    public async Task<ServerProcess> StartNodeAsync(int port = 0)
    {
        var node = await ServerProcess.StartAsync(
            ServerProcess.SampleNode,
            [
                new("GenApi__ClusterToken", Secrets.Cluster),
                new("GenApi__Node__Gateways__0", Gateway.Address.ToString()),
                new("GenApi__Node__LeaseInterval", "00:00:00.5"),
                new("GenApi__Node__DrainTimeout", "00:00:30"),
            ],
            port);
        _nodes.Add(node);
        await Wait.UntilAsync(async () => (await Api.CallAsync("sample", "whoami", "{}", Alice)) is { Success: true } answer && ProcessOf(answer) == node.Id, "the node is reached");
        return node;
    }

    /// <summary>Pushes a function of the service <c>pushed</c> that the sample nodes run, found by their addresses.</summary>
    public async Task PushAsync(string name, string more)
    {
        var addresses = string.Join(',', _nodes.Select(node => $"\"{node.Address}\""));
        var answer = await Api.PushAsync("pushed", Guid.NewGuid().ToString("N"), $$"""{"request_type":"{{name}}","nodes":[{{addresses}}],{{more}}}""");
        Assert.Equal((200, "[]"), (answer.Status, answer.Body.GetProperty("rejected").GetRawText()));
    }

    /// <summary>The process that a sample function says it ran in.</summary>
    public static int ProcessOf(Answer answer) => answer.Result.GetProperty("process_id").GetInt32();

    public async ValueTask DisposeAsync()
    {
        Api.Dispose();
        foreach (var node in _nodes)
        {
            await node.DisposeAsync();
        }

        await Gateway.DisposeAsync();
    }
}

/// <summary>Callers that call one function again and again, over a few connections, until they are told to stop.</summary>
internal sealed class Load : IAsyncDisposable
{
    private const int Connections = 4;

    private readonly List<HubWire> _hubs = [];
    private readonly CancellationTokenSource _stop = new();
    private readonly Lock _gate = new();
    private readonly Dictionary<int, int> _answers = [];
    private readonly List<Answer> _failures = [];
    private Task _running = Task.CompletedTask;

    /// <summary>The answers so far, by the process that gave them.</summary>
    public IReadOnlyDictionary<int, int> Answers
    {
        get
        {
            lock (_gate)
            {
                return new Dictionary<int, int>(_answers);
            }
        }
    }

    public int Total => Answers.Values.Sum();

    public IReadOnlyList<Answer> Failures
    {
        get
        {
            lock (_gate)
            {
                return [.. _failures];
            }
        }
    }

    public static async Task<Load> StartAsync(ProcessCluster cluster, string service, string function, string args, int callers = 64)
    {
        var load = new Load();
        for (var i = 0; i < Connections; i++)
        {
            load._hubs.Add(await HubWire.ConnectAsync(cluster.Gateway.Address, cluster.Alice));
        }

        load._running = Task.WhenAll(Enumerable.Range(0, callers).Select(caller => load.CallAsync(load._hubs[caller % Connections], service, function, args)));
        return load;
    }

    public int AnswersOf(ServerProcess node) => Answers.GetValueOrDefault(node.Id);

    /// <summary>Waits for so many more answers of that process.</summary>
    public async Task MoreAsync(ServerProcess node, int count)
    {
        var wanted = AnswersOf(node) + count;
        await Wait.UntilAsync(() => AnswersOf(node) >= wanted || _running.IsFaulted, $"{count} more answers of {node.Id}; failed: {Failures.Count}");
        if (_running.IsFaulted)
        {
            await _running;
        }
    }

    /// <summary>Lets every caller finish the call it is in.</summary>
    public async Task StopAsync()
    {
        await _stop.CancelAsync();
        await Wait.For(_running);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        foreach (var hub in _hubs)
        {
            await hub.DisposeAsync();
        }

        await _running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stop.Dispose();
    }

    private async Task CallAsync(HubWire hub, string service, string function, string args)
    {
        while (!_stop.IsCancellationRequested)
        {
            var answer = await hub.CallAsync(HubWire.Request(service, function, args, Guid.NewGuid().ToString("N")));
            lock (_gate)
            {
                if (answer.Success)
                {
                    var process = ProcessCluster.ProcessOf(answer);
                    _answers[process] = _answers.GetValueOrDefault(process) + 1;
                }
                else
                {
                    _failures.Add(answer);
                }
            }
        }
    }
}
