using System.Text.Json;
using GenApi.Cli.Printing;

namespace GenApi.Cli.Commands;

/// <summary>Prints what the gateway says about rate limits.</summary>
internal static class LimitRows
{
    private static readonly string[] Columns = ["Scope", "Key", "Max requests", "Window", "Source"];

    /// <summary>All limits, and whether they are enforced.</summary>
    public static void PrintConfig(CommandRun run, JsonElement config)
    {
        if (run.Json)
        {
            run.Output.Json(config, indented: true);
            return;
        }

        Print(run, [.. Items(config.Find("global")), .. Items(config.Find("api"))]);
        run.Errors.Note(config.Find("enabled") is { ValueKind: JsonValueKind.False }
            ? "Rate limits are switched off."
            : $"When the limiter cannot count, calls are {(config.Find("fail_open") is { ValueKind: JsonValueKind.False } ? "refused (fail_open is off)" : "counted by each gateway alone (fail_open is on)")}.");
    }

    public static void PrintLimits(CommandRun run, JsonElement limits)
    {
        if (run.Json)
        {
            run.Output.Json(limits, indented: true);
        }
        else
        {
            Print(run, Items(limits));
        }
    }

    public static void PrintStatus(CommandRun run, JsonElement status)
    {
        if (run.Json)
        {
            run.Output.Json(status, indented: true);
            return;
        }

        var rows = Items(status);
        if (rows.Length == 0)
        {
            run.Errors.Note("No limit counts by that key.");
            return;
        }

        run.Output.Table(
            ["Scope", "Key", "Value", "Used", "Remaining", "Max requests", "Window", "Retry after"],
            rows.Select(row => (string[])
            [
                row.Show("scope"), row.Show("key"), row.Show("key_value"), row.Show("current"), row.Show("remaining"), row.Show("max_requests"), Time(row, "window_ms"),
                Time(row, "retry_after_ms"),
            ]));
    }

    private static void Print(CommandRun run, JsonElement[] limits)
    {
        if (limits.Length == 0)
        {
            run.Errors.Note("There are no rate limits of this kind.");
            return;
        }

        run.Output.Table(
            Columns,
            limits.Select(limit => (string[])
            [
                limit.Find("service") is null ? "global" : $"{limit.Show("service")}/{limit.Show("request_type")}", limit.Show("key"), limit.Show("max_requests"),
                Time(limit, "window_ms"), limit.Show("source"),
            ]));
    }

    private static string Time(JsonElement row, string member) =>
        row.Number(member) is { } milliseconds and > 0 and < int.MaxValue * 1000L ? Duration.Show(TimeSpan.FromMilliseconds(milliseconds)) : "";

    private static JsonElement[] Items(JsonElement? list) =>
        list is { ValueKind: JsonValueKind.Array } items ? [.. items.EnumerateArray()] : [];
}
