using GenApi.Gateway.Configs.Failed;
using GenApi.Gateway.Configs.Pull;
using GenApi.Gateway.Entry.Routes;
using GenApi.Gateway.OpenApi;
using GenApi.Gateway.RateLimits;
using GenApi.Gateway.Relay;
using GenApi.Gateway.Storage;
using GenApi.Gateway.WebConsole;

namespace GenApi.Gateway;

/// <summary>The settings of a gateway, from the configuration section <c>GenApi</c>.</summary>
public sealed class GenApiGatewayOptions
{
    /// <summary>The configuration section.</summary>
    public const string Section = "GenApi";

    /// <summary>The gateway's name among the others. Null: a new random one at each start.</summary>
    public string? GatewayId { get; set; }

    /// <summary>
    /// The base address at which other gateways reach this one, such as <c>http://10.0.0.5:5080</c>. Null: the first address it listens on,
    /// with a wildcard host replaced by the local address that leads to Redis.
    /// </summary>
    public string? Address { get; set; }

    /// <summary>
    /// The secret that all gateways and nodes of the cluster share, at least 16 characters (the seed's push token). Null: no
    /// node can register with this gateway.
    /// </summary>
    public string? ClusterToken { get; set; }

    /// <summary>The secret of the admin API, at least 16 characters. Null: only users with the role <c>genapi-admin</c> get in.</summary>
    public string? AdminToken { get; set; }

    /// <summary>
    /// The changes that the admin API may make, such as <c>create_token</c>; <c>*</c> stands for all (the seed's
    /// <c>admin_actions</c>). Empty, the default, refuses every change.
    /// </summary>
    public IList<string> AdminActions { get; } = [];

    /// <summary>The name of the event by which results, chunks and messages are pushed to hub clients (the seed's <c>:event</c>).</summary>
    public string EventName { get; set; } = "genapi";

    /// <summary>
    /// Whether user id and roles come from the verified caller alone (the seed's <c>:override_user_id</c>). Off, those in the
    /// payload are believed: only for clients that are servers of your own.
    /// </summary>
    public bool OverrideUserId { get; set; } = true;

    /// <summary>Whether calls of unverified callers are refused outright (the seed's <c>:require_verified_user_id</c>).</summary>
    public bool RequireVerifiedUserId { get; set; } = true;

    /// <summary>Whether callers see what a function says when it fails (the seed's <c>:detail_error</c>). Off by default: it may tell secrets.</summary>
    public bool DetailError { get; set; }

    /// <summary>The largest request, in bytes. Default 1 MiB; from 1 KiB to 256 MiB.</summary>
    public int MaxPayloadBytes { get; set; } = 1024 * 1024;

    /// <summary>The calls that one hub connection may have under way; further ones wait. Default 100; from 1 to 10000.</summary>
    public int MaxParallelCallsPerConnection { get; set; } = 100;

    /// <summary>How long a client token lasts when the request for it does not say. Default 1 h; from 1 s to 365 days.</summary>
    public TimeSpan TokenLifetime { get; set; } = TimeSpan.FromHours(1);

