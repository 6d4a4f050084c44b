using System.Text.Json;
using GenApi.Cli.Printing;

namespace GenApi.Cli.Commands;

/// <summary><c>genapi stats</c>: the counters of a gateway; watched, also what happened in between.</summary>
internal sealed class StatsCommand(CliHost host, CommonOptions common)
    : ReportCommand(host, common, "stats", "Shows the counters of a gateway: memory, calls, limits, pools, links. With --watch also what happens in between.")
{
    protected override string Path(CommandRun run) => "statistics";

    protected override void Describe(CommandRun run, JsonElement report, JsonElement? before, ReportView view)
    {
        var figures = report.At("runtime", "figures");
        var memory = figures.At("memory");
        var pool = figures.At("thread_pool");
        var genApi = report.At("genapi");
        var all = genApi.At("calls", "all");
        var pace = new CallPace(report, before);
        view.Title($"Gateway {report.Show("gateway")}")
            .Fields(
                ("up", figures.ShowMilliseconds("uptime_ms")),
                ("memory", $"{memory.ShowBytes("total_bytes")} in all, {memory.ShowBytes("managed_bytes")} objects, {memory.ShowBytes("allocated_bytes")} allocated since the start"),
                ("collections", $"{figures.At("gc").ShowList("collections", " / ")} by generation, {figures.At("gc").ShowMilliseconds("pause_ms")} paused"),
                ("threads", $"{report.At("runtime").Show("threads")} of the system, {pool.Show("threads")} in the pool, {pool.Show("busy_threads")} busy, {Words.Count(pool.Show("pending_items"), "item")} waiting"),
                ("processor", $"{report.At("runtime", "cpu_time_ms").ShowMilliseconds("total")} used on {Words.Count(figures.Show("processors"), "processor")}"))
            .Title("Calls")
            .Fields(
                ("calls", $"{all.Show("calls")}, {all.Show("failures")} failed, {genApi.At("calls").Show("in_flight")} under way"),
                ("lately", pace.Describe()),
                ("time", $"mean {all.ShowMicroseconds("mean_us")}, half within about {all.ShowMicroseconds("p50_us")}, 99 of 100 within about {all.ShowMicroseconds("p99_us")}, longest {all.ShowMicroseconds("max_us")}"),
                ("errors", string.Join(", ", genApi.At("calls", "errors_by_code").Members().Select(code => $"{code.Name} {code.Value.GetRawText()}"))))
            .Table(
                ["Function", "Calls", "Failed", "Mean", "p50", "p99", "Longest", .. pace.IsKnown ? (string[])["A second"] : []],
                genApi.At("calls", "functions").Items().Select(function => (string[])
                [
                    function.Show("function"), function.At("calls").Show("calls"), function.At("calls").Show("failures"), function.At("calls").ShowMicroseconds("mean_us"),
                    function.At("calls").ShowMicroseconds("p50_us"), function.At("calls").ShowMicroseconds("p99_us"), function.At("calls").ShowMicroseconds("max_us"),
                    .. pace.IsKnown ? (string[])[pace.OfFunction(function)] : [],
                ]),
                "No function has been called yet.")
            .Title("Parts")
            .Fields(
                ("configs", $"{Words.Count(genApi.At("configs").Show("count"), "function")}, {genApi.At("configs").Show("disabled")} disabled, of {genApi.At("configs").ShowList("services", ", ")}"),
                ("links", $"{genApi.At("links").Show("reachable")} of {Words.Count(genApi.At("links").Show("nodes"), "node")} reachable, {genApi.At("links").ShowBytes("unsent_bytes")} unsent"),
                ("connections", $"{genApi.Show("connections")} to the hub, {Words.Count(genApi.Show("streams"), "stream")}"),
                ("pools", $"async {Pool(genApi.At("pools", "async_pool"))}; stream {Pool(genApi.At("pools", "stream_pool"))}"),
                ("rate limits", $"{(genApi.At("rate_limiter").Is("enabled") ? "enabled" : "disabled")}, {Words.Count(genApi.At("rate_limiter", "instances").Items().Count(), "limit")}, {(genApi.At("rate_limiter").Is("shared") ? "counted by all gateways together" : "counted by this gateway alone")}; {Words.Count(genApi.At("rate_limiter").Show("checks"), "call")} checked, {genApi.At("rate_limiter").Show("denied")} denied"),
                ("relay", $"{Words.Count(genApi.At("relay").Show("group_count"), "group")}, {Words.Count(genApi.At("relay").Show("users"), "user")}"),
                ("failed configs", genApi.Show("failed_configs")),
                ("events", $"{Words.Count(genApi.Show("telemetry_events"), "kind")}"));
    }

    private static string Pool(JsonElement pool) => $"{pool.Show("busy_workers")} of {pool.Show("size")} busy, {pool.Show("queued")} waiting";
}
