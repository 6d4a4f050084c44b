namespace Aspire.Hosting.ApplicationModel;

/// <summary>A Redis server on a free loopback port.</summary>
internal sealed class RedisResource(string name) : Resource(name), IResourceWithConnectionString, IResourceWithEnvironment, IResourceWithWaitSupport
{
    /// <summary>Whether data is kept from one start to the next.</summary>
    public bool KeepsData { get; set; }

    /// <summary>How often a changed data set is written to disk.</summary>
    public TimeSpan SaveInterval { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>How many keys must have changed for that.</summary>
    public long SaveThreshold { get; set; } = 1;

    /// <inheritdoc />
    public string? ConnectionString { get; set; }
}
