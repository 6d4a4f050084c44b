namespace GenApi.Gateway.Configs.Failed;

/// <summary>Which failed configs to list.</summary>
/// <param name="Source">Only those that came this way, one of <see cref="ConfigSource"/>; null: all.</param>
/// <param name="Service">Only those of this service; null: all.</param>
/// <param name="Limit">At most this many, 1 to <see cref="MaxLimit"/>.</param>
/// <param name="OldestFirst">The oldest first, rather than the newest.</param>
internal sealed record FailedConfigQuery(string? Source = null, string? Service = null, int Limit = FailedConfigQuery.DefaultLimit, bool OldestFirst = false)
{
    public const int DefaultLimit = 100;

    public const int MaxLimit = 1000;

    public const string NewestFirstName = "newest_first";

    public const string OldestFirstName = "oldest_first";

    public bool Admits(string source, string service) => (Source is null || Source == source) && (Service is null || Service == service);
}
