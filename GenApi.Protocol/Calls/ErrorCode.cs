namespace GenApi.Protocol.Calls;

/// <summary>
/// Why a call failed: the name that travels in <c>code</c>, the HTTP status that goes with it, and whether the same call
/// may succeed when it is sent again.
/// </summary>
/// <param name="Name">The value of the response's <c>code</c>.</param>
/// <param name="HttpStatus">The HTTP status of the answer.</param>
/// <param name="CanRetry">The value of the response's <c>can_retry</c>.</param>
public sealed record ErrorCode(string Name, int HttpStatus, bool CanRetry)
{
    /// <summary>The payload is not a request: malformed JSON, or a field missing or of the wrong type.</summary>
    public static ErrorCode InvalidRequest { get; } = new("invalid_request", 400, false);

    /// <summary>The payload is larger than the gateway accepts. The same name as <see cref="InvalidRequest"/>, with HTTP 413.</summary>
    public static ErrorCode PayloadTooLarge { get; } = new("invalid_request", 413, false);

    /// <summary>The gateway wants a verified user and the caller is none.</summary>
    public static ErrorCode Unauthenticated { get; } = new("unauthenticated", 401, false);

    /// <summary>The caller is known and may not call this function with these arguments.</summary>
    public static ErrorCode PermissionDenied { get; } = new("permission_denied", 403, false);

    /// <summary>No such service, function or version.</summary>
    public static ErrorCode NotFound { get; } = new("not_found", 404, false);

    /// <summary>The function exists and is switched off.</summary>
    public static ErrorCode Disabled { get; } = new("disabled", 404, false);

    /// <summary>One or more arguments are wrong, missing or not wanted; <c>details</c> names every one.</summary>
    public static ErrorCode InvalidArguments { get; } = new("invalid_arguments", 422, false);

    /// <summary>A rate limit is used up; <c>retry_after_ms</c> says when to come back.</summary>
    public static ErrorCode RateLimited { get; } = new("rate_limited", 429, true);

    /// <summary>The before hook said no.</summary>
    public static ErrorCode HookRejected { get; } = new("hook_rejected", 409, false);

    /// <summary>No node could take the call, or the node was lost before it answered.</summary>
    public static ErrorCode Unavailable { get; } = new("unavailable", 503, true);

    /// <summary>The deadline passed first.</summary>
    public static ErrorCode Timeout { get; } = new("timeout", 504, true);

    /// <summary>The function returned an error or threw.</summary>
    public static ErrorCode FunctionError { get; } = new("function_error", 500, false);

    /// <summary>A fault of the gateway itself, logged with the request id.</summary>
    public static ErrorCode Internal { get; } = new("internal", 500, false);

    /// <summary>Every code a node may put in an ERROR frame and a client may see, by name.</summary>
    public static IReadOnlyList<ErrorCode> All { get; } =
    [
        InvalidRequest, Unauthenticated, PermissionDenied, NotFound, Disabled, InvalidArguments, RateLimited,
        HookRejected, Unavailable, Timeout, FunctionError, Internal,
    ];

    /// <summary>The code of that name, or <see cref="FunctionError"/> for a name that is not in the table.</summary>
    public static ErrorCode FromName(string? name) => All.FirstOrDefault(code => code.Name == name) ?? FunctionError;
}
