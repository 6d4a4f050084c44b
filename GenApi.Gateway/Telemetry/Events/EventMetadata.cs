using System.Text.Json.Serialization;

namespace GenApi.Gateway.Telemetry.Events;

/// <summary>A call.</summary>
/// <param name="RequestId">The client's id for it.</param>
/// <param name="Service">The service called.</param>
/// <param name="RequestType">The function called.</param>
/// <param name="Version">The version that answers; before it is known, the one asked for; null: none.</param>
/// <param name="UserId">Whom the call is made for; null: nobody known.</param>
public record RequestMetadata(
    [property: JsonPropertyOrder(-5)] string RequestId,
    [property: JsonPropertyOrder(-4)] string Service,
    [property: JsonPropertyOrder(-3)] string RequestType,
    [property: JsonPropertyOrder(-2)] string? Version,
    [property: JsonPropertyOrder(-1)] string? UserId);

/// <summary>A call that has been answered.</summary>
/// <inheritdoc cref="RequestMetadata"/>
/// <param name="RequestId">The client's id for it.</param>
/// <param name="Service">The service called.</param>
/// <param name="RequestType">The function called.</param>
/// <param name="Version">The version that answered; null: none.</param>
/// <param name="UserId">Whom the call was made for; null: nobody known.</param>
/// <param name="Success">Whether it has a result.</param>
/// <param name="Async">Whether an acknowledgement came first, as for async, stream and none.</param>
/// <param name="Code">The error's code; null: it has a result.</param>
public sealed record RequestStopMetadata(string RequestId, string Service, string RequestType, string? Version, string? UserId, bool Success, bool Async, string? Code)
    : RequestMetadata(RequestId, Service, RequestType, Version, UserId);

/// <summary>A call whose function or gateway failed.</summary>
/// <inheritdoc cref="RequestMetadata"/>
/// <param name="RequestId">The client's id for it.</param>
/// <param name="Service">The service called.</param>
/// <param name="RequestType">The function called.</param>
/// <param name="Version">The version that was to answer; null: none.</param>
/// <param name="UserId">Whom the call was made for; null: nobody known.</param>
/// <param name="Kind">The error's code: <c>function_error</c> or <c>internal</c>.</param>
/// <param name="Reason">Why, in the function's own words; the caller is told them only where details of errors are switched on.</param>
public sealed record RequestExceptionMetadata(string RequestId, string Service, string RequestType, string? Version, string? UserId, string Kind, string Reason)
    : RequestMetadata(RequestId, Service, RequestType, Version, UserId);

/// <summary>A retry of a call.</summary>
/// <inheritdoc cref="RequestMetadata"/>
/// <param name="RequestId">The client's id for it.</param>
/// <param name="Service">The service called.</param>
/// <param name="RequestType">The function called.</param>
/// <param name="Version">The version that answers; null: unversioned.</param>
/// <param name="UserId">Whom the call is made for; null: nobody known.</param>
/// <param name="Mode"><c>same_node</c> or <c>all_nodes</c>.</param>
/// <param name="Delay">The pause before it, in microseconds; null: there will be no further one.</param>
public sealed record RetryMetadata(string RequestId, string Service, string RequestType, string? Version, string? UserId, string Mode, long? Delay)
    : RequestMetadata(RequestId, Service, RequestType, Version, UserId);

/// <summary>A check of rate limits.</summary>
/// <param name="Result"><c>ok</c>, <c>rate_limited</c>, or <c>unavailable</c>: the limiter could not count.</param>
/// <param name="UserId">Whose call it is; null: nobody known.</param>
public sealed record LimitCheckMetadata(string Result, string? UserId);

/// <summary>The limit that was hit.</summary>
/// <param name="Key">What it counts by, such as <c>user_id</c>.</param>
/// <param name="Scope"><c>global</c>, or <c>service/function</c>.</param>
/// <param name="MaxRequests">The most calls in a window.</param>
/// <param name="CurrentRequests">The calls in the window now.</param>
/// <param name="UserId">Whose call it is; null: nobody known.</param>
public sealed record LimitExceededMetadata(string Key, string Scope, long MaxRequests, long CurrentRequests, string? UserId);

/// <summary>A counter of a limit, or, where nothing is said, all counters of all limits.</summary>
/// <param name="Key">What it counts by, such as <c>user_id</c>; null: all.</param>
/// <param name="Value">The value that it counts, such as a user's id; null: all.</param>
/// <param name="Scope"><c>global</c>, or <c>service/function</c>; null: all.</param>
public sealed record LimitKeyMetadata(string? Key, string? Value, string? Scope);

/// <summary>What has no subject of its own.</summary>
public sealed record NoMetadata
{
    internal static NoMetadata Instance { get; } = new();
}

