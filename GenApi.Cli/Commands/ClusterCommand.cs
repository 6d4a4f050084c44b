using System.Text.Json;
using GenApi.Cli.Printing;

namespace GenApi.Cli.Commands;

/// <summary><c>genapi cluster</c>: gateways, nodes, and what runs on each.</summary>
internal sealed class ClusterCommand(CliHost host, CommonOptions common)
    : ReportCommand(host, common, "cluster", "Shows the gateways with their figures, and the nodes with their links, services and leases.")
{
    protected override string Path(CommandRun run) => "cluster";

    protected override void Describe(CommandRun run, JsonElement report, JsonElement? before, ReportView view) => view
        .Title("Gateways")
        .Table(
            ["Gateway", "", "Status", "Up", "Memory", "Calls", "A second", "Failed", "Under way", "Connections", "Nodes"],
            report.At("gateways").Items().Select(gateway =>
            {
                var figures = gateway.At("figures");
                return (string[])
                [
                    gateway.Show("id"), gateway.Is("self") ? "asked" : "", figures.Show("status"), figures.ShowMilliseconds("uptime_ms"), figures.ShowBytes("memory_bytes"), figures.Show("calls"),
                    figures.Show("calls_per_second"), figures.Show("failures"), figures.Show("in_flight"), figures.Show("connections"),
                    figures.Find("nodes") is null ? "" : $"{figures.Show("reachable_nodes")} of {figures.Show("nodes")}",
                ];
            }),
            "No gateway is known.")
        .Title("Where they are, and what is not well")
        .Table(
            ["Gateway", "Addresses", "Instance", "Not well because"],
            report.At("gateways").Items().Where(gateway => gateway.Find("figures") is not null).SelectMany(Places),
            "No gateway told where it is.")
        .Title($"Nodes, as {report.Show("self")} sees them")
        .Table(
            ["Node", "", "Breaker", "Under way", "Services", "Config version", "Functions", "Last failure"],
            report.At("nodes").Items().SelectMany(node => Rows(node.At("state"), [.. node.At("leases").Items()])),
            "No node has a lease.");

    private static IEnumerable<IReadOnlyList<string>> Places(JsonElement gateway)
    {
        var figures = gateway.At("figures");
        List<JsonElement> reasons = [.. figures.At("reasons").Items()];
        yield return [gateway.Show("id"), figures.ShowList("addresses", " "), figures.Show("instance_id"), reasons.Count > 0 ? reasons[0].ToString() : ""];
        foreach (var reason in reasons.Skip(1))
        {
            yield return ["", "", "", reason.ToString()];
        }
    }

    private static IEnumerable<IReadOnlyList<string>> Rows(JsonElement state, IReadOnlyList<JsonElement> leases)
    {
        string[] link = [state.Show("address"), state.Is("reachable") ? "reachable" : "unreachable", state.Show("breaker"), state.Show("in_flight")];
        yield return [.. link, .. Lease(leases.Count > 0 ? leases[0] : default), state.Show("last_failure")];
        foreach (var lease in leases.Skip(1))
        {
            yield return ["", "", "", "", .. Lease(lease), ""];
        }
    }

    private static IEnumerable<string> Lease(JsonElement lease) => [lease.Show("service"), lease.Show("config_version"), lease.Show("functions")];
}
