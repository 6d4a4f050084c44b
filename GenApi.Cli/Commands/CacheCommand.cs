using System.Text.Json;
using GenApi.Cli.Printing;

namespace GenApi.Cli.Commands;

/// <summary><c>genapi cache</c>: the services in a gateway's config cache.</summary>
internal sealed class CacheCommand(CliHost host, CommonOptions common) : ReportCommand(host, common, "cache", "Shows the services whose functions the gateway knows.")
{
    protected override string Path(CommandRun run) => "cache";

    protected override void Describe(CommandRun run, JsonElement report, JsonElement? before, ReportView view) => view
        .Fields(("gateway", run.Gateway.Answering ?? ""), ("loaded", report.Is("loaded") ? "yes" : "no"), ("functions", report.Show("count")), ("switched off", report.Show("disabled")))
        .Table(
            ["Service", "Config version", "Stored", "Functions", "Disabled", "HTTP routes", "Nodes"],
            report.At("services").Items().Select(service => (string[])
            [
                service.Show("service"), service.Show("config_version"), service.ShowTime("stored_at_ms"), service.Show("functions"), service.Show("disabled"),
                service.Show("http_routes"), service.Show("nodes"),
            ]),
            "The gateway knows no services.");
}
