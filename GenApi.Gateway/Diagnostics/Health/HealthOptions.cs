namespace GenApi.Gateway.Diagnostics.Health;

/// <summary>When the gateway counts itself as well, from the configuration section <c>GenApi:Health</c>.</summary>
public sealed class HealthOptions
{
    /// <summary>
    /// The memory of the process, in bytes, above which it is degraded, unless the question names a limit of its own (the seed's
    /// <c>max_memory_bytes</c>). Null, the default: none; from 1.
    /// </summary>
    public long? MaxMemoryBytes { get; set; }

    /// <summary>Every fault in these settings, a sentence each.</summary>
    internal IEnumerable<string> Faults() => MaxMemoryBytes < 1
        ? [$"GenApi:Health:MaxMemoryBytes is {MaxMemoryBytes}; it must be 1 or more. Leave it out for no limit."]
        : [];
}
