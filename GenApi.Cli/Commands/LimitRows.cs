using System.Text.Json;
using GenApi.Cli.Printing;

namespace GenApi.Cli.Commands;

/// <summary>Lays out what the gateway says about rate limits.</summary>
internal static class LimitRows
{
    /// <summary>All limits, and whether they are enforced.</summary>
    public static void DescribeConfig(JsonElement config, ReportView view)
    {
        Describe([.. config.At("global").Items(), .. config.At("api").Items()], view);
        view.Note(config.Find("enabled") is { ValueKind: JsonValueKind.False }
            ? "Rate limits are switched off."
            : $"When the limiter cannot count, calls are {(config.Find("fail_open") is { ValueKind: JsonValueKind.False } ? "refused (fail_open is off)" : "counted by each gateway alone (fail_open is on)")}.");
    }

    public static void DescribeLimits(JsonElement limits, ReportView view) => Describe(limits.Items(), view);

    /// <summary>How far each limit is used.</summary>
    public static void DescribeStatus(JsonElement status, ReportView view) => view.OnlyTable(
        ["Scope", "Key", "Value", "Used", "Remaining", "Max requests", "Window", "Retry after"],
        status.Items().Select(row => (string[])
        [
            row.Show("scope"), row.Show("key"), row.Show("key_value"), row.Show("current"), row.Show("remaining"), row.Show("max_requests"), row.ShowWindow("window_ms"),
            row.Number("retry_after_ms") > 0 ? row.ShowMilliseconds("retry_after_ms") : "",
        ]),
        "No limit counts by that key.");

    private static void Describe(IEnumerable<JsonElement> limits, ReportView view) => view.OnlyTable(
        ["Scope", "Key", "Max requests", "Window", "Source"],
        limits.Select(limit => (string[])
        [
            limit.Find("service") is null ? "global" : $"{limit.Show("service")}/{limit.Show("request_type")}", limit.Show("key"), limit.Show("max_requests"),
            limit.ShowWindow("window_ms"), limit.Show("source"),
        ]),
        "There are no rate limits of this kind.");
}
