using System.Collections.Concurrent;
using System.CommandLine;
using System.Text.Json;
using GenApi.Cli.Completion;
using GenApi.Cli.Connection;
using GenApi.Cli.Live;
using GenApi.Cli.Printing;

namespace GenApi.Cli.Commands;

/// <summary><c>genapi trace …</c>: shows calls, connections and link frames as they happen.</summary>
internal static class TraceCommands
{
    public static Command Make(CliHost host, CommonOptions common) => new("trace", "Shows calls, connections and link frames of one gateway, or of all, as they happen.")
    {
        new TraceFunctionsCommand(host, common),
        new TraceConnectionsCommand(host, common),
        new TraceFollowCommand(host, common),
        new TraceStopCommand(host, common),
        new TraceStatusCommand(host, common),
    };
}

/// <summary>Starts a trace, and shows what it sees if asked to.</summary>
internal abstract class TraceStartCommand : GatewayCommand
{
    private static readonly string[] Flags = ["call", "return_to", "return_trace", "procs", "ports", "timestamp", "cpu_timestamp", "arity", "silent"];

    private readonly Option<string[]> _flags = new("--flags")
    {
        Description = $"What to show: {string.Join(", ", Flags)}; several with commas in between.",
        HelpName = "FLAGS",
    };

    private readonly Option<TimeSpan?> _for = Duration.Option(
        "--for",
        finest: TimeSpan.FromMilliseconds(1),
        longest: TimeSpan.FromHours(1),
        "How long the trace lasts at the most: 10s, 5m, 1h; a number alone is seconds. Default: what the gateway is set to, usually 60s.");

    private readonly Option<bool> _follow = new("--follow", "-f") { Description = "Show what the trace sees as it happens; Ctrl-C ends the trace." };

    protected TraceStartCommand(CliHost host, CommonOptions common, string name, string description)
        : base(host, common, name, description)
    {
        Add(_flags);
        Suggestions.OfWords(_flags, Flags);
        Add(_for);
        Add(_follow);
        common.AddAllGateways(this);
    }

    protected override TimeSpan? DefaultTimeout(ParseResult parsed) => parsed.GetValue(_follow) ? null : base.DefaultTimeout(parsed);

    /// <summary>What to trace, without flags and duration.</summary>
    protected abstract TraceRequest Target(CommandRun run);

    protected override async Task<int> RunAsync(CommandRun run, CancellationToken cancellationToken)
    {
        var request = Target(run) with
        {
            Flags = [.. (run.Value(_flags) ?? []).SelectMany(flags => flags.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))],
            DurationMs = (long?)run.Value(_for)?.TotalMilliseconds,
        };
        var gateways = run.AllGateways ? await LiveGateways.FindAsync(run.Gateway, run.Errors, cancellationToken) : [run.Gateway];
        var running = new ConcurrentBag<RunningTrace>();
        try
        {
            var started = await gateways.AskEachAsync(gateway => StartAsync(gateway, request, running, cancellationToken), run.Errors);
            if (!run.Value(_follow))
            {
                Print(run, started, ofSeveral: gateways.Count > 1);
                return ExitCode.Done;
            }

            return await TraceFollowCommand.FollowAsync(run, [.. started.Select(one => one.Answer.Trace)], ofSeveral: gateways.Count > 1, cancellationToken);
        }
        catch (Exception enough) when (enough is OperationCanceledException or OutputClosedException)
        {
            await Task.WhenAll(running.Select(trace => trace.EndAsync(run)));
            throw;
        }
    }

    private static async Task<(RunningTrace Trace, JsonElement Answer)> StartAsync(
        GatewayClient gateway, TraceRequest request, ConcurrentBag<RunningTrace> running, CancellationToken cancellationToken)
    {
        var started = await gateway.AdminPostAsync("trace", request, ConnectionJson.Default.TraceRequest, cancellationToken);
        var id = started.Show("id") is { Length: > 0 } told ? told : throw new CliException($"{GatewayFault.Show(gateway.Url)} (from {gateway.UrlSource}) answered without a trace's id; check the URL.");

        // Each gateway numbers its own traces: on another one the same id is somebody else's.
        var trace = new RunningTrace(gateway.ForAnswering(), id);
        running.Add(trace);
        return (trace, started);
    }

    private static void Print(CommandRun run, IReadOnlyList<(GatewayClient Gateway, (RunningTrace Trace, JsonElement Answer) Started)> started, bool ofSeveral)
    {
        if (ofSeveral)
        {
            run.Report(
                GatewayLabel.Join(started.Select(one => (one.Gateway.Name, one.Started.Answer))),
                (traces, view) => view.OnlyTable(["Trace", "Gateway"], traces.Items().Select(trace => (string[])[trace.Show("id"), trace.Show("gateway")]), "No trace runs."));
            return;
        }

        var ((trace, answer), gateway) = (started[0].Started, started[0].Gateway);
        if (run.Json)
        {
            run.Output.Json(answer, indented: true);
            return;
        }

        run.Output.Line(trace.Id);
        if (gateway.Answering is { } id)
        {
            run.Errors.Note($"It runs on the gateway {id}: genapi trace follow {trace.Id} --gateway {id}");
        }
    }
}

