namespace GenApi.Gateway.Configs.Failed;

/// <summary>How many failed configs there are.</summary>
/// <param name="Total">All that have not expired.</param>
/// <param name="BySource">By the way they came; see <see cref="ConfigSource"/>.</param>
/// <param name="ByService">By service.</param>
public sealed record FailedConfigSummary(long Total, IReadOnlyDictionary<string, long> BySource, IReadOnlyDictionary<string, long> ByService)
{
    internal static FailedConfigSummary Of(IReadOnlyCollection<(string Source, string Service)> entries) => new(
        entries.Count,
        Counts(entries.Select(entry => entry.Source)),
        Counts(entries.Select(entry => entry.Service)));

    private static SortedDictionary<string, long> Counts(IEnumerable<string> names) =>
        new(names.CountBy(name => name).ToDictionary(count => count.Key, count => (long)count.Value), StringComparer.Ordinal);
}

/// <summary>What a cleanup or clear did.</summary>
/// <param name="Removed">How many entries it removed.</param>
public sealed record FailedConfigsRemoved(long Removed);
