using System.Text.Json;
using System.Text.Json.Serialization;

namespace GenApi.Protocol.Configs;

/// <summary>One running process of a service.</summary>
/// <param name="Id">Unique for each start of the process, so that a restarted node is told from the one before it.</param>
/// <param name="Address">The base address at which gateways reach it, such as <c>http://10.0.0.5:5090</c>.</param>
public sealed record NodeIdentity(string Id, string Address);

/// <summary>What a node tells the gateway when it starts: who it is and which functions it has (the seed's <c>PushConfig</c>).</summary>
public sealed record PushConfig
{
    /// <summary>The name of the service.</summary>
    public string Service { get; init => field = value ?? ""; } = "";

    /// <summary>The node that pushes; null where the configs are pushed by a tool and name their nodes themselves.</summary>
    public NodeIdentity? Node { get; init; }

    /// <summary>What tells this set of functions from another; a push with the stored version is skipped unless forced.</summary>
    public string ConfigVersion { get; init => field = value ?? ""; } = "";

    /// <summary>The functions, each checked on its own: one bad config does not keep out the others.</summary>
    public IReadOnlyList<JsonElement> FunConfigs { get; init => field = value ?? []; } = [];

    /// <summary>Plain HTTP routes of the service; null: none.</summary>
    [JsonConverter(typeof(HttpRouteListConverter))]
    public IReadOnlyList<HttpRoute>? HttpRoutes { get; init; }

    /// <summary>How the gateway may pull these configs later; null: it does not.</summary>
    public ServiceConfig? Pull { get; init; }

    /// <summary>The cluster token, for callers that cannot send it as a header (the seed's <c>push_token</c>).</summary>
    public string? PushToken { get; init; }
}

/// <summary>A plain HTTP route that the gateway proxies to the service's nodes.</summary>
public sealed record HttpRoute
{
    /// <summary>An ASP.NET Core route pattern, such as <c>/files/{name}</c>: the path on the node, and behind <c>/svc/SERVICE</c> on the gateway.</summary>
    public string Path { get; init => field = value ?? ""; } = "";

    /// <summary>The HTTP methods; null: all.</summary>
    public IReadOnlyList<string>? Methods { get; init; }

    /// <summary>Who may use the route; null: everyone whom the gateway lets in. <c>{"arg":"NAME"}</c> means a parameter of the path.</summary>
    public PermissionRule? CheckPermission { get; init; }

    /// <summary>
    /// Whether the node gets the client's <c>Authorization</c> header, and with it a token that it could use in the client's name.
    /// Off by default: the node learns who the caller is from the gateway.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool ForwardAuthorization { get; init; }

    /// <summary>Set where the route could not be read; null: it could.</summary>
    [JsonIgnore]
    internal UnreadableRoute? Unreadable { get; init; }
}

/// <summary>Where and how often the gateway pulls the configs of a service (the seed's <c>ServiceConfig</c>).</summary>
public sealed record ServiceConfig
{
    /// <summary>The name of the service.</summary>
    public string Service { get; init => field = value ?? ""; } = "";

    /// <summary>Base addresses of nodes to ask, in turn.</summary>
    public IReadOnlyList<string> Nodes { get; init => field = value ?? []; } = [];

    /// <summary>The path that answers the whole push config.</summary>
    public string Path { get; init => field = value ?? "/genapi/config"; } = "/genapi/config";

    /// <summary>The path that answers the config version alone. Empty: the whole config is fetched each time.</summary>
    public string VersionPath { get; init => field = value ?? "/genapi/config/version"; } = "/genapi/config/version";

    /// <summary>Milliseconds between pulls. 0 stands for 30000.</summary>
    public int Interval { get; init => field = value == 0 ? 30_000 : value; } = 30_000;

    /// <summary>Milliseconds that one node may take to answer a pull. 0 stands for 5000.</summary>
    public int Timeout { get; init => field = value == 0 ? 5_000 : value; } = 5_000;
}
