using System.Text.Json;
using System.Text.Json.Serialization;

namespace GenApi.Protocol.Configs;

/// <summary>How a function answers (the seed's <c>response_type</c>).</summary>
[JsonConverter(typeof(JsonStringEnumConverter<ResponseType>))]
public enum ResponseType
{
    /// <summary>The answer is the result.</summary>
    [JsonStringEnumMemberName("sync")]
    Sync,

    /// <summary>An acknowledgement at once, the result later.</summary>
    [JsonStringEnumMemberName("async")]
    Async,

    /// <summary>An acknowledgement at once, then any number of chunks.</summary>
    [JsonStringEnumMemberName("stream")]
    Stream,

    /// <summary>An acknowledgement at once and nothing more (fire and forget).</summary>
    [JsonStringEnumMemberName("none")]
    None,
}

/// <summary>
/// Everything the gateway knows about one function: its name, where it runs, what it takes, who may call it and how it
/// answers (the seed's <c>FunConfig</c>). A member that is null or absent has its default: deserialising assigns every
/// member, so the setters fill the defaults in. Unknown members are refused, because a misspelt permission must not pass unseen.
/// </summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record FunConfig
{
    /// <summary>The name of the service. 1 to 128 letters, digits, <c>_</c>, <c>-</c> or <c>.</c>.</summary>
    public string Service { get; init => field = value ?? ""; } = "";

    /// <summary>The name of the function within the service, with the same letters.</summary>
    public string RequestType { get; init => field = value ?? ""; } = "";

    /// <summary>The version of the function; null for an unversioned one. <c>"0.0.0"</c> is reserved.</summary>
    public string? Version { get; init; }

    /// <summary>What the function does, for people. At most 2000 characters.</summary>
    public string? Description { get; init; }

    /// <summary>Where the function runs; null: on the live nodes that pushed it.</summary>
    public NodeSet? Nodes { get; init; }

    /// <summary>How a node is chosen.</summary>
    public ChooseNodeMode ChooseNodeMode { get; init => field = value ?? ChooseNodeMode.Default; } = ChooseNodeMode.Default;

    /// <summary>How long a call may take.</summary>
    public CallTimeout Timeout { get; init => field = value ?? CallTimeout.Default; } = CallTimeout.Default;

    /// <summary>The function's name on the node (with <see cref="FixedArgs"/>, the seed's <c>mfa</c>). Null: the request type.</summary>
    public string? Function { get; init; }

    /// <summary>Arguments set by the config, which callers can neither see nor change.</summary>
    public IReadOnlyDictionary<string, JsonElement>? FixedArgs { get; init; }

    /// <summary>The arguments by name; null: the function takes none.</summary>
    public IReadOnlyDictionary<string, ArgType>? ArgTypes { get; init; }

    /// <summary>How the arguments reach the function; null: in the order of <see cref="ArgTypes"/>.</summary>
    public ArgOrders? ArgOrders { get; init; }

    /// <summary>How the function answers.</summary>
    public ResponseType ResponseType { get; init; }

    /// <summary>Who may call the function; null is the same as <c>false</c>: everyone whom the gateway lets in.</summary>
    public PermissionRule? CheckPermission { get; init; }

    /// <summary>Code that decides in place of <see cref="CheckPermission"/>; null: there is none.</summary>
    public PermissionCallback? PermissionCallback { get; init; }

    /// <summary>What happens after <c>unavailable</c> and <c>timeout</c>; null: the call fails, unless it was never sent.</summary>
    public RetryPolicy? Retry { get; init; }

    /// <summary>What runs before the call; null: nothing.</summary>
    public HookRef? BeforeExecute { get; init; }

    /// <summary>What runs after the call; null: nothing.</summary>
    public HookRef? AfterExecute { get; init; }

    /// <summary>The time each hook has, in milliseconds, 1 to 60000. 0 stands for 5000.</summary>
    public int HookTimeout { get; init => field = value == 0 ? 5000 : value; } = 5000;

    /// <summary>Whether the function is told who calls it and with which request id (the seed's <c>request_info</c>).</summary>
    public bool RequestInfo { get; init; }

    /// <summary>Whether calls are refused.</summary>
    public bool Disabled { get; init; }

    /// <summary>The function's name on the node.</summary>
    [JsonIgnore]
    public string FunctionName => Function ?? RequestType;

    /// <summary>What tells this function from all others.</summary>
    [JsonIgnore]
    public FunctionKey Key => new(Service, RequestType, Version);
}

/// <summary>What tells one function from all others.</summary>
/// <param name="Service">The service.</param>
/// <param name="RequestType">The function's name within the service.</param>
/// <param name="Version">The version, or null for the unversioned function.</param>
public readonly record struct FunctionKey(string Service, string RequestType, string? Version)
{
    /// <summary><c>service/request_type@version</c>, without the last part where there is no version.</summary>
    public override string ToString() => Version is null ? $"{Service}/{RequestType}" : $"{Service}/{RequestType}@{Version}";
}
