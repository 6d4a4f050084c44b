using System.Text.Json;
using GenApi.Cli.Printing;

namespace GenApi.Cli.Commands;

/// <summary><c>genapi pushed</c>: which services the gateways know, in which version, and how pulls go.</summary>
internal sealed class PushedCommand(CliHost host, CommonOptions common) : ReportCommand(
    host,
    common,
    "pushed",
    "Lists the services that were pushed or are pulled, with config version, nodes, and how the pulls go.")
{
    protected override string Path(CommandRun run) => "pushed-services";

    protected override void Describe(CommandRun run, JsonElement report, JsonElement? before, ReportView view) => view.OnlyTable(
        ["Service", "Version", "Stored", "Functions", "Nodes", "Auto-pull", "Last pull", "Failures", "Last error"],
        report.Items().Select(Row),
        "No service has been pushed yet.");

    private static IReadOnlyList<string> Row(JsonElement service)
    {
        var pull = service.Find("pull") ?? default;
        var state = pull.Find("state") ?? default;
        return
        [
            service.Show("service"), service.Show("config_version"), service.ShowTime("stored_at_ms"), Functions(service), service.ShowList("nodes", ", "),
            pull.Number("interval") is { } interval ? $"every {Duration.Show(TimeSpan.FromMilliseconds(interval))}" : "no",
            state.ShowTime("last_success_at_ms"), state.Show("consecutive_failures"), state.Number("consecutive_failures") > 0 ? state.Show("last_error") : "",
        ];
    }

    private static string Functions(JsonElement service) =>
        service.Number("disabled_functions") is { } off and > 0 ? $"{service.Show("functions")} ({off} disabled)" : service.Show("functions");
}
