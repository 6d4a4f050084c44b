using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using GenApi.Cli.Connection;
using GenApi.Cli.Printing;

namespace GenApi.Cli.Commands;

/// <summary><c>genapi failed</c>: the configs that the gateways refused during the last day.</summary>
internal sealed class FailedCommand : FailedListCommand
{
    public FailedCommand(CliHost host, CommonOptions common)
        : base(host, common, "failed", "Lists function configs that were refused in a push or pull during the last 24 hours, with every reason.")
    {
        Add(new FailedListCommand(host, common, "list", "Lists them; the same as 'genapi failed'."));
        Add(new FailedSummaryCommand(host, common));
        Add(new FailedRemoveCommand(host, common, "cleanup", "Removes those that are older than 24 hours, which are not shown any more.", HttpMethod.Post, "failed-configs/cleanup", "expired "));
        Add(new FailedRemoveCommand(host, common, "clear", "Removes all of them.", HttpMethod.Delete, "failed-configs", "", "Remove all failed configs, of every gateway?"));
    }
}

/// <summary><c>genapi failed list</c>.</summary>
internal class FailedListCommand : ReportCommand
{
    private const int DefaultLimit = 100;

    private readonly Option<string?> _source = new("--source") { Description = "Only those that came this way: push, pull or local.", HelpName = "SOURCE" };

    private readonly Option<string?> _service = new("--service") { Description = "Only those of this service.", HelpName = "SERVICE" };

    private readonly Option<int?> _limit = WholeNumber.Option("--limit", 1, 1000, $"How many at most, up to 1000. Default: {DefaultLimit}.");

    private readonly Option<bool> _oldestFirst = new("--oldest-first") { Description = "The oldest first, rather than the newest." };

    public FailedListCommand(CliHost host, CommonOptions common, string name, string description)
        : base(host, common, name, description)
    {
        _source.AcceptOnlyFromAmong("push", "pull", "local");
        Add(_source);
        Add(_service);
        Add(_limit);
        Add(_oldestFirst);
        common.Suggestions.OfService(_service);
    }

    protected override string Path(CommandRun run) => AdminPath.WithQuery(
        "failed-configs",
        ("source", run.Value(_source)),
        ("service", run.Value(_service)),
        ("limit", Limit(run).ToString(CultureInfo.InvariantCulture)),
        ("order", run.Value(_oldestFirst) ? "oldest_first" : null));

    protected override void Describe(CommandRun run, JsonElement report, JsonElement? before, ReportView view)
    {
        view.OnlyTable(
            ["ID", "Service", "Request Type", "Version", "Source", "Node", "Recorded", "Reason"],
            report.Items().Select(entry => (string[])
            [
                entry.Show("id"), entry.Show("service"), entry.Show("request_type"), entry.Show("version"), entry.Show("source"), entry.Show("node"),
                entry.ShowTime("inserted_at_ms"), entry.ShowList("reason", "; "),
            ]),
            "There are no such failed configs.");
        if (!view.IsEmpty)
        {
            view.Note($"Showing {report.Items().Count()} (limit {Limit(run)}).");
        }
    }

    private int Limit(CommandRun run) => run.Value(_limit) ?? DefaultLimit;
}

/// <summary><c>genapi failed summary</c>.</summary>
internal sealed class FailedSummaryCommand(CliHost host, CommonOptions common) : ReportCommand(host, common, "summary", "Counts them by source and by service.")
{
    protected override string Path(CommandRun run) => "failed-configs/summary";

    protected override void Describe(CommandRun run, JsonElement report, JsonElement? before, ReportView view) => view.OnlyTable(
        ["", "", "Failed"],
        [["all", "", report.Show("total")], .. Counts(report, "by_source", "source"), .. Counts(report, "by_service", "service")],
        "There are no such failed configs.");

    private static IEnumerable<IReadOnlyList<string>> Counts(JsonElement summary, string member, string name) =>
        summary.Find(member) is { ValueKind: JsonValueKind.Object } counts
            ? counts.EnumerateObject().Select(count => (string[])[name, count.Name, count.Value.GetRawText()])
            : [];
}

/// <summary><c>genapi failed cleanup</c> and <c>genapi failed clear</c>.</summary>
internal sealed class FailedRemoveCommand : GatewayCommand
{
    private readonly HttpMethod _method;
    private readonly string _path;
    private readonly string _kind;

    public FailedRemoveCommand(CliHost host, CommonOptions common, string name, string description, HttpMethod method, string path, string kind, string? question = null)
        : base(host, common, name, $"{description} The gateway's GenApi:AdminActions must allow manage_failed_configs.")
    {
        (_method, _path, _kind) = (method, path, kind);
        if (question is not null)
        {
            AskFirst(_ => question);
        }
    }

    protected override async Task<int> RunAsync(CommandRun run, CancellationToken cancellationToken)
    {
        var answer = await run.Gateway.AdminSendAsync(_method, _path, null, cancellationToken);
        var removed = run.Gateway.JsonOf(answer);
        if (run.Json)
        {
            run.Output.Json(removed, indented: true);
        }
        else
        {
            run.Output.Line($"Removed {Words.Count(removed.Show("removed"), $"{_kind}failed config")}.");
        }

        return ExitCode.Done;
    }
}
