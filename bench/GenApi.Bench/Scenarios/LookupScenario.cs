using System.Collections.Frozen;
using System.Diagnostics;
using System.Globalization;
using GenApi.Bench.Report;
using GenApi.Gateway;
using GenApi.Gateway.Arguments;
using GenApi.Gateway.Configs;
using GenApi.Gateway.Nodes.Selection;
using GenApi.Gateway.Permissions;
using GenApi.Protocol.Calls;
using GenApi.Protocol.Configs;

namespace GenApi.Bench.Scenarios;

/// <summary>What it takes to find the function that a call names, among many and among few.</summary>
internal sealed class LookupScenario : IScenario
{
    /// <summary>Lookups between two looks at the clock.</summary>
    private const int Batch = 10_000;

    /// <summary>As many different calls as there are functions among the few, so that both sides find what they look for in the processor's cache.</summary>
    private const int Called = 10;

    private static readonly string[] Versions = ["1.0.0", "1.1.0"];

    /// <summary>The same, but for a tenth that neighbouring rounds differ by.</summary>
    private static readonly Target Same = new(0.9, 1);

    public string Name => "lookup";

    public string Title =>
        "lookups by one thread among 100 000 functions (50 services with 1000 functions in two versions) and among 10 (5 services with one function in two "
        + "versions); 10 different calls in turn, and for information each of the 100 000 in an order without a pattern";

    public bool RunsByDefault => false;

    public Task<ScenarioReport> RunAsync(BenchOptions options, IProgress<string> progress, CancellationToken cancellationToken)
    {
        var few = new Functions(5, 1);
        var many = new Functions(50, 1000);
        (string Name, ConfigSnapshot Snapshot, Wanted[] Calls, ErrorCode? Expected)[] contenders =
        [
            ("hit, among 10", few.Snapshot, few.Hits(Called), null),
            ("hit, among 100 000", many.Snapshot, many.Hits(Called), null),
            ("hit, no version given, among 10", few.Snapshot, few.Newest(Called), null),
            ("hit, no version given, among 100 000", many.Snapshot, many.Newest(Called), null),
            ("unknown function, among 10", few.Snapshot, few.UnknownFunctions(Called), ErrorCode.NotFound),
            ("unknown function, among 100 000", many.Snapshot, many.UnknownFunctions(Called), ErrorCode.NotFound),
            ("unknown version, among 10", few.Snapshot, few.UnknownVersions(Called), ErrorCode.NotFound),
            ("unknown version, among 100 000", many.Snapshot, many.UnknownVersions(Called), ErrorCode.NotFound),
            ("unknown service, among 10", few.Snapshot, few.UnknownServices(Called), ErrorCode.NotFound),
            ("unknown service, among 100 000", many.Snapshot, many.UnknownServices(Called), ErrorCode.NotFound),
            ("hit, each of 100 000", many.Snapshot, many.Hits(many.Count), null),
        ];

        foreach (var (name, snapshot, calls, expected) in contenders)
        {
            Require(name, snapshot, calls, expected);
            Measure(snapshot, calls, expected is null, options.Window / 2, cancellationToken);
        }

        var rounds = contenders.Select(_ => new List<Figures>()).ToArray();
        for (var round = 1; round <= options.Rounds; round++)
        {
            for (var index = 0; index < contenders.Length; index++)
            {
                var (name, snapshot, calls, expected) = contenders[index];
                var figures = Measure(snapshot, calls, expected is null, options.Window, cancellationToken);
                rounds[index].Add(figures);
                progress.Report(string.Create(
                    CultureInfo.InvariantCulture, $"round {round} of {options.Rounds}, {name} {figures.PerSecond:#,0}/s, {1e9 / figures.PerSecond:0.0} ns each"));
            }
        }

        double[][] rates = [.. rounds.Select(list => list.Select(figures => figures.PerSecond).ToArray())];
        return Task.FromResult(new ScenarioReport(
            Name,
            Title,
            [],
            [],
            [
                .. Enumerable.Range(0, contenders.Length / 2).Select(pair => Statistics.Compare(
                    $"{contenders[(2 * pair) + 1].Name} / among 10: per second", rates[(2 * pair) + 1], rates[2 * pair], Same)),
                Statistics.Compare($"{contenders[^1].Name} / among 10: per second", rates[^1], rates[0], null),
            ],
            [])
        {
            Rates =
            [
                .. contenders.Select((contender, index) => new RateReport(
                    contender.Name, rates[index], Statistics.Median(rates[index]), Statistics.Median(rounds[index].Select(figures => figures.BytesEach)))),
            ],
        });
    }

