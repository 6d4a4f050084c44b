namespace GenApi.Gateway.Configs;

/// <summary>By which way configs came to the gateway.</summary>
/// <param name="Source">One of <see cref="ConfigSource"/>.</param>
/// <param name="Node">The address of the node that they came from; null where a tool pushed them.</param>
internal readonly record struct ConfigOrigin(string Source, string? Node);

/// <summary>The ways by which configs come to the gateway, as the seed names them.</summary>
internal static class ConfigSource
{
    /// <summary>A node or a tool sent them.</summary>
    public const string Push = "push";

    /// <summary>The gateway fetched them from a node.</summary>
    public const string Pull = "pull";

    /// <summary>The gateway's own process has them.</summary>
    public const string Local = "local";

    public static bool IsKnown(string source) => source is Push or Pull or Local;
}
