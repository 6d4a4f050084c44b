using GenApi.Protocol.Json;

namespace GenApi.Gateway.Configs.Failed;

/// <summary>A function config that was refused, as the seed's <c>ConfigFailed</c> keeps it.</summary>
public sealed record FailedConfig
{
    /// <summary>The longest <see cref="Config"/> that is kept as it came, in bytes.</summary>
    public const int MaxConfigBytes = 8 * 1024;

    /// <summary>The most reasons that are kept.</summary>
    public const int MaxReasons = 100;

    /// <summary>How long it is kept.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromHours(24);

    /// <summary>Greater than that of every config refused before, by whichever gateway. Set by the store.</summary>
    public long Id { get; init; }

    /// <summary>The service it was meant for.</summary>
    public required string Service { get; init; }

    /// <summary>The function's name; null where it has none that can be told.</summary>
    public string? RequestType { get; init; }

    /// <summary>The function's version; null where it has none.</summary>
    public string? Version { get; init; }

    /// <summary>One of <see cref="ConfigSource"/>.</summary>
    public required string Source { get; init; }

    /// <summary>The address of the node it came from; null where a tool pushed it.</summary>
    public string? Node { get; init; }

    /// <summary>Everything that is wrong with it.</summary>
    public required IReadOnlyList<string> Reason { get; init; }

    /// <summary>The config as it came; a string with its beginning where it is very long or no valid Unicode.</summary>
    public RawJson Config { get; init; }

    /// <summary>When it was refused, in Unix milliseconds.</summary>
    public long InsertedAtMs { get; init; }

    /// <summary>When it is forgotten, in Unix milliseconds.</summary>
    public long ExpiresAtMs { get; init; }
}
