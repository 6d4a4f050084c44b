using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using GenApi.Cli.Printing;

namespace GenApi.Cli.Commands;

/// <summary>A command that shows a report of the gateway, once or again and again.</summary>
internal abstract class ReportCommand : GatewayCommand
{
    private const int DefaultSeconds = 2;
    private const int MostSeconds = 3600;

    private readonly Option<int?> _watch = new("--watch", "-w")
    {
        Description = $"Show it again every so many seconds, until Ctrl-C. Default: {DefaultSeconds}.",
        HelpName = "SECONDS",
        Arity = ArgumentArity.ZeroOrOne,
        CustomParser = result =>
        {
            if (result.Tokens is not [var token])
            {
                return DefaultSeconds;
            }

            // A unit may be typed, as everywhere else.
            if (Duration.TryParse(token.Value, out var pause) && pause.Ticks % TimeSpan.TicksPerSecond == 0 && pause.TotalSeconds <= MostSeconds)
            {
                return (int)pause.TotalSeconds;
            }

            result.AddError($"--watch must be whole seconds from 1 to {MostSeconds}; it is '{token.Value}'.");
            return null;
        },
    };

    protected ReportCommand(CliHost host, CommonOptions common, string name, string description)
        : base(host, common, name, description) => Add(_watch);

    /// <summary>The path under <c>admin/</c> that answers the report.</summary>
    protected abstract string Path(CommandRun run);

    /// <summary>Lays the report out for people.</summary>
    /// <param name="run">What the command has at hand.</param>
    /// <param name="report">The report.</param>
    /// <param name="before">The one before, while it is watched; null: this is the first.</param>
    /// <param name="view">Where it goes.</param>
    protected abstract void Describe(CommandRun run, JsonElement report, JsonElement? before, ReportView view);

    /// <summary>Whether the report is of one gateway and does not say of which.</summary>
    protected virtual bool IsOfOneGateway => false;

    /// <summary>One of <see cref="ExitCode"/> for a report that is not watched.</summary>
    protected virtual int CodeOf(JsonElement report) => ExitCode.Done;

    /// <summary>Fetches the report.</summary>
    protected virtual Task<JsonElement> FetchAsync(CommandRun run, CancellationToken cancellationToken) => run.Gateway.AdminGetAsync(Path(run), cancellationToken);

    protected override TimeSpan? DefaultTimeout(ParseResult parsed) => parsed.GetResult(_watch) is null ? base.DefaultTimeout(parsed) : null;

    protected override async Task<int> RunAsync(CommandRun run, CancellationToken cancellationToken)
    {
        var report = await run.Errors.WaitAsync($"Asking {run.Gateway.Url}…", run.Host.Time, () => FetchAsync(run, cancellationToken));
        if (run.Value(_watch) is not { } seconds)
        {
            Print(run, report, null);
            return CodeOf(report);
        }

        JsonElement? before = null;
        while (true)
        {
            PrintLive(run, report, before, seconds);
            var (shown, gateway) = (report, run.Gateway.Answering);
            report = await NextAsync(run, TimeSpan.FromSeconds(seconds), cancellationToken);

            // What two gateways counted cannot be compared.
            before = run.Gateway.Answering == gateway ? shown : null;
        }
    }

    /// <summary>A gateway that restarts is waited for: whoever watches wants to see just that.</summary>
    private async Task<JsonElement> NextAsync(CommandRun run, TimeSpan pause, CancellationToken cancellationToken)
    {
        while (true)
        {
            await Task.Delay(pause, run.Host.Time, cancellationToken);
            try
            {
                return await FetchAsync(run, cancellationToken);
            }
            catch (CliException failure)
            {
                run.Errors.Sentence(failure.Message);
            }
        }
    }

    private void PrintLive(CommandRun run, JsonElement report, JsonElement? before, int seconds)
    {
        if (run.Json)
        {
            run.Output.Json(report, indented: false);
            return;
        }

        run.Output.Clear();
        Print(run, report, before);
        run.Output.Line(string.Create(CultureInfo.InvariantCulture, $"{run.Host.Time.GetUtcNow():HH:mm:ss'Z'}, every {seconds} s; Ctrl-C ends."));
        if (run.Output.IsTerminal && run.Moved is { } moved)
        {
            // It was said before the screen was cleared.
            run.Errors.Note(moved);
        }
    }

    private void Print(CommandRun run, JsonElement report, JsonElement? before) => run.Report(report, (shown, view) =>
    {
        Describe(run, shown, before, view);
        if (IsOfOneGateway && !run.AllGateways && run.Gateway.Answering is { } gateway)
        {
            view.Note($"Of the gateway {gateway}.");
        }
    });
}
