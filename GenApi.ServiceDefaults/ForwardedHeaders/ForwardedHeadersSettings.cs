namespace GenApi.ServiceDefaults.ForwardedHeaders;

/// <summary>
/// Which proxies may say, by <c>X-Forwarded-*</c> headers, where a request came from. Read from the configuration section
/// <c>ForwardedHeaders</c>. Without that section the headers are ignored and the address of the connection counts.
/// With it, <see cref="KnownProxies"/> or <see cref="KnownNetworks"/> must name at least one proxy: a header believed from anyone
/// would let anyone take any address, and with it another caller's rate limit. A value that cannot be used stops the program at start.
/// </summary>
/// <example>
/// <code>
/// "ForwardedHeaders": { "KnownNetworks": [ "10.0.0.0/8" ], "ForwardLimit": 2 }
/// </code>
/// or, in the environment, <c>ForwardedHeaders__KnownProxies__0=10.0.0.7</c>.
/// </example>
public sealed class ForwardedHeadersSettings
{
    /// <summary>The name of the configuration section.</summary>
    public const string SectionName = "ForwardedHeaders";

    /// <summary>IP addresses of proxies that are believed, such as <c>10.0.0.7</c> or <c>fd00::7</c>. Default: none; not even loopback is believed unasked.</summary>
    public IList<string> KnownProxies { get; } = [];

    /// <summary>Networks whose every address is believed, as address/prefix, such as <c>10.0.0.0/8</c>. Default: none.</summary>
    public IList<string> KnownNetworks { get; } = [];

    /// <summary>How many proxies stand in a row in front of this service, so how many entries of a header are read, from the last. 1 to 32; default 1.</summary>
    public int ForwardLimit { get; set; } = 1;

    /// <summary>
    /// The headers to read: any of <c>X-Forwarded-For</c> (the client's address), <c>X-Forwarded-Proto</c> (http or https),
    /// <c>X-Forwarded-Host</c> and <c>X-Forwarded-Prefix</c>. Default, when empty: the first two. Read the host only if the proxy
    /// always sets it, and set <c>AllowedHosts</c> as well.
    /// </summary>
    public IList<string> Headers { get; } = [];
}
