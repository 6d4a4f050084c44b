using System.Globalization;

namespace GenApi.Bench.Report;

/// <summary>Prints reports as tables.</summary>
internal sealed class ReportPrinter(TextWriter output)
{
    public void PrintHead(BenchReport report) => output.WriteLine(string.Create(
        CultureInfo.InvariantCulture,
        $"{report.Machine}. {report.Rounds} rounds of {report.Seconds:0.##} s for each contender, in turn."));

    public void Print(ScenarioReport scenario)
    {
        output.WriteLine();
        output.WriteLine($"{scenario.Name}: {scenario.Title}");
        foreach (var note in scenario.Notes)
        {
            output.WriteLine($"  Note: {note}");
        }

        foreach (var load in scenario.Loads)
        {
            Print(load);
        }

        if (scenario.Rates.Count > 0)
        {
            Print(scenario.Rates);
        }

        if (scenario.Memory.Count > 0)
        {
            Print(scenario.Memory);
        }
    }

    /// <summary>The ratios of all scenarios, which is what a reader looks for first.</summary>
    public void PrintRatios(BenchReport report)
    {
        var table = new TextTable("ratio", "median", "min", "max", "bound", "aim", "");
        foreach (var (scenario, ratio) in report.Scenarios.SelectMany(scenario => scenario.Ratios, (scenario, ratio) => (scenario, ratio)))
        {
            table.Add(
                $"{scenario.Name}: {ratio.What}",
                Ratio(ratio.Median),
                Ratio(ratio.Min),
                Ratio(ratio.Max),
                ratio.Target is null ? "" : (ratio.Target.LessIsBetter ? "<= " : ">= ") + Ratio(ratio.Target.Bound),
                ratio.Target is null ? "" : Ratio(ratio.Target.Aim),
                ratio.Target?.Judge(ratio.Median) ?? "");
        }

        output.WriteLine();
        output.WriteLine("Ratios, round by round:");
        table.Write(output);
    }

    public void PrintErrors(BenchReport report)
    {
        output.WriteLine();
        if (report.Errors == 0)
        {
            output.WriteLine("No errors: every call was answered once, with success and its own message.");
            return;
        }

        output.WriteLine($"FAILED: {report.Errors} calls were not answered as they must be.");
        foreach (var scenario in report.Scenarios)
        {
            foreach (var (load, contender) in scenario.Loads.SelectMany(load => load.Contenders, (load, contender) => (load, contender)))
            {
                if (contender.Errors > 0)
                {
                    output.WriteLine($"  {scenario.Name}, {load.Load}, {contender.Name}: {contender.Errors}, the first: {contender.FirstError}");
                }
            }
        }
    }

    private void Print(LoadReport load)
    {
        output.WriteLine();
        output.WriteLine($"  {load.Load} (connections x in flight)");
        string[] beside = [.. load.Contenders.SelectMany(contender => contender.CpuPerCall.Skip(2)).Select(process => process.Process).Distinct()];
        var table = new TextTable(
        [
            "", $"{load.Unit}s/s", "min", "max", "p50 ms", "p90 ms", "p99 ms", "max ms", $"CPU us/{load.Unit}: server", "node", .. beside, "generator", "others",
            "errors",
        ]);
        foreach (var contender in load.Contenders)
        {
            table.Add(
            [
                contender.Name,
                Whole(contender.MedianCallsPerSecond),
                Whole(contender.CallsPerSecond.Min()),
                Whole(contender.CallsPerSecond.Max()),
                Milliseconds(contender.Latency.P50),
                Milliseconds(contender.Latency.P90),
                Milliseconds(contender.Latency.P99),
                Milliseconds(contender.Latency.Max),
                Tenth(contender.CpuPerCall[0].Microseconds),
                contender.CpuPerCall.Count > 1 ? Tenth(contender.CpuPerCall[1].Microseconds) : "-",
                .. beside.Select(role => contender.CpuPerCall.FirstOrDefault(process => process.Process == role) is { } process ? Tenth(process.Microseconds) : "-"),
                Tenth(contender.GeneratorCpuPerCall.Microseconds),
                contender.OthersShare is { } others ? others.ToString("0 %", CultureInfo.InvariantCulture) : "?",
                Whole(contender.Errors),
            ]);
        }

        table.Write(output);
    }

    private void Print(IReadOnlyList<RateReport> rates)
    {
        output.WriteLine();
        var table = new TextTable("", "per second", "min", "max", "bytes allocated each");
        foreach (var contender in rates)
        {
            table.Add(contender.Name, Whole(contender.MedianPerSecond), Whole(contender.PerSecond.Min()), Whole(contender.PerSecond.Max()), Tenth(contender.BytesEach));
        }

        table.Write(output);
    }

    private void Print(IReadOnlyList<MemoryReport> memory)
    {
        output.WriteLine();
        var table = new TextTable("", "idle connections", "KiB each", "min", "max");
        foreach (var contender in memory)
        {
            table.Add(
                contender.Name,
                Whole(contender.Connections),
                Tenth(contender.MedianBytesPerConnection / 1024),
                Tenth(contender.BytesPerConnection.Min() / 1024),
                Tenth(contender.BytesPerConnection.Max() / 1024));
        }

        table.Write(output);
    }

    private static string Whole(double value) => value.ToString("#,0", CultureInfo.InvariantCulture);

    private static string Tenth(double value) => value.ToString("0.0", CultureInfo.InvariantCulture);

    private static string Milliseconds(double microseconds) => (microseconds / 1000).ToString("0.000", CultureInfo.InvariantCulture);

    private static string Ratio(double value) => value.ToString("0.00", CultureInfo.InvariantCulture);
}
