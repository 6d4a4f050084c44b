using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using GenApi.Cli.Connection;
using GenApi.Cli.Printing;

namespace GenApi.Cli.Commands;

/// <summary><c>genapi debug</c>: what takes the most on a gateway.</summary>
internal sealed class DebugCommand : ReportCommand
{
    private readonly Option<int?> _limit = WholeNumber.Option("--process-limit", 1, 1000, "The most entries of each list, up to 1000. Default: 20.");

    private readonly Option<bool> _stacks = new("--include-current-stacktrace") { Description = "Show the stacks of all managed threads too, and the threads of the system." };

    public DebugCommand(CliHost host, CommonOptions common)
        : base(host, common, "debug", "Shows the connections, streams, links and functions that take the most, and what is kept in memory.")
    {
        Add(_limit);
        Add(_stacks);
    }

    protected override string Path(CommandRun run) => AdminPath.WithQuery(
        "debug",
        ("process_limit", run.Value(_limit)?.ToString(CultureInfo.InvariantCulture)),
        ("include_current_stacktrace", run.Value(_stacks) ? "true" : null));

    protected override void Describe(CommandRun run, JsonElement report, JsonElement? before, ReportView view)
    {
        var runtime = report.At("runtime");
        var memory = runtime.At("memory");
        var pool = runtime.At("thread_pool");
        view.Title($"Gateway {report.Show("gateway")}")
            .Fields(
                ("taken", report.ShowTime("taken_at_ms")),
                ("memory", $"{memory.ShowBytes("total_bytes")} in all, {memory.ShowBytes("managed_bytes")} objects, {memory.ShowBytes("allocated_bytes")} allocated since the start"),
                ("collections", $"{runtime.At("gc").ShowList("collections", " / ")} by generation, {runtime.At("gc").ShowMilliseconds("pause_ms")} paused"),
                ("threads", $"{pool.Show("threads")} in the pool, {pool.Show("busy_threads")} busy, {Words.Count(pool.Show("pending_items"), "item")} waiting"),
                ("up", runtime.ShowMilliseconds("uptime_ms")),
                ("traces", $"{report.At("trace").Show("active")} of {report.At("trace").Show("max_traces")} run"))
            .Title("Connections")
            .Table(
                ["Connection", "User", "Age", "Calls", "Under way", "Streams", "Buffered"],
                report.At("connections").Items().Select(open => (string[])
                    [open.Show("id"), open.Show("user_id"), open.ShowMilliseconds("age_ms"), open.Show("calls"), open.Show("in_flight"), open.Show("streams"), open.ShowBytes("buffered_bytes")]),
                "No client is connected to the hub.")
            .Title("Streams")
            .Table(
                ["Request", "Function", "User", "Node", "Age", "Chunks", "Buffered"],
                report.At("streams").Items().Select(stream => (string[])
                    [stream.Show("request_id"), stream.Show("function"), stream.Show("user_id"), stream.Show("node"), stream.ShowMilliseconds("age_ms"), stream.Show("chunks"), stream.ShowBytes("buffered_bytes")]),
                "No stream is under way.")
            .Title("Links")
            .Table(
                ["Node", "", "Breaker", "Under way", "Unsent", "Sent", "Received", "Frames sent", "Frames received", "Last failure"],
                report.At("links").Items().Select(link => (string[])
                [
                    link.At("node").Show("address"), link.At("node").Is("reachable") ? "reachable" : "unreachable", link.At("node").Show("breaker"), link.At("node").Show("in_flight"),
                    link.ShowBytes("unsent_bytes"), link.ShowBytes("bytes_sent"), link.ShowBytes("bytes_received"),
                    link.Show("frames_sent"), link.Show("frames_received"), link.At("node").Show("last_failure"),
                ]),
                "No node has a lease.")
            .Title("Functions")
            .Table(
                ["Function", "Time in all", "Calls", "Failed", "Mean", "Longest"],
                report.At("functions").Items().Select(function => (string[])
                    [function.Show("function"), function.ShowMicroseconds("total_us"), function.At("calls").Show("calls"), function.At("calls").Show("failures"), function.At("calls").ShowMicroseconds("mean_us"), function.At("calls").ShowMicroseconds("max_us")]),
                "No function has been called yet.")
            .Title("Pools")
            .Pools(report.At("pools"))
            .Title("In memory")
            .Table(
                ["Table", "Entries", "Room for", "Memory", "Note"],
                report.At("tables").Members().Select(table => (string[])
                    [table.Name, table.Value.Is("exists") ? table.Value.Show("size") : "-", table.Value.Show("capacity"), table.Value.ShowBytes("memory_bytes"), table.Value.Show("note")]),
                "Nothing is kept.");
        if (report.Find("stacks") is { } stacks)
        {
            Describe(stacks, view);
        }
    }

    private static void Describe(JsonElement stacks, ReportView view)
    {
        view.Title("Stacks").Line(stacks.Show("note"));
        foreach (var place in stacks.At("managed").Items())
        {
            var count = place.Number("count") ?? 0;
            view.Line("").Line($"{Words.Count(count, "thread")}, {(place.Show("state") == "managed" ? "running" : "in the system's code, as threads are that wait")} ({place.ShowList("threads", ", ")}{(place.At("threads").Items().Count() < count ? ", …" : "")})");
            foreach (var frame in place.At("frames").Items())
            {
                view.Line($"    {frame.GetString()}");
            }

            if (place.Is("more_frames"))
            {
                view.Line("    …");
            }
        }

        if (stacks.Find("current_stacktrace") is { } current)
        {
            view.Line("").Line("The asking thread");
            foreach (var frame in current.Items())
            {
                view.Line($"    {frame.GetString()}");
            }
        }

        view.Title("Threads of the system").Table(
            ["Thread", "State", "Processor time"],
            stacks.At("threads").Items().Select(thread => (string[])[thread.Show("id"), thread.Show("state"), thread.ShowMilliseconds("cpu_time_ms")]),
            "The system tells of no threads.");
    }
}
