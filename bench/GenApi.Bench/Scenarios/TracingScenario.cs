using System.Net.Http.Headers;
using System.Text;
using GenApi.Bench.Load;
using GenApi.Bench.Report;
using GenApi.Bench.Servers;

namespace GenApi.Bench.Scenarios;

/// <summary>
/// What tracing costs: a gateway that can trace but does not, and one that traces every call, against one whose calls never ask
/// whether they are traced.
/// </summary>
internal sealed class TracingScenario : IScenario
{
    private const string Baseline = "never-asked";
    private const string Idle = "off";
    private const string Traced = "on";

    private static readonly LoadShape[] Loads = [new LoadShape(64, 1), new LoadShape(16, 16)];

    public string Name => "tracing";

    public string Title =>
        "sample/echo by hub: tracing possible but off (off), and every call traced with arguments and results (on), "
        + "against GenApi:Tracing:Enabled=false (never-asked)";

    public bool RunsByDefault => false;

    public async Task<ScenarioReport> RunAsync(BenchOptions options, IProgress<string> progress, CancellationToken cancellationToken)
    {
        await using var without = await Cluster.StartAsync(cancellationToken, settings: new Dictionary<string, string> { ["GenApi__Tracing__Enabled"] = "false" });
        await using var idle = await Cluster.StartAsync(cancellationToken);
        await using var traced = await Cluster.StartAsync(cancellationToken);
        await TraceAsync(traced, cancellationToken);
        Contender[] contenders = [without.Hub(Baseline), idle.Hub(Idle), traced.Hub(Traced)];

        var loads = new List<LoadReport>();
        var ratios = new List<RatioReport>();
        foreach (var shape in Loads)
        {
            var load = await Contest.RunAsync(shape, contenders, options, progress, cancellationToken);
            loads.Add(load);
            ratios.AddRange(Contest.Compare(load, Idle, Baseline));
            ratios.AddRange(Contest.Compare(load, Traced, Baseline));
        }

        return new ScenarioReport(Name, Title, loads, [], ratios, Fairness.Notes());
    }

    /// <summary>Nobody reads what the trace sees: it is made, finds no room, and is dropped.</summary>
    private static async Task TraceAsync(Cluster cluster, CancellationToken cancellationToken)
    {
        using var http = new HttpClient { BaseAddress = cluster.Gateway.Url, Timeout = ServerProcess.AnswerTimeout };
        using var request = new HttpRequestMessage(HttpMethod.Post, "/admin/trace")
        {
            Content = new StringContent("""{"target":"functions","duration_ms":3600000}""", Encoding.UTF8, "application/json"),
            Headers = { Authorization = new AuthenticationHeaderValue("Bearer", cluster.AdminToken) },
        };
        using var response = await http.SendAsync(request, cancellationToken);
        response.EnsureSuccessStatusCode();
    }
}
