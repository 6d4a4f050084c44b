using System.CommandLine;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;
using GenApi.Bench;
using GenApi.Bench.Report;
using GenApi.Bench.Scenarios;

IScenario[] scenarios =
[
    new CallScenario(), new HttpScenario(), new MemoryScenario(), new SpreadScenario(), new RateLimitScenario(), new ControlScenario(), new TracingScenario(),
    new RedisScenario(), new StreamScenario(), new LookupScenario(),
    new LinkScenario(),
];

var secondsOption = new Option<double>("--seconds")
{
    Description = "Length of one measured window, 0.1 to 600.",
    DefaultValueFactory = _ => 2,
};
var roundsOption = new Option<int>("--rounds")
{
    Description = "Windows for each contender and load, 1 to 1000.",
    DefaultValueFactory = _ => 5,
};
var scenarioOption = new Option<string[]>("--scenario")
{
    Description = "What to measure; may be given several times. Without it: "
        + string.Join(", ", scenarios.Where(scenario => scenario.RunsByDefault).Select(scenario => scenario.Name)) + ".",
    AllowMultipleArgumentsPerToken = true,
};
scenarioOption.AcceptOnlyFromAmong([.. scenarios.Select(scenario => scenario.Name)]);
var jsonOption = new Option<FileInfo?>("--json") { Description = "File to write the figures of every round to.", HelpName = "FILE" };
secondsOption.Validators.Add(result =>
    Require(result.GetValueOrDefault<double>() is >= 0.1 and <= 600, "--seconds must be between 0.1 and 600.", result.AddError));
roundsOption.Validators.Add(result =>
    Require(result.GetValueOrDefault<int>() is >= 1 and <= 1000, "--rounds must be between 1 and 1000.", result.AddError));

var command = new RootCommand("Drives the gateway and bare ASP.NET Core servers with the same load, and prints how they compare.")
{
    secondsOption, roundsOption, scenarioOption, jsonOption,
};
command.SetAction((arguments, cancellationToken) =>
{
    string[] names = arguments.GetValue(scenarioOption) ?? [];
    return RunAsync(
        new BenchOptions(arguments.GetValue(secondsOption), arguments.GetValue(roundsOption)),
        [.. scenarios.Where(scenario => names.Length == 0 ? scenario.RunsByDefault : names.Contains(scenario.Name))],
        arguments.GetValue(jsonOption),
        cancellationToken);
});
return await command.Parse(args).InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = TimeSpan.FromSeconds(10) });

static async Task<int> RunAsync(BenchOptions options, IReadOnlyList<IScenario> chosen, FileInfo? json, CancellationToken cancellationToken)
{
    if (chosen.DistinctBy(scenario => scenario.WantsInlineSockets).Count() > 1)
    {
        var alone = chosen.Where(scenario => !scenario.WantsInlineSockets).Select(scenario => scenario.Name);
        await Console.Error.WriteLineAsync($"Run {string.Join(", ", alone)} without the other scenarios: its sockets have to work as a server's do, and theirs as a load generator's.");
        return 1;
    }

    if (chosen.All(scenario => scenario.WantsInlineSockets))
    {
        // The generator works in the socket callbacks. Running them on the thread that polls the sockets saves a hand-over for each answer,
        // which is CPU that the servers on the same machine would miss. The runtime reads this when the first socket is used.
        Environment.SetEnvironmentVariable("DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS", "1");
    }

    var printer = new ReportPrinter(Console.Out);
    var done = new List<ScenarioReport>();
    var report = new BenchReport(
        DateTimeOffset.UtcNow,
        string.Create(
            CultureInfo.InvariantCulture,
            $"{RuntimeInformation.OSDescription}, {RuntimeInformation.ProcessArchitecture}, "
            + $"{Environment.ProcessorCount} cores, {RuntimeInformation.FrameworkDescription}"),
        options.Seconds,
        options.Rounds,
        done);
    try
    {
        printer.PrintHead(report);
        foreach (var scenario in chosen)
        {
            var progress = new ProgressLines($"{scenario.Name}: ");
            var result = await scenario.RunAsync(options, progress, cancellationToken);
            done.Add(result);
            printer.Print(result);
        }

        printer.PrintRatios(report);
        printer.PrintErrors(report);
        if (json is not null)
        {
            var bytes = JsonSerializer.SerializeToUtf8Bytes(report, ReportJson.Default.BenchReport);
            await File.WriteAllBytesAsync(json.FullName, bytes, cancellationToken);
        }

        return report.Errors == 0 ? 0 : 1;
    }
    catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
    {
        await Console.Error.WriteLineAsync("Stopped.");
        return 130;
    }
    catch (Exception e) when (e is InvalidOperationException or IOException or HttpRequestException or OperationCanceledException or TimeoutException)
    {
        await Console.Error.WriteLineAsync(e.Message);
        return 1;
    }
}

static void Require(bool met, string otherwise, Action<string> addError)
{
    if (!met)
    {
        addError(otherwise);
    }
}
