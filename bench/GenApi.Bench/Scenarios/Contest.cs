using System.Globalization;
using GenApi.Bench.Load;
using GenApi.Bench.Report;

namespace GenApi.Bench.Scenarios;

/// <summary>
/// Puts contenders under the same load in turn, A B A B, over several short rounds: on a noisy machine neighbouring rounds are
/// disturbed alike, so their ratio holds when their rates do not.
/// </summary>
internal static class Contest
{
    public static async Task<LoadReport> RunAsync(
        LoadShape shape,
        IReadOnlyList<Contender> contenders,
        BenchOptions options,
        IProgress<string> progress,
        CancellationToken cancellationToken,
        string unit = "call")
    {
        var warmUps = new List<LoadRunResult>();
        foreach (var contender in contenders)
        {
            progress.Report($"{shape}: warming {contender.Name} up");
            warmUps.Add(await LoadRun.RunAsync(contender, shape, BenchOptions.RampUp, BenchOptions.WarmUp, cancellationToken));
        }

        var rounds = contenders.Select(_ => new List<LoadRunResult>()).ToArray();
        for (var round = 1; round <= options.Rounds; round++)
        {
            for (var i = 0; i < contenders.Count; i++)
            {
                var result = await LoadRun.RunAsync(contenders[i], shape, BenchOptions.RampUp, options.Window, cancellationToken);
                rounds[i].Add(result);
                progress.Report(string.Create(
                    CultureInfo.InvariantCulture, $"{shape}: round {round} of {options.Rounds}, {contenders[i].Name} {result.CallsPerSecond:#,0}/s"));
            }
        }

        return new LoadReport(shape.ToString(), [.. contenders.Select((contender, i) => Summarize(contender, warmUps[i], rounds[i]))]) { Unit = unit };
    }

    /// <summary>
    /// The ratios of two contenders under one load: of their rates, which is what the target is for, and of the CPU their servers use
    /// for a call, which does not depend on how much of the machine the generator takes.
    /// </summary>
    public static IEnumerable<RatioReport> Compare(LoadReport load, string subject, string baseline, Target? target = null)
    {
        var what = $"{subject} / {baseline}, {load.Load}";
        var of = load.Contenders.Single(contender => contender.Name == subject);
        var to = load.Contenders.Single(contender => contender.Name == baseline);
        yield return Statistics.Compare($"{what}: {load.Unit}s/s", of.CallsPerSecond, to.CallsPerSecond, target);

        if (of.CpuPerCall.Count > 1)
        {
            var first = of.CpuPerCall[0];
            yield return Statistics.Compare($"{what}: CPU per {load.Unit}, {first.Process} alone", first.Rounds, TotalCpu(to), null);
        }

        yield return Statistics.Compare(
            $"{what}: CPU per {load.Unit}, {string.Join(" + ", of.CpuPerCall.Select(process => process.Process))}", TotalCpu(of), TotalCpu(to), null);
    }

    /// <summary>CPU for each call in all server processes, a value for each round.</summary>
    private static double[] TotalCpu(ContenderReport contender) =>
        [.. Enumerable.Range(0, contender.CallsPerSecond.Count).Select(round => contender.CpuPerCall.Sum(process => process.Rounds[round]))];

    private static ContenderReport Summarize(Contender contender, LoadRunResult warmUp, List<LoadRunResult> rounds)
    {
        IReadOnlyList<LoadRunResult> all = [warmUp, .. rounds];
        return new ContenderReport(
            contender.Name,
            [.. rounds.Select(round => round.CallsPerSecond)],
            Statistics.Median(rounds.Select(round => round.CallsPerSecond)),
            Statistics.Percentiles([.. rounds.SelectMany(round => round.Latencies)]),
            [.. contender.Servers.Select(server => Cpu(server.Role, rounds, round => round.ServerCpu[server.Role]))],
            Cpu("generator", rounds, round => round.GeneratorCpu),
            rounds.Average(round => round.OthersShare),
            all.Sum(round => round.Errors),
            all.Select(round => round.FirstError).FirstOrDefault(error => error is not null));
    }

    private static ProcessCpu Cpu(string process, List<LoadRunResult> rounds, Func<LoadRunResult, TimeSpan> select)
    {
        double[] perCall = [.. rounds.Select(round => round.PerCall(select(round)))];
        return new ProcessCpu(process, Statistics.Median(perCall), perCall);
    }
}