/// <summary>A hook of a call.</summary>
/// <inheritdoc cref="RequestMetadata"/>
/// <param name="RequestId">The client's id for it.</param>
/// <param name="Service">The service called.</param>
/// <param name="RequestType">The function called.</param>
/// <param name="Version">The version that answers; null: unversioned.</param>
/// <param name="UserId">Whom the call is made for; null: nobody known.</param>
/// <param name="Hook">The hook: <c>gateway:NAME</c> or <c>function:NAME</c>.</param>
/// <param name="Result">What it decided: <c>continue</c>, <c>changed</c> or <c>rejected</c>; null: nothing yet.</param>
/// <param name="Kind">How it failed: <c>timeout</c> or <c>error</c>; null: it did not.</param>
/// <param name="Reason">Why it failed or refused; null: it did neither.</param>
public sealed record HookMetadata(string RequestId, string Service, string RequestType, string? Version, string? UserId, string Hook, string? Result, string? Kind, string? Reason)
    : RequestMetadata(RequestId, Service, RequestType, Version, UserId);

/// <summary>A call in a worker pool.</summary>
/// <inheritdoc cref="RequestMetadata"/>
/// <param name="RequestId">The client's id for it.</param>
/// <param name="Service">The service called.</param>
/// <param name="RequestType">The function called.</param>
/// <param name="Version">The version that answers; null: unversioned.</param>
/// <param name="UserId">Whom the call is made for; null: nobody known.</param>
/// <param name="Pool"><c>async</c> or <c>stream</c>.</param>
/// <param name="Success">Whether it succeeded; null: it has not ended.</param>
/// <param name="Kind">The code of its failure, or why it got no worker: <c>queue_full</c>, <c>breaker_open</c>, <c>timeout</c> or <c>abandoned</c>; null: neither.</param>
/// <param name="Reason">The same as a sentence.</param>
public sealed record TaskMetadata(string RequestId, string Service, string RequestType, string? Version, string? UserId, string Pool, bool? Success, string? Kind, string? Reason)
    : RequestMetadata(RequestId, Service, RequestType, Version, UserId);

/// <summary>A worker pool.</summary>
/// <param name="Pool"><c>async</c> or <c>stream</c>.</param>
public sealed record PoolMetadata(string Pool);

/// <summary>A pull.</summary>
/// <param name="Service">The service.</param>
/// <param name="Node">The node that is asked; null: none yet.</param>
/// <param name="Result">What came of it: <c>stored</c>, <c>skipped</c> or <c>error</c>; null: it has not ended.</param>
/// <param name="Reason">Why it was skipped or failed; null: neither.</param>
public sealed record PullMetadata(string Service, string? Node, string? Result, string? Reason);

/// <summary>A push.</summary>
/// <param name="Service">The service.</param>
/// <param name="ConfigVersion">The version of its configs.</param>
/// <param name="Node">The address of the node that pushed; null: the push names none.</param>
/// <param name="Result"><c>accepted</c>, <c>skipped</c> or <c>error</c>.</param>
/// <param name="Reason">Why it was skipped or refused; null: neither.</param>
public sealed record PushMetadata(string Service, string ConfigVersion, string? Node, string Result, string? Reason);

/// <summary>A function's config, or those of a whole service.</summary>
/// <param name="Service">The service; null: all services.</param>
/// <param name="RequestType">The function; null: several.</param>
/// <param name="Version">Its version; null: unversioned, or several.</param>
/// <param name="ConfigVersion">The version of the configs that it came with; null: it came with none.</param>
public sealed record ConfigMetadata(string? Service, string? RequestType, string? Version, string? ConfigVersion);

/// <summary>A node.</summary>
/// <param name="Node">Its address.</param>
/// <param name="NodeId">The id of the process there; null: not known.</param>
/// <param name="Reason">Why its link ended; null: in good order, or it has not.</param>
public sealed record NodeMetadata(string Node, string? NodeId, string? Reason);

/// <summary>A stream.</summary>
/// <inheritdoc cref="RequestMetadata"/>
/// <param name="RequestId">The client's id for it.</param>
/// <param name="Service">The service called.</param>
/// <param name="RequestType">The function called.</param>
/// <param name="Version">The version that answers; null: unversioned.</param>
/// <param name="UserId">Whom the call is made for; null: nobody known.</param>
/// <param name="Node">The node that produces it; null: none yet.</param>
/// <param name="Reason">How it ended: <c>completed</c>, <c>stopped</c>, <c>client_gone</c>, or the code of its failure; null: it has not.</param>
public sealed record StreamMetadata(string RequestId, string Service, string RequestType, string? Version, string? UserId, string? Node, string? Reason)
    : RequestMetadata(RequestId, Service, RequestType, Version, UserId);

/// <summary>A relay group, and perhaps a member of it.</summary>
/// <param name="GroupId">The group; null: several.</param>
/// <param name="GroupType"><c>public</c>, <c>private</c> or <c>strict_private</c>; null: not known here.</param>
/// <param name="UserId">The member, or the sender; null: none.</param>
/// <param name="State">The member's state now; null: it is not about a member's state.</param>
public sealed record GroupMetadata(string? GroupId, string? GroupType, string? UserId, string? State);
