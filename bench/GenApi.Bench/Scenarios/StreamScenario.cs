using GenApi.Bench.Load;
using GenApi.Bench.Report;
using GenApi.Bench.Servers;

namespace GenApi.Bench.Scenarios;

/// <summary>A chunk of a stream through gateway and node against an item of a hub that does nothing but make items.</summary>
internal sealed class StreamScenario : IScenario
{
    private const string Subject = "genapi";
    private const string Baseline = "hub";

    private static readonly LoadShape[] Loads = [new LoadShape(1, 1), new LoadShape(16, 1)];

    public string Name => "stream";

    public string Title =>
        "chunks of sample/ticks by hub method Stream through gateway and node (genapi), in streams of 10 000 chunks of about 100 bytes that follow one another, "
        + "against the items of a bare SignalR hub with the same messages (hub); the latency of a chunk is the time since the one before it";

    public bool RunsByDefault => false;

    public async Task<ScenarioReport> RunAsync(BenchOptions options, IProgress<string> progress, CancellationToken cancellationToken)
    {
        await using var bare = await BareServer.StartAsync(cancellationToken);
        await using var cluster = await Cluster.StartAsync(cancellationToken);
        Contender[] contenders = [bare.Stream(Baseline), cluster.Stream(Subject)];

        var loads = new List<LoadReport>();
        var ratios = new List<RatioReport>();
        foreach (var shape in Loads)
        {
            var load = await Contest.RunAsync(shape, contenders, options, progress, cancellationToken, "chunk");
            loads.Add(load);
            ratios.AddRange(Contest.Compare(load, Subject, Baseline, new Target(0.7, 0.9)));
        }

        return new ScenarioReport(Name, Title, loads, [], ratios, Fairness.Notes());
    }
}
