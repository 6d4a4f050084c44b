using System.CommandLine;
using System.Text.Json;
using GenApi.Cli.Connection;
using GenApi.Cli.Printing;

namespace GenApi.Cli.Commands;

/// <summary><c>genapi flows</c>: all functions, and how their calls go.</summary>
internal sealed class FlowsCommand : ReportCommand
{
    private readonly Option<bool> _disabled = new("--include-disabled") { Description = "Also functions that are switched off." };

    public FlowsCommand(CliHost host, CommonOptions common)
        : base(host, common, "flows", "Lists all functions with their nodes, mode, permission and calls.") => Add(_disabled);

    protected override string Path(CommandRun run) => AdminPath.WithQuery("flows", ("include_disabled", run.Value(_disabled) ? "true" : null));

    protected override bool IsOfOneGateway => true;

    protected override void Describe(CommandRun run, JsonElement report, JsonElement? before, ReportView view) => view.Table(
        ["Service", "Function", "Version", "Answers", "Permission", "Nodes", "State", "Calls", "Failed", "Mean"],
        report.Items().Select(flow => (string[])
        [
            flow.Show("service"), flow.Show("request_type"), flow.Show("version"), flow.Show("response_type"), flow.Show("permission"),
            flow.Is("local") ? "local" : $"{flow.At("reachable_nodes").Items().Count()} of {flow.At("nodes").Items().Count()}",
            flow.Is("disabled") ? "disabled" : "enabled",
            flow.At("calls").Show("calls"), flow.At("calls").Show("failures"), flow.At("calls").Number("calls") is > 0 ? flow.At("calls").ShowMicroseconds("mean_us") : "",
        ]),
        "The gateway knows no functions.");
}
