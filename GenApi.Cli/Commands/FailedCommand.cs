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
        Add(new FailedRemoveCommand(host, common, "clear", "Removes all of them.", HttpMethod.Delete, "failed-configs", ""));
    }
}

/// <summary><c>genapi failed list</c>.</summary>
internal class FailedListCommand : GatewayCommand
{
    private const int DefaultLimit = 100;

    private readonly Option<string?> _source = new("--source") { Description = "Only those that came this way: push, pull or local.", HelpName = "SOURCE" };

    private readonly Option<string?> _service = new("--service") { Description = "Only those of this service.", HelpName = "SERVICE" };

    private readonly Option<int?> _limit = new("--limit") { Description = $"How many at most, up to 1000. Default: {DefaultLimit}.", HelpName = "N" };

    private readonly Option<bool> _oldestFirst = new("--oldest-first") { Description = "The oldest first, rather than the newest." };

    public FailedListCommand(CliHost host, CommonOptions common, string name, string description)
        : base(host, common, name, description)
    {
        _source.AcceptOnlyFromAmong("push", "pull", "local");
        Add(_source);
        Add(_service);
        Add(_limit);
        Add(_oldestFirst);
    }

    protected override async Task<int> RunAsync(CommandRun run, CancellationToken cancellationToken)
    {
        var limit = run.Value(_limit) ?? DefaultLimit;
        var path = AdminPath.WithQuery(
            "failed-configs",
            ("source", run.Value(_source)),
            ("service", run.Value(_service)),
            ("limit", limit.ToString(CultureInfo.InvariantCulture)),
            ("order", run.Value(_oldestFirst) ? "oldest_first" : null));
        var entries = await run.Gateway.AdminGetAsync(path, cancellationToken);
        if (run.Json || entries.ValueKind != JsonValueKind.Array)
        {
            run.Output.Json(entries, indented: true);
        }
        else if (entries.GetArrayLength() == 0)
        {
            run.Errors.Note("There are no such failed configs.");
        }
        else
        {
            run.Output.Table(
                ["ID", "Service", "Request Type", "Version", "Source", "Node", "Recorded", "Reason"],
                entries.EnumerateArray().Select(entry => (string[])
                [
                    entry.Show("id"), entry.Show("service"), entry.Show("request_type"), entry.Show("version"), entry.Show("source"), entry.Show("node"),
                    entry.ShowTime("inserted_at_ms"), entry.ShowList("reason", "; "),
                ]));
            run.Errors.Note($"Showing {entries.GetArrayLength()} (limit {limit}).");
        }

        return ExitCode.Done;
    }
}

/// <summary><c>genapi failed summary</c>.</summary>
internal sealed class FailedSummaryCommand(CliHost host, CommonOptions common) : GatewayCommand(host, common, "summary", "Counts them by source and by service.")
{
    protected override async Task<int> RunAsync(CommandRun run, CancellationToken cancellationToken)
    {
        var summary = await run.Gateway.AdminGetAsync("failed-configs/summary", cancellationToken);
        if (run.Json)
        {
            run.Output.Json(summary, indented: true);
        }
        else
        {
            run.Output.Table(
                ["", "", "Failed"],
                [["all", "", summary.Show("total")], .. Counts(summary, "by_source", "source"), .. Counts(summary, "by_service", "service")]);
        }

        return ExitCode.Done;
    }

    private static IEnumerable<IReadOnlyList<string>> Counts(JsonElement summary, string member, string name) =>
        summary.Find(member) is { ValueKind: JsonValueKind.Object } counts
            ? counts.EnumerateObject().Select(count => (string[])[name, count.Name, count.Value.GetRawText()])
            : [];
}

/// <summary><c>genapi failed cleanup</c> and <c>genapi failed clear</c>.</summary>
internal sealed class FailedRemoveCommand(CliHost host, CommonOptions common, string name, string description, HttpMethod method, string path, string kind)
    : GatewayCommand(host, common, name, $"{description} The gateway's GenApi:AdminActions must allow manage_failed_configs.")
{
    protected override async Task<int> RunAsync(CommandRun run, CancellationToken cancellationToken)
    {
        var answer = await run.Gateway.AdminSendAsync(method, path, null, cancellationToken);
        var removed = run.Gateway.JsonOf(answer);
        if (run.Json)
        {
            run.Output.Json(removed, indented: true);
        }
        else
        {
            run.Output.Line($"Removed {removed.Show("removed")} {kind}failed config{(removed.Number("removed") == 1 ? "" : "s")}.");
        }

        return ExitCode.Done;
    }
}
