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
    public static Command Make(CliHost host, CommonOptions common) => new("trace", "Shows calls, connections and link frames of one gateway as they happen.")
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
        var started = await run.Gateway.AdminPostAsync("trace", request, ConnectionJson.Default.TraceRequest, cancellationToken);
        var id = IdOf(started) ?? throw new CliException($"{GatewayFault.Show(run.Gateway.Url)} (from {run.Gateway.UrlSource}) answered without a trace's id; check the URL.");
        if (!run.Value(_follow))
        {
            if (run.Json)
            {
                run.Output.Json(started, indented: true);
            }
            else
            {
                run.Output.Line(id);
            }

            return ExitCode.Done;
        }

        try
        {
            return await TraceFollowCommand.FollowAsync(run, id, cancellationToken);
        }
        catch (OperationCanceledException)
        {
            await EndAsync(run, id);
            throw;
        }
    }

    private static string? IdOf(JsonElement started) =>
        started.ValueKind == JsonValueKind.Object && started.TryGetProperty("id", out var id) && id.ValueKind == JsonValueKind.String ? id.GetString() : null;

    /// <summary>Nobody looks any more. If it cannot be said now, the trace still ends by itself.</summary>
    private static async Task EndAsync(CommandRun run, string id)
    {
        using var patience = new CancellationTokenSource(GatewayClient.ConnectTimeout, run.Host.Time);
        try
        {
            await run.Gateway.AdminSendAsync(HttpMethod.Delete, $"trace/{Uri.EscapeDataString(id)}", json: null, patience.Token);
        }
        catch (Exception error) when (error is CliException or OperationCanceledException)
        {
            run.Errors.Note($"The trace {id} could not be stopped; it ends by itself.");
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
        common.Suggestions.OfTrace(_id);
    }

    /// <summary>Shows each thing on a line as it comes.</summary>
    public static async Task<int> FollowAsync(CommandRun run, string id, CancellationToken cancellationToken)
    {
        await foreach (var seen in run.Gateway.AdminLinesAsync($"trace/{Uri.EscapeDataString(id)}/events", "traced calls", cancellationToken))
        {
            run.Show(seen, LiveText.OfTrace);
            if (seen.ValueKind == JsonValueKind.Object && seen.TryGetProperty("type", out var type) && type.ValueEquals("end"))
            {
                return ExitCode.Done;
            }
        }

        throw new CliException($"The gateway at {GatewayFault.Show(run.Gateway.Url)} has stopped, and the trace {id} with it.");
    }

    protected override TimeSpan? DefaultTimeout(ParseResult parsed) => null;

    protected override Task<int> RunAsync(CommandRun run, CancellationToken cancellationToken) => FollowAsync(run, run.Value(_id)!, cancellationToken);
}

/// <summary><c>genapi trace stop [ID]</c>: ends one trace, or all.</summary>
internal sealed class TraceStopCommand : GatewayCommand
{
    private readonly Argument<string?> _id = new("ID") { Description = "The trace's id, or all. Default: all.", Arity = ArgumentArity.ZeroOrOne };

    public TraceStopCommand(CliHost host, CommonOptions common)
        : base(host, common, "stop", "Ends a trace, or all. The gateway's GenApi:AdminActions must allow disable_tracing.")
    {
        Add(_id);
        common.Suggestions.OfTrace(_id);
    }

    protected override async Task<int> RunAsync(CommandRun run, CancellationToken cancellationToken)
    {
        var answer = run.Gateway.JsonOf(await run.Gateway.AdminSendAsync(HttpMethod.Delete, $"trace/{Uri.EscapeDataString(run.Value(_id) ?? "all")}", json: null, cancellationToken));
        run.Report(answer, (stopped, view) => view.OnlyTable(TraceRow.From(stopped), "No trace runs."));
        return ExitCode.Done;
    }
}

/// <summary><c>genapi trace status</c>: lists the traces.</summary>
internal sealed class TraceStatusCommand(CliHost host, CommonOptions common) : ReportCommand(host, common, "status", "Lists the traces of the gateway.")
{
    protected override string Path(CommandRun run) => "trace";

    protected override void Describe(CommandRun run, JsonElement report, JsonElement? before, ReportView view) => view.OnlyTable(
        TraceRow.From(report.At("traces")),
        report.Find("enabled") is { ValueKind: JsonValueKind.False } ? "Tracing is switched off on this gateway." : "No trace runs.");
}