/// <summary><c>genapi trace functions [SERVICE] [TYPE] [VERSION]</c>.</summary>
internal sealed class TraceFunctionsCommand : TraceStartCommand
{
    private readonly Argument<string?> _service = Pattern("SERVICE", "The services, with * for any letters. Default: all.");

    private readonly Argument<string?> _type = Pattern("TYPE", "The functions, with * for any letters. Default: all.");

    private readonly Argument<string?> _version = Pattern("VERSION", "The versions, with * for any letters; '-' for functions without one. Default: all.");

    public TraceFunctionsCommand(CliHost host, CommonOptions common)
        : base(host, common, "functions", "Traces calls of functions. The gateway's GenApi:AdminActions must allow enable_tracing.")
    {
        Add(_service);
        Add(_type);
        Add(_version);
        common.Suggestions.OfFunction(_service, _type, _version, unversioned: true);
    }

    protected override TraceRequest Target(CommandRun run) => new()
    {
        Target = "functions",
        Service = run.Value(_service),
        RequestType = run.Value(_type),
        Version = run.Value(_version),
    };

    private static Argument<string?> Pattern(string name, string description) => new(name) { Description = description, Arity = ArgumentArity.ZeroOrOne };
}

/// <summary><c>genapi trace connections [all|existing|new]</c>.</summary>
internal sealed class TraceConnectionsCommand : TraceStartCommand
{
    private readonly Argument<string?> _which = new("WHICH")
    {
        Description = "all, those existing when the trace starts, or new ones. Default: all.",
        Arity = ArgumentArity.ZeroOrOne,
    };

    private readonly Option<string?> _user = new("--user") { Description = "Only connections of this user.", HelpName = "USER" };

    private readonly Option<string?> _id = new("--id") { Description = "Only the connection of this id.", HelpName = "ID" };

    public TraceConnectionsCommand(CliHost host, CommonOptions common)
        : base(host, common, "connections", "Traces clients' connections and the calls that come by them. The gateway's GenApi:AdminActions must allow enable_tracing.")
    {
        _which.AcceptOnlyFromAmong("all", "existing", "new");
        Add(_which);
        Add(_user);
        Add(_id);
    }

    protected override TraceRequest Target(CommandRun run) => new()
    {
        Target = "connections",
        Connections = run.Value(_which),
        UserId = run.Value(_user),
        ConnectionId = run.Value(_id),
    };
}

/// <summary><c>genapi trace follow ID</c>: shows what a trace that runs has seen and sees.</summary>
internal sealed class TraceFollowCommand : GatewayCommand
{
    private readonly Argument<string> _id = new("ID") { Description = "The trace's id, as its start printed it." };

    public TraceFollowCommand(CliHost host, CommonOptions common)
        : base(host, common, "follow", "Shows what a trace sees, until it ends; Ctrl-C leaves the trace running.")
    {
        Add(_id);
        common.AddAllGateways(this);
        common.Suggestions.OfTrace(_id);
    }

    /// <summary>Shows each thing on a line as it comes.</summary>
    /// <param name="run">The command.</param>
    /// <param name="traces">One trace, or one of each gateway that has started it.</param>
    /// <param name="ofSeveral">Whether several gateways were asked to, so that each line is to say where it is from.</param>
    /// <param name="cancellationToken">Ctrl-C.</param>
    /// <exception cref="CliException">No trace has come to its end.</exception>
    public static async Task<int> FollowAsync(CommandRun run, IReadOnlyList<RunningTrace> traces, bool ofSeveral, CancellationToken cancellationToken)
    {
        if (!ofSeveral)
        {
            await foreach (var seen in traces[0].ListenAsync(run.ShowGateway, cancellationToken))
            {
                run.Show(seen, LiveText.OfTrace);
            }
        }
        else if (await new MergedLines(run, [.. traces.Select(trace => new LiveSource(trace.Gateway, ended => trace.ListenAsync(begun: null, ended)))], LiveText.OfTrace).ShowAsync(cancellationToken) == 0)
        {
            throw new CliException("No gateway is left, and no trace.");
        }

        return ExitCode.Done;
    }

