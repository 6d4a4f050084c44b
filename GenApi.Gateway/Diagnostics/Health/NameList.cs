namespace GenApi.Gateway.Diagnostics.Health;

/// <summary>Names within a sentence: so many at the most, so that the sentence stays one.</summary>
internal static class NameList
{
    private const int Most = 10;

    public static string Of(IReadOnlyCollection<string> names) =>
        $"{string.Join(", ", names.Order(StringComparer.Ordinal).Take(Most))}{(names.Count > Most ? $" and {names.Count - Most} more" : "")}";
}
