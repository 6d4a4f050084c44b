namespace GenApi.Gateway.Configs.Failed;

/// <summary>Which failed configs to list.</summary>
/// <param name="Source">Only those that came this way, one of <see cref="ConfigSource"/>; null: all.</param>
/// <param name="Service">Only those of this service; null: all.</param>
/// <param name="Limit">At most this many, 1 to 1000.</param>
/// <param name="OldestFirst">The oldest first, rather than the newest.</param>
public sealed record FailedConfigQuery(string? Source = null, string? Service = null, int Limit = FailedConfigQuery.DefaultLimit, bool OldestFirst = false)
{
    internal const int DefaultLimit = 100;

    internal const int MaxLimit = 1000;

    internal const string NewestFirstName = "newest_first";

    internal const string OldestFirstName = "oldest_first";

    internal bool Admits(string source, string service) => (Source is null || Source == source) && (Service is null || Service == service);
}
