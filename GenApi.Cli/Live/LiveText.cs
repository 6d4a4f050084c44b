using System.Globalization;
using System.Text;
using System.Text.Json;
using GenApi.Cli.Printing;

namespace GenApi.Cli.Live;

/// <summary>Shows what comes live on one line each: the time, what happened, and then names and values.</summary>
internal static class LiveText
{
    private const int NameWidth = 12;

    /// <summary>An event of <c>GET /admin/events</c>.</summary>
    public static string OfEvent(JsonElement happened)
    {
        var text = new StringBuilder(Time(happened));
        text.Append(Text(happened, "event"));
        foreach (var part in new[] { "measurements", "metadata" })
        {
            if (happened.TryGetProperty(part, out var members) && members.ValueKind == JsonValueKind.Object)
            {
                AddMembers(text, members, []);
            }
        }

        return PlainText.OneLine(text.ToString());
    }

    /// <summary>What a trace saw.</summary>
    public static string OfTrace(JsonElement seen)
    {
        var text = new StringBuilder(Time(seen));
        text.Append(Text(seen, "type").PadRight(NameWidth));
        if (Text(seen, "service") is { Length: > 0 } service)
        {
            text.Append(' ').Append(service).Append('/').Append(Text(seen, "request_type"));
            if (Text(seen, "version") is { Length: > 0 } version)
            {
                text.Append('@').Append(version);
            }
        }

        AddMembers(text, seen, ["type", "trace_id", "time", "service", "request_type", "version"]);
        return PlainText.OneLine(text.ToString());
    }

    private static void AddMembers(StringBuilder text, JsonElement json, IReadOnlyCollection<string> shown)
    {
        foreach (var member in json.EnumerateObject())
        {
            if (!shown.Contains(member.Name))
            {
                text.Append(' ').Append(member.Name).Append('=').Append(
                    member.Value.ValueKind == JsonValueKind.String && !member.Value.ValueEquals("") && !member.Value.GetString()!.Contains(' ', StringComparison.Ordinal)
                        ? member.Value.GetString()
                        : member.Value.GetRawText());
            }
        }
    }

    /// <summary>The time of day in UTC, as the gateway's log has it.</summary>
    private static string Time(JsonElement json) =>
        json.TryGetProperty("time", out var time) && time.ValueKind == JsonValueKind.String && time.TryGetDateTimeOffset(out var at)
            ? at.UtcDateTime.ToString("HH:mm:ss.fff ", CultureInfo.InvariantCulture)
            : "";

    private static string Text(JsonElement json, string member) =>
        json.TryGetProperty(member, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString()! : "";
}
