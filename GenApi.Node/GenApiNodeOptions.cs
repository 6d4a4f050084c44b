namespace GenApi.Node;

/// <summary>
/// The settings of a node, from the configuration section <c>GenApi:Node</c>. Only <see cref="ClusterToken"/> must be set.
/// </summary>
public sealed class GenApiNodeOptions
{
    /// <summary>The configuration section.</summary>
    public const string Section = "GenApi:Node";

    /// <summary>
    /// The secret that all gateways and nodes of the cluster share, at least 16 characters. Read from
    /// <c>GenApi:ClusterToken</c> where the section has none.
    /// </summary>
    public string? ClusterToken { get; set; }

    /// <summary>
    /// The base addresses of gateways to register with, tried in turn. Empty: those that service discovery knows under the
    /// name <c>gateway</c> (<c>services:gateway:http:0</c> and so on).
    /// </summary>
    public IList<string> Gateways { get; } = [];

    /// <summary>
    /// The base address at which gateways reach this node, such as <c>http://10.0.0.5:5090</c>. Null: the first address the
    /// node listens on, with a wildcard host replaced by the local address that leads to the gateway.
    /// </summary>
    public string? Address { get; set; }

    /// <summary>How often the lease is renewed. Default 5 s; from 100 ms to 5 min, and below the gateway's lease expiry (15 s).</summary>
    public TimeSpan LeaseInterval { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>How long one request to a gateway may take. Default 5 s; from 100 ms to 1 min.</summary>
    public TimeSpan RequestTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>How long the calls under way may take to finish when the node stops. Default 5 s; from 0 to 5 min.</summary>
    public TimeSpan DrainTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Calls running at once; further ones are refused as unavailable. Default 10000; from 1 to 1000000.</summary>
    public int MaxConcurrentCalls { get; set; } = 10_000;

    /// <summary>The largest frame accepted from a gateway, in bytes. Default 16 MiB; from 256 KiB to 1 GiB.</summary>
    public int MaxFrameBytes { get; set; } = 16 * 1024 * 1024;

    /// <summary>How often an idle link is probed, and how long the probe may go unanswered. Default 10 s; from 1 s to 5 min.</summary>
    public TimeSpan KeepAlive { get; set; } = TimeSpan.FromSeconds(10);
}
