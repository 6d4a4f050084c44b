using GenApi.Bench.Load;
using GenApi.Bench.Report;
using GenApi.Bench.Servers;

namespace GenApi.Bench.Scenarios;

/// <summary>The same call by HTTP against a minimal API that does nothing but answer.</summary>
internal sealed class HttpScenario : IScenario
{
    private const string Subject = "genapi-http";
    private const string Baseline = "http";

    private static readonly (LoadShape Shape, Target? Target)[] Loads =
    [
        (new LoadShape(64, 1), new Target(0.5, 0.8)),
        (new LoadShape(1, 1), null),
    ];

    public string Name => "http";

    public string Title => "POST /api/sample/echo through gateway and node (genapi-http), against a bare minimal API with the same messages (http)";

    public bool RunsByDefault => true;

    public async Task<ScenarioReport> RunAsync(BenchOptions options, IProgress<string> progress, CancellationToken cancellationToken)
    {
        await using var bare = await BareServer.StartAsync(cancellationToken);
        await using var cluster = await Cluster.StartAsync(cancellationToken);
        Contender[] contenders = [bare.Http(Baseline), cluster.Http(Subject)];

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
