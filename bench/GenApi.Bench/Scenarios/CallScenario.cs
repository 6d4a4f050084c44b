using GenApi.Bench.Load;
using GenApi.Bench.Report;
using GenApi.Bench.Servers;

namespace GenApi.Bench.Scenarios;

/// <summary>A call through gateway and node against a hub that does nothing but answer.</summary>
internal sealed class CallScenario : IScenario
{
    private const string Subject = "genapi";
    private const string Baseline = "hub";

    private static readonly (LoadShape Shape, Target? Target)[] Loads =
    [
        (new LoadShape(64, 1), new Target(0.65, 0.85)),
        (new LoadShape(16, 16), new Target(0.80, 0.95)),
        (new LoadShape(16, 16, Batched: true), null),
        (new LoadShape(1, 1), null),
    ];

    public string Name => "call";

    public string Title =>
        "sample/echo by hub method Call through gateway and node (genapi), "
        + "against a bare SignalR hub with the same messages (hub) and one that echoes a string (hub-string)";

    public bool RunsByDefault => true;

    public async Task<ScenarioReport> RunAsync(BenchOptions options, IProgress<string> progress, CancellationToken cancellationToken)
    {
        await using var bare = await BareServer.StartAsync(cancellationToken);
        await using var cluster = await Cluster.StartAsync(cancellationToken);
        Contender[] contenders = [bare.Hub(Baseline), cluster.Hub(Subject), bare.StringHub("hub-string")];

        var loads = new List<LoadReport>();
        var ratios = new List<RatioReport>();
        foreach (var (shape, target) in Loads)
        {
            var load = await Contest.RunAsync(shape, contenders, options, progress, cancellationToken);
            loads.Add(load);
            ratios.AddRange(Contest.Compare(load, Subject, Baseline, target));
        }

        return new ScenarioReport(Name, Title, loads, [], ratios, Fairness.Notes());
    }
}
