using System.Globalization;
using GenApi.Bench.Frames;
using GenApi.Bench.Load;
using GenApi.Bench.Report;

namespace GenApi.Bench.Scenarios;

/// <summary>The link alone, without calls: frames there and back, against the same frames on bare sockets.</summary>
internal sealed class LinkScenario : IScenario
{
    private const int Link = 0;
    private const int Tcp = 1;
    private const int TcpEach = 2;

    private static readonly string[] Contenders = ["link", "tcp", "tcp-each"];
    private static readonly int[] Loads = [1, 64, 256];
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(1);

    public string Name => "link";

    public string Title =>
        "frames of 100 bytes there and back on one connection, both ends in this process: the link over its WebSocket (link), against bare sockets whose "
        + "answers to the frames of one read leave in one write (tcp), or in a write each (tcp-each)";

    public bool RunsByDefault => false;

    public bool WantsInlineSockets => false;

    public async Task<ScenarioReport> RunAsync(BenchOptions options, IProgress<string> progress, CancellationToken cancellationToken)
    {
        await using var link = await FramePair.OpenLinkAsync(cancellationToken);
        await using var tcp = await FramePair.OpenTcpAsync(together: true, cancellationToken);
        await using var tcpEach = await FramePair.OpenTcpAsync(together: false, cancellationToken);
        FramePair[] pairs = [link, tcp, tcpEach];

        var rates = new List<RateReport>();
        var ratios = new List<RatioReport>();
        var notes = new List<string>();
        foreach (var inFlight in Loads)
        {
            foreach (var pair in pairs)
            {
                await pair.RunAsync(inFlight, WarmUp, cancellationToken);
            }

            var rounds = pairs.Select(_ => new List<FrameFigures>()).ToArray();
            var machine = MachineCpu.Read();
            var own = Environment.CpuUsage.TotalTime;
            var started = TimeProvider.System.GetTimestamp();
            for (var round = 1; round <= options.Rounds; round++)
            {
                for (var index = 0; index < pairs.Length; index++)
                {
                    var figures = await pairs[index].RunAsync(inFlight, options.Window, cancellationToken);
                    rounds[index].Add(figures);
                    progress.Report(string.Create(
                        CultureInfo.InvariantCulture, $"{inFlight} in flight: round {round} of {options.Rounds}, {Contenders[index]} {figures.PerSecond:#,0}/s"));
                }
            }

            double[][] perSecond = [.. rounds.Select(list => list.Select(figures => figures.PerSecond).ToArray())];
            double[][] cpu = [.. rounds.Select(list => list.Select(figures => figures.CpuMicroseconds).ToArray())];
            rates.AddRange(Contenders.Select((name, index) => new RateReport(
                $"{name}, {inFlight} in flight",
                perSecond[index],
                Statistics.Median(perSecond[index]),
                Statistics.Median(rounds[index].Select(figures => figures.Bytes)))));
            ratios.Add(Statistics.Compare($"link / tcp, {inFlight} in flight: frames/s", perSecond[Link], perSecond[Tcp], new Target(0.7, 0.9)));
            ratios.Add(Statistics.Compare($"link / tcp, {inFlight} in flight: CPU per frame", cpu[Link], cpu[Tcp], null));
            ratios.Add(Statistics.Compare($"link / tcp-each, {inFlight} in flight: frames/s", perSecond[Link], perSecond[TcpEach], null));
            var seconds = TimeProvider.System.GetElapsedTime(started).TotalSeconds * Environment.ProcessorCount;
            var others = MachineCpu.Read() is { } now && machine is { } then
                ? Math.Max(0, now.BusyShareSince(then) - ((Environment.CpuUsage.TotalTime - own).TotalSeconds / seconds)).ToString("0 %", CultureInfo.InvariantCulture)
                : "?";
            notes.Add(string.Create(
                CultureInfo.InvariantCulture,
                $"{inFlight} in flight, CPU us for a frame there and back: {string.Join(", ", Contenders.Select((name, index) => $"{name} {Statistics.Median(cpu[index]):0.0}"))}; others {others}"));
        }

        return new ScenarioReport(Name, Title, [], [], ratios, notes) { Rates = rates };
    }
}
