using System.Text.Json.Serialization;

namespace GenApi.Bench.Report;

/// <summary>Everything one run of the benchmark found. Its JSON is what <c>--json</c> writes.</summary>
/// <param name="StartedAt">When the run started, UTC.</param>
/// <param name="Machine">Operating system, architecture, processor count and runtime.</param>
/// <param name="Seconds">Length of one measured window.</param>
/// <param name="Rounds">Windows for each contender and load.</param>
/// <param name="Scenarios">What was run, in order.</param>
internal sealed record BenchReport(
    DateTimeOffset StartedAt, string Machine, double Seconds, int Rounds, IReadOnlyList<ScenarioReport> Scenarios)
{
    [JsonIgnore]
    public long Errors => Scenarios.Sum(scenario => scenario.Errors);
}

/// <param name="Name">What <c>--scenario</c> calls it.</param>
/// <param name="Title">What it compares, in a line.</param>
/// <param name="Loads">Rates and latencies, a load each.</param>
/// <param name="Memory">Memory for each idle connection, a contender each.</param>
/// <param name="Ratios">The comparison.</param>
/// <param name="Notes">What a reader of the figures should know.</param>
internal sealed record ScenarioReport(
    string Name,
    string Title,
    IReadOnlyList<LoadReport> Loads,
    IReadOnlyList<MemoryReport> Memory,
    IReadOnlyList<RatioReport> Ratios,
    IReadOnlyList<string> Notes)
{
    /// <summary>Rates of something that is no call, a contender each.</summary>
    public IReadOnlyList<RateReport> Rates { get; init; } = [];

    public long Errors => Loads.Sum(load => load.Contenders.Sum(contender => contender.Errors));
}

/// <param name="Name">Name of the contender.</param>
/// <param name="PerSecond">One value for each round.</param>
/// <param name="MedianPerSecond">Their median.</param>
/// <param name="BytesEach">Bytes that the process allocates for each, the median of the rounds.</param>
internal sealed record RateReport(string Name, IReadOnlyList<double> PerSecond, double MedianPerSecond, double BytesEach);

/// <param name="Load">Connections x calls in flight on each.</param>
/// <param name="Contenders">The figures of each contender.</param>
internal sealed record LoadReport(string Load, IReadOnlyList<ContenderReport> Contenders)
{
    /// <summary>What was counted: calls, or the chunks of calls that are answered with streams.</summary>
    public string Unit { get; init; } = "call";
}

/// <param name="Name">Name of the contender.</param>
/// <param name="CallsPerSecond">One value for each round.</param>
/// <param name="MedianCallsPerSecond">Their median.</param>
/// <param name="Latency">Over the calls of all rounds.</param>
/// <param name="CpuPerCall">CPU for each call, by server process, in the order a call passes them.</param>
/// <param name="GeneratorCpuPerCall">The same for the load generator.</param>
/// <param name="OthersShare">Share of the machine, 0 to 1, that anything else kept busy, the mean of the rounds; null where that is not known.</param>
/// <param name="Errors">Calls not answered as they must be, warm-up included.</param>
/// <param name="FirstError">One of them, or null.</param>
internal sealed record ContenderReport(
    string Name,
    IReadOnlyList<double> CallsPerSecond,
    double MedianCallsPerSecond,
    LatencyReport Latency,
    IReadOnlyList<ProcessCpu> CpuPerCall,
    ProcessCpu GeneratorCpuPerCall,
    double? OthersShare,
    long Errors,
    string? FirstError);

/// <param name="Process">Role of the process: server, gateway, node, redis or generator.</param>
/// <param name="Microseconds">CPU time for each call, the median of the rounds.</param>
/// <param name="Rounds">The same for each round.</param>
internal sealed record ProcessCpu(string Process, double Microseconds, IReadOnlyList<double> Rounds);

/// <summary>Latency percentiles in microseconds.</summary>
internal sealed record LatencyReport(double P50, double P90, double P99, double Max);

/// <param name="Name">Name of the contender.</param>
/// <param name="Connections">Idle connections that were open.</param>
/// <param name="BytesPerConnection">Growth of resident memory divided by the connections, one value for each round.</param>
/// <param name="MedianBytesPerConnection">Their median.</param>
internal sealed record MemoryReport(string Name, int Connections, IReadOnlyList<double> BytesPerConnection, double MedianBytesPerConnection);

/// <param name="What">The figures that are divided: <c>subject / baseline, load</c>.</param>
/// <param name="Rounds">The ratio of each round.</param>
/// <param name="Median">Their median.</param>
/// <param name="Min">The smallest.</param>
/// <param name="Max">The largest.</param>
/// <param name="Target">What the ratio should be, or null if nothing was set.</param>
internal sealed record RatioReport(string What, IReadOnlyList<double> Rounds, double Median, double Min, double Max, Target? Target);

/// <summary>What a ratio should be. Where less is better, the aim is the smaller of the two.</summary>
/// <param name="Bound">The least that will do; the most, where less is better.</param>
/// <param name="Aim">What is aimed at.</param>
internal sealed record Target(double Bound, double Aim)
{
    [JsonIgnore]
    public bool LessIsBetter => Aim < Bound;

    public string Judge(double ratio) => LessIsBetter
        ? ratio <= Aim ? "at the aim" : ratio <= Bound ? "within the bound" : "MISSED"
        : ratio >= Aim ? "at the aim" : ratio >= Bound ? "within the bound" : "MISSED";
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, WriteIndented = true, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(BenchReport))]
internal sealed partial class ReportJson : JsonSerializerContext;