    protected override TimeSpan? DefaultTimeout(ParseResult parsed) => null;

    protected override async Task<int> RunAsync(CommandRun run, CancellationToken cancellationToken)
    {
        var trace = run.AllGateways ? await RunningTrace.FindAsync(run, run.Value(_id)!, cancellationToken) : new RunningTrace(run.Gateway, run.Value(_id)!);
        try
        {
            return await FollowAsync(run, [trace], ofSeveral: false, cancellationToken);
        }
        catch (CliException refusal) when (refusal.GatewayCode == FunctionHint.NotFound && !run.AllGateways)
        {
            throw RunningTrace.MayBeElsewhere(refusal);
        }
    }
}

/// <summary><c>genapi trace stop [ID]</c>: ends one trace, or all.</summary>
internal sealed class TraceStopCommand : GatewayCommand
{
    private const string All = "all";

    private readonly Argument<string?> _id = new("ID") { Description = "The trace's id, or all. Default: all.", Arity = ArgumentArity.ZeroOrOne };

    public TraceStopCommand(CliHost host, CommonOptions common)
        : base(host, common, "stop", "Ends a trace, or all. The gateway's GenApi:AdminActions must allow disable_tracing.")
    {
        Add(_id);
        common.AddAllGateways(this);
        common.Suggestions.OfTrace(_id);
    }

    protected override async Task<int> RunAsync(CommandRun run, CancellationToken cancellationToken)
    {
        var id = run.Value(_id) ?? All;
        if (id == All && run.AllGateways && await LiveGateways.FindAsync(run.Gateway, run.Errors, cancellationToken) is { Count: > 1 } gateways)
        {
            var answers = await gateways.AskEachAsync(gateway => StopAsync(gateway, id, cancellationToken), run.Errors);
            var all = answers.SelectMany(one => one.Answer.Items().Select(trace => (one.Gateway.Name, trace)));
            run.Report(GatewayLabel.Join(all), (stopped, view) => view.OnlyTable(TraceRow.From(stopped), "No trace runs on any gateway."));
            return ExitCode.Done;
        }

        var gateway = run.AllGateways && id != All ? (await RunningTrace.FindAsync(run, id, cancellationToken)).Gateway : run.Gateway;
        try
        {
            run.Report(await StopAsync(gateway, id, cancellationToken), (stopped, view) => view.OnlyTable(TraceRow.From(stopped), "No trace runs."));
        }
        catch (CliException refusal) when (refusal.GatewayCode == FunctionHint.NotFound && !run.AllGateways)
        {
            throw RunningTrace.MayBeElsewhere(refusal);
        }

        run.ShowGateway(gateway);
        return ExitCode.Done;
    }

    private static async Task<JsonElement> StopAsync(GatewayClient gateway, string id, CancellationToken cancellationToken) =>
        gateway.JsonOf(await gateway.AdminSendAsync(HttpMethod.Delete, $"trace/{Uri.EscapeDataString(id)}", json: null, cancellationToken));
}

/// <summary><c>genapi trace status</c>: lists the traces.</summary>
internal sealed class TraceStatusCommand : ReportCommand
{
    public TraceStatusCommand(CliHost host, CommonOptions common)
        : base(host, common, "status", "Lists the traces of one gateway, or of all.") => common.AddAllGateways(this);

    protected override bool IsOfOneGateway => true;

    protected override string Path(CommandRun run) => "trace";

    protected override async Task<JsonElement> FetchAsync(CommandRun run, CancellationToken cancellationToken)
    {
        if (!run.AllGateways || await LiveGateways.FindAsync(run.Gateway, run.Errors, cancellationToken) is not { Count: > 1 } gateways)
        {
            return await base.FetchAsync(run, cancellationToken);
        }

        var all = await gateways.AskEachAsync(gateway => gateway.AdminGetAsync(Path(run), cancellationToken), run.Errors);
        return GatewayLabel.Join(all.Select(one => (one.Gateway.Name, one.Answer)));
    }

    protected override void Describe(CommandRun run, JsonElement report, JsonElement? before, ReportView view)
    {
        if (report.ValueKind == JsonValueKind.Array)
        {
            var traces = report.Items().SelectMany(one => one.At("traces").Items().Select(trace => (one.Show("gateway"), trace)));
            view.OnlyTable(TraceRow.From(GatewayLabel.Join(traces)), "No trace runs on any gateway.");
            return;
        }

        view.OnlyTable(
            TraceRow.From(report.At("traces")),
            report.Find("enabled") is { ValueKind: JsonValueKind.False } ? "Tracing is switched off on this gateway." : "No trace runs.");
    }
}
