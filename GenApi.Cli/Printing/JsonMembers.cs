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

    /// <summary>A member of a member, and so on; an empty value where one of them is missing.</summary>
    public static JsonElement At(this JsonElement row, params ReadOnlySpan<string> members)
    {
        foreach (var member in members)
        {
            row = row.Find(member) ?? default;
        }

        return row;
    }

    /// <summary>The items of a list; none where it is none.</summary>
    public static IEnumerable<JsonElement> Items(this JsonElement list) => list.ValueKind == JsonValueKind.Array ? list.EnumerateArray() : [];

    /// <summary>The members of an object; none where it is none.</summary>
    public static IEnumerable<JsonProperty> Members(this JsonElement row) => row.ValueKind == JsonValueKind.Object ? row.EnumerateObject() : [];

    /// <summary>Whether a member is true.</summary>
    public static bool Is(this JsonElement row, string member) => row.Find(member) is { ValueKind: JsonValueKind.True };

    private static string Show(JsonElement value) => value.ValueKind == JsonValueKind.String ? value.GetString()! : value.GetRawText();
}
