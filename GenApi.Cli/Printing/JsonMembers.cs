using System.Globalization;
using System.Text.Json;

namespace GenApi.Cli.Printing;

/// <summary>Members of an answer as text, whatever the gateway put there.</summary>
internal static class JsonMembers
{
    /// <summary>A member's value; empty where there is none.</summary>
    public static string Show(this JsonElement row, string member) => row.Find(member) is { } value ? Show(value) : "";

    /// <summary>A list's items, with something between them; empty where there is none.</summary>
    public static string ShowList(this JsonElement row, string member, string separator) =>
        row.Find(member) is { ValueKind: JsonValueKind.Array } list ? string.Join(separator, list.EnumerateArray().Select(Show)) : row.Show(member);

    /// <summary>A moment in Unix milliseconds, in UTC; empty where there is none.</summary>
    public static string ShowTime(this JsonElement row, string member) =>
        row.Number(member) is { } milliseconds and >= 0 and < 253_402_300_800_000
            ? DateTimeOffset.FromUnixTimeMilliseconds(milliseconds).ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture)
            : "";

    /// <summary>A whole number; null where there is none.</summary>
    public static long? Number(this JsonElement row, string member) =>
        row.Find(member) is { ValueKind: JsonValueKind.Number } value && value.TryGetInt64(out var number) ? number : null;

    /// <summary>A member that is there and not null.</summary>
    public static JsonElement? Find(this JsonElement row, string member) =>
        row.ValueKind == JsonValueKind.Object && row.TryGetProperty(member, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;

    private static string Show(JsonElement value) => value.ValueKind == JsonValueKind.String ? value.GetString()! : value.GetRawText();
}
