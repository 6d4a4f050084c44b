using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using GenApi.Cli.Connection;
using GenApi.Cli.Printing;

namespace GenApi.Cli.Commands;

/// <summary><c>genapi health</c>: how well a gateway is.</summary>
internal sealed class HealthCommand : ReportCommand
{
    private readonly Option<long?> _maxMemory =
        ByteSize.Option("--max-memory-bytes", "Count the runtime as degraded where the process takes more memory than this: bytes, 500MB, 1GiB.");

    public HealthCommand(CliHost host, CommonOptions common)
        : base(host, common, "health", "Shows how well a gateway is: ok, degraded or error. Exits with 1 unless it is ok or degraded.") => Add(_maxMemory);

    protected override string Path(CommandRun run) =>
        AdminPath.WithQuery("health", ("max_memory_bytes", run.Value(_maxMemory)?.ToString(CultureInfo.InvariantCulture)));

    protected override int CodeOf(JsonElement report) => report.Show("status") == "error" ? ExitCode.Failed : ExitCode.Done;

    protected override void Describe(CommandRun run, JsonElement report, JsonElement? before, ReportView view)
    {
        var checks = report.At("checks");
        var runtime = checks.At("runtime");
        var node = checks.At("node");
        view.Title($"Gateway {report.Show("gateway")}")
            .Fields(("status", report.Show("status")), ("checked", report.ShowTime("checked_at_ms")))
            .Title("Checks")
            .Table(
                ["Check", "Status", "Figures", "Reason"],
                [
                    ["runtime", runtime.Show("status"), Runtime(runtime.At("figures")), runtime.Show("reason")],
                    ["node", node.Show("status"), $"{node.At("connected_nodes").Items().Count()} connected, {node.At("unreachable_nodes").Items().Count()} unreachable", node.Show("reason")],
                    .. checks.At("genapi", "checks").Members().Select(part => (string[])[part.Name, part.Value.Show("status"), Figures(part.Value.At("figures")), part.Value.Show("reason")]),
                ],
                "Nothing was checked.");
    }

    private static string Runtime(JsonElement figures) =>
        $"memory {figures.At("memory").ShowBytes("total_bytes")}, {Words.Count(figures.At("thread_pool").Show("threads"), "thread")}, up {figures.ShowMilliseconds("uptime_ms")}";

    private static string Figures(JsonElement figures) => string.Join(", ", figures.Members().Select(figure => $"{figure.Name} {figure.Value.GetRawText()}"));
}
