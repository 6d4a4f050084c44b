using System.Diagnostics;
using System.Globalization;
using GenApi.Bench.Load;
using GenApi.Bench.Report;
using GenApi.Bench.Servers;

namespace GenApi.Bench.Scenarios;

/// <summary>What an idle connection costs the gateway in memory, against the bare hub.</summary>
internal sealed class MemoryScenario : IScenario
{
    private const string Subject = "genapi";
    private const string Baseline = "hub";
    private const int IdleConnections = 3000;

    /// <summary>
    /// Opened before the first reading. They use up the memory that the process has left over from its start and warm-up, which would
    /// otherwise hide part of what the counted connections need.
    /// </summary>
    private const int ConnectionsBefore = 500;

    private static readonly LoadShape IdleShape = new(ConnectionsBefore + IdleConnections, 1);
    private static readonly LoadShape WarmUpLoad = new(64, 1);
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan SettleInterval = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan SettleTimeout = TimeSpan.FromSeconds(10);

    public string Name => "mem";

    public string Title => "resident memory for each idle connection that has made one call, gateway (genapi) against bare hub (hub), after a full collection";

    public bool RunsByDefault => true;

    public async Task<ScenarioReport> RunAsync(BenchOptions options, IProgress<string> progress, CancellationToken cancellationToken)
    {
        var bytes = new Dictionary<string, List<double>> { [Baseline] = [], [Subject] = [] };
        for (var round = 1; round <= options.Rounds; round++)
        {
            // Fresh processes each round: memory that a server has once had, it seldom gives back.
            await using (var bare = await BareServer.StartAsync(cancellationToken))
            {
                await MeasureAsync(bare.Hub(Baseline), bare.Process, round);
            }

            await using (var cluster = await Cluster.StartAsync(cancellationToken))
            {
                await MeasureAsync(cluster.Hub(Subject), cluster.Gateway, round);
            }
        }

        return new ScenarioReport(
            Name,
            Title,
            [],
            [.. bytes.Select(entry => new MemoryReport(entry.Key, IdleConnections, entry.Value, Statistics.Median(entry.Value)))],
            [Statistics.Compare($"{Subject} / {Baseline}, memory for an idle connection", bytes[Subject], bytes[Baseline], new Target(1.3, 1.1))],
            Fairness.Notes());

        async Task MeasureAsync(Contender contender, ServerProcess server, int round)
        {
            var perConnection = await MeasureConnectionAsync(contender, server, cancellationToken);
            bytes[contender.Name].Add(perConnection);
            progress.Report(string.Create(
                CultureInfo.InvariantCulture, $"round {round} of {options.Rounds}, {contender.Name} {perConnection / 1024:0.0} KiB for each connection"));
        }
    }

    /// <summary>Bytes of resident memory that one more idle connection takes in the process it goes to.</summary>
    private static async Task<double> MeasureConnectionAsync(Contender contender, ServerProcess server, CancellationToken cancellationToken)
    {
        // Code that is compiled and pools that are filled by the first calls are not the connections' cost.
        await LoadRun.RunAsync(contender, WarmUpLoad, TimeSpan.Zero, WarmUp, cancellationToken);
        var connections = new List<LoadConnection>(IdleShape.Connections);
        try
        {
            await OpenAsync(contender, connections, ConnectionsBefore, cancellationToken);
            var before = await SettleAsync(server, cancellationToken);
            await OpenAsync(contender, connections, IdleShape.Connections, cancellationToken);
            var after = await SettleAsync(server, cancellationToken);
            return (double)(after - before) / IdleConnections;
        }
        finally
        {
            connections.ForEach(connection => connection.Dispose());
        }
    }

    /// <summary>Opens connections until there are <paramref name="count"/>, each of which has made one call.</summary>
    private static async Task OpenAsync(Contender contender, List<LoadConnection> connections, int count, CancellationToken cancellationToken)
    {
        // In the draining phase a connection makes its first call and no more.
        var phase = new LoadPhase { Current = Phase.Draining };
        while (connections.Count < count)
        {
            var connection = contender.Connect(phase, IdleShape);
            connections.Add(connection);
            await connection.OpenAsync(contender.Url, cancellationToken);
            connection.Start();
            await connection.Drained.WaitAsync(SettleTimeout, cancellationToken);
            if (connection.FirstError is { } error)
            {
                throw new InvalidOperationException($"{contender.Name}, connection {connections.Count}: {error}");
            }
        }
    }

    /// <summary>Resident bytes after full collections, once they have stopped falling.</summary>
    private static async Task<long> SettleAsync(ServerProcess server, CancellationToken cancellationToken)
    {
        var started = Stopwatch.GetTimestamp();
        var resident = long.MaxValue;
        while (true)
        {
            // The second collection takes what finalizers let go after the first.
            await FullCollection.RunAsync(server, cancellationToken);
            await FullCollection.RunAsync(server, cancellationToken);
            await Task.Delay(SettleInterval, cancellationToken);
            var now = server.ResidentBytes;
            if (now >= resident - (resident / 500) || Stopwatch.GetElapsedTime(started) > SettleTimeout)
            {
                return Math.Min(now, resident);
            }

            resident = now;
        }
    }
}