    /// <summary>Each call finds the very function it names, or is refused as it must be.</summary>
    private static void Require(string name, ConfigSnapshot snapshot, Wanted[] calls, ErrorCode? expected)
    {
        foreach (var call in calls)
        {
            var found = snapshot.Find(call.Service, call.RequestType, call.Version, out var error)?.Config;
            var right = expected is null
                ? found is not null && found.Key == new FunctionKey(call.Service, call.RequestType, call.Version ?? Versions[^1])
                : found is null && error?.Code == expected;
            if (!right)
            {
                throw new InvalidOperationException($"{name}: {call} found {found?.Key.ToString() ?? error?.Message}.");
            }
        }
    }

    private static Figures Measure(ConfigSnapshot snapshot, Wanted[] calls, bool hit, TimeSpan window, CancellationToken cancellationToken)
    {
        var lookups = 0L;
        var next = 0;
        var before = GC.GetAllocatedBytesForCurrentThread();
        var started = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(started) < window)
        {
            cancellationToken.ThrowIfCancellationRequested();
            for (var lookup = 0; lookup < Batch; lookup++)
            {
                ref readonly var call = ref calls[next];
                next = next + 1 == calls.Length ? 0 : next + 1;
                if (snapshot.Find(call.Service, call.RequestType, call.Version, out _) is not null != hit)
                {
                    throw new InvalidOperationException($"{call} was {(hit ? "not " : "")}found.");
                }
            }

            lookups += Batch;
        }

        var elapsed = Stopwatch.GetElapsedTime(started);
        return new Figures(lookups / elapsed.TotalSeconds, (double)(GC.GetAllocatedBytesForCurrentThread() - before) / lookups);
    }

    private readonly record struct Figures(double PerSecond, double BytesEach);

    private readonly record struct Wanted(string Service, string RequestType, string? Version);

    /// <summary>The functions to look among, and calls of them. Calls bring strings of their own, as those that are read from a request.</summary>
    private sealed class Functions(int services, int functionsEach)
    {
        public int Count => services * functionsEach * Versions.Length;

        public ConfigSnapshot Snapshot { get; } = new(Enumerable.Range(0, services).ToFrozenDictionary(
            Service,
            service => new ServiceSnapshot(
                new StoredService(Service(service)),
                Enumerable.Range(0, functionsEach).SelectMany(function => Versions.Select(version => Entry(Service(service), RequestType(function), version))))));

        public Wanted[] Hits(int calls) => Take(calls, (service, function, version) => new(Service(service), RequestType(function), new string(version)));

        public Wanted[] Newest(int calls) => Take(calls, (service, function, _) => new(Service(service), RequestType(function), null));

        public Wanted[] UnknownFunctions(int calls) => Take(calls, (service, function, version) => new(Service(service), $"find_order_{function:0000}", new string(version)));

        public Wanted[] UnknownVersions(int calls) => Take(calls, (service, function, _) => new(Service(service), RequestType(function), "1.2.0"));

        public Wanted[] UnknownServices(int calls) => Take(calls, (service, function, version) => new($"absent_{service:00}_service", RequestType(function), new string(version)));

        private static string Service(int service) => string.Create(CultureInfo.InvariantCulture, $"orders_{service:00}_service");

        private static string RequestType(int function) => string.Create(CultureInfo.InvariantCulture, $"get_order_{function:0000}");

        private static FunctionEntry Entry(string service, string requestType, string version)
        {
            var config = new FunConfig { Service = service, RequestType = requestType, Version = version };
            return new FunctionEntry(config, new ArgumentValidator(config, new GenApiGatewayOptions.ArgumentLimits()), new NoPermission(), new RandomChooser());
        }

        /// <summary>Calls spread over all functions, none twice, in an order that is the same each time.</summary>
        private Wanted[] Take(int calls, Func<int, int, string, Wanted> wanted)
        {
            int[] order = [.. Enumerable.Range(0, Count)];
            new Random(1).Shuffle(order);
            return
            [
                .. order.Take(calls).Select(number =>
                    wanted(number / Versions.Length % services, number / Versions.Length / services, Versions[number % Versions.Length])),
            ];
        }
    }
}