    /// <summary>How long the answer of an async call by HTTP waits to be fetched. Default 10 min; from 1 s to 24 h.</summary>
    public TimeSpan ResultLifetime { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>
    /// Async calls by HTTP under way or waiting to be fetched; further ones are refused. With Redis, those under way at this gateway
    /// count. Default 100000; from 1 to 10000000.
    /// </summary>
    public int MaxStoredResults { get; set; } = 100_000;

    /// <summary>How arguments are limited where their types do not say.</summary>
    public ArgumentLimits Arguments { get; } = new();

    /// <summary>The workers of async and fire-and-forget calls.</summary>
    public PoolOptions AsyncPool { get; } = new() { Size = 1000, QueueLimit = 10_000 };

    /// <summary>The workers of streams; each stream has one for as long as it lasts.</summary>
    public PoolOptions StreamPool { get; } = new() { Size = 10_000, QueueLimit = 0 };

    /// <summary>What nodes may register.</summary>
    public AllowlistOptions Allowlist { get; } = new();

    /// <summary>How the gateway keeps in touch with nodes.</summary>
    public NodeOptions Nodes { get; } = new();

    /// <summary>How the gateway remembers the configs that it refused.</summary>
    public FailedConfigOptions FailedConfigs { get; } = new();

    /// <summary>What the gateway pulls by itself.</summary>
    public PullOptions Pull { get; } = new();

    /// <summary>How plain HTTP requests to nodes are passed on.</summary>
    public HttpRouteOptions Routes { get; } = new();

    /// <summary>How the gateway describes its functions.</summary>
    public ApiDescriptionOptions OpenApi { get; } = new();

    /// <summary>How often callers may call.</summary>
    public RateLimitOptions RateLimits { get; } = new();

    /// <summary>How the gateway keeps what gateways share.</summary>
    public StorageOptions Storage { get; } = new();

    /// <summary>How groups relay messages.</summary>
    public RelayOptions Relay { get; } = new();

    /// <summary>When the gateway counts itself as well.</summary>
    public Diagnostics.Health.HealthOptions Health { get; } = new();

    /// <summary>What the gateway tells about itself.</summary>
    public Telemetry.TelemetryOptions Telemetry { get; } = new();

    /// <summary>What tracing may show.</summary>
    public Diagnostics.Tracing.TracingOptions Tracing { get; } = new();

    /// <summary>The web console.</summary>
    public ConsoleOptions Console { get; } = new();

    /// <summary>The limits of arguments whose types set none (the seed's defaults).</summary>
    public sealed class ArgumentLimits
    {
        /// <summary>The largest string, in bytes of UTF-8. Default 3000; from 1 to 256 MiB.</summary>
        public int MaxBytes { get; set; } = 3000;

        /// <summary>The most items of a list and members of a map. Default 1000; from 1 to 1000000.</summary>
        public int MaxItems { get; set; } = 1000;

        /// <summary>The largest string within a list, in bytes of UTF-8. Default 3000; from 1 to 256 MiB.</summary>
        public int MaxItemBytes { get; set; } = 3000;
    }

    /// <summary>A pool of workers (the seed's worker pools).</summary>
    public sealed class PoolOptions
    {
        /// <summary>Calls running at once. From 1 to 1000000.</summary>
        public int Size { get; set; }

        /// <summary>Calls that may wait for a worker; further ones are refused as unavailable. From 0 to 1000000.</summary>
        public int QueueLimit { get; set; }

        /// <summary>When the pool's breaker opens. Only timeouts, lost calls and faults of the gateway count.</summary>
        public BreakerOptions Breaker { get; } = new() { ConsecutiveFailures = 100, MinimumCalls = 200, FailureRate = 0.9 };
    }

    /// <summary>What nodes may register. Empty lists, the default, allow everything.</summary>
    public sealed class AllowlistOptions
    {
        /// <summary>
        /// Patterns of functions that may be pushed, as <c>service</c> or <c>service/function</c>, with <c>*</c> for any
        /// letters, such as <c>user_*</c> or <c>orders/get_*</c>.
        /// </summary>
        public IList<string> Functions { get; } = [];

        /// <summary>Patterns of node addresses that may register, with <c>*</c> for any letters, such as <c>http://10.0.*</c>.</summary>
        public IList<string> Nodes { get; } = [];
    }

    /// <summary>How the gateway keeps in touch with nodes.</summary>
    public sealed class NodeOptions
    {
        /// <summary>How long a node counts as alive after its last sign of life. Default 15 s; from 300 ms to 10 min.</summary>
        public TimeSpan LeaseExpiry { get; set; } = TimeSpan.FromSeconds(15);

        /// <summary>How often the leases are looked through. Default 1 s; from 50 ms to 1 min.</summary>
        public TimeSpan WatchInterval { get; set; } = TimeSpan.FromSeconds(1);

        /// <summary>How long opening a link may take. Default 5 s; from 100 ms to 1 min.</summary>
        public TimeSpan ConnectTimeout { get; set; } = TimeSpan.FromSeconds(5);

        /// <summary>The longest pause between two attempts to open a link. Default 5 s; from 50 ms to 5 min.</summary>
        public TimeSpan LongestReconnectDelay { get; set; } = TimeSpan.FromSeconds(5);

        /// <summary>How often an idle link is probed, and how long the probe may go unanswered. Default 10 s; from 1 s to 5 min.</summary>
        public TimeSpan KeepAlive { get; set; } = TimeSpan.FromSeconds(10);

        /// <summary>The largest frame accepted from a node, and with it the largest result, in bytes. Default 16 MiB; from 256 KiB to 1 GiB.</summary>
        public int MaxFrameBytes { get; set; } = 16 * 1024 * 1024;

        /// <summary>When a node's breaker opens. Only lost calls count, and timeouts of a node that has sent nothing since; what a function answers does not.</summary>
        public BreakerOptions Breaker { get; } = new();

        /// <summary>Calls under way on one link; further ones go to another node. Default 20000; from 1 to 1000000.</summary>
        public int MaxCallsPerLink { get; set; } = 20_000;
    }
}
