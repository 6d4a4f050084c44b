using GenApi.Cluster.Tests.Clients;

namespace GenApi.Cluster.Tests.Running;

/// <summary>A cluster for the tests of a class, or of a collection: started before the first, stopped after the last. It sends its telemetry to <see cref="Telemetry"/>.</summary>
public sealed class RunningCluster : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private AppHostProcess? _appHost;
    private OtlpCollector? _telemetry;
    private HttpCaller? _http;

    /// <summary>The cluster's processes.</summary>
    public AppHostProcess AppHost => _appHost ?? throw new InvalidOperationException("There is no cluster: the test lacks a ClusterFact attribute.");

    /// <summary>Takes the cluster's telemetry.</summary>
    public OtlpCollector Telemetry => _telemetry ?? throw new InvalidOperationException("There is no cluster: the test lacks a ClusterFact attribute.");

    /// <summary>Calls over HTTP.</summary>
    public HttpCaller Http => _http ?? throw new InvalidOperationException("There is no cluster: the test lacks a ClusterFact attribute.");

    /// <inheritdoc />
    public async ValueTask InitializeAsync()
    {
        if (Machine.CannotRunClusters is not null)
        {
            // Every test says so itself.
            return;
        }

        _telemetry = await OtlpCollector.StartAsync(CancellationToken.None);
        _appHost = await AppHostProcess.StartReadyAsync(new AppHostStart { Environment = _telemetry.Settings }, CancellationToken.None);
        _http = new HttpCaller(_appHost.Gateway, _appHost.AdminToken);
    }

    /// <summary>Calls until so many nodes have answered, from now on.</summary>
    /// <returns>Their process ids.</returns>
    public async Task<IReadOnlyList<int>> WaitUntilNodesAnswerAsync(int count, CancellationToken cancellationToken)
    {
        var token = await Http.CreateTokenAsync("alice", cancellationToken);
        var answered = new HashSet<int>();
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        timeout.CancelAfter(Patience);
        while (answered.Count < count)
        {
            var answer = await Http.CallAsync(token, "whoami", "{}", timeout.Token);
            if (answer.Success)
            {
                answered.Add(answer.ProcessId);
            }
        }

        return [.. answered];
    }

    /// <summary>Asserts that the cluster is as it was at its start: the same processes, all healthy, and calls are answered.</summary>
    public async Task AssertHealthyAsync(CancellationToken cancellationToken)
    {
        var running = AppHost.Processes.Select(process => process.Id).ToHashSet();
        Assert.All(AppHost.Resources, resource => Assert.Contains(resource.Pid, running));
        foreach (var resource in AppHost.Resources.Where(resource => resource.Address.StartsWith("http", StringComparison.Ordinal)))
        {
            Assert.Equal(200, await Http.GetStatusAsync(new Uri($"{resource.Address}/health"), null, cancellationToken));
        }

        var answer = await Http.CallAsync(await Http.CreateTokenAsync("alice", cancellationToken), "echo", """{"message":"still there"}""", cancellationToken);
        Assert.Equal("still there", answer.Result.GetProperty("message").GetString());
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        _http?.Dispose();
        if (_appHost is not null)
        {
            await _appHost.DisposeAsync();
        }

        if (_telemetry is not null)
        {
            await _telemetry.DisposeAsync();
        }
    }
}

/// <summary>The tests that share one cluster, because none of them harms it.</summary>
[CollectionDefinition(Name)]
public sealed class SharedCluster : ICollectionFixture<RunningCluster>
{
    public const string Name = "Shared cluster";
}

/// <summary>Shows what the cluster wrote when a test fails.</summary>
public abstract class ClusterTest(RunningCluster cluster) : IDisposable
{
    protected RunningCluster Cluster { get; } = cluster;

    protected static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <inheritdoc />
    public void Dispose()
    {
        if (TestContext.Current.TestState?.Result == TestResult.Failed)
        {
            TestContext.Current.TestOutputHelper?.WriteLine($"The cluster wrote last:\n{Cluster.AppHost.Output.Tail()}");
        }

        GC.SuppressFinalize(this);
    }
}
