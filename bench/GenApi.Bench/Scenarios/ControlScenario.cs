using GenApi.Bench.Load;
using GenApi.Bench.Report;
using GenApi.Bench.Servers;

namespace GenApi.Bench.Scenarios;

/// <summary>The bare servers against copies of themselves: the ratio must be 1, and how far it strays is what this machine's noise amounts to.</summary>
internal sealed class ControlScenario : IScenario
{
    private static readonly LoadShape[] HubLoads = [new(64, 1), new(16, 16), new(16, 16, Batched: true), new(1, 1)];
    private static readonly LoadShape[] HttpLoads = [new(64, 1), new(1, 1)];

    public string Name => "control";

    public string Title => "the bare hub and the bare minimal API, each against a second process of the same; the ratio should be 1";

    public bool RunsByDefault => false;

    public async Task<ScenarioReport> RunAsync(BenchOptions options, IProgress<string> progress, CancellationToken cancellationToken)
    {
        await using var first = await BareServer.StartAsync(cancellationToken);
        await using var second = await BareServer.StartAsync(cancellationToken);

        var loads = new List<LoadReport>();
        var ratios = new List<RatioReport>();
        foreach (var shape in HubLoads)
        {
            await RunAsync(shape, [first.Hub("hub"), second.Hub("hub-copy"), first.StringHub("hub-string")], "hub-copy", "hub");
        }

        foreach (var shape in HttpLoads)
        {
            await RunAsync(shape, [first.Http("http"), second.Http("http-copy")], "http-copy", "http");
        }

        return new ScenarioReport(Name, Title, loads, [], ratios, []);

        async Task RunAsync(LoadShape shape, Contender[] contenders, string subject, string baseline)
        {
            var load = await Contest.RunAsync(shape, contenders, options, progress, cancellationToken);
            loads.Add(load);
            ratios.AddRange(Contest.Compare(load, subject, baseline));
        }
    }
}
