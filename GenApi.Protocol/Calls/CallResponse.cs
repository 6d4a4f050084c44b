using System.Text.Json.Serialization;
using GenApi.Protocol.Json;

namespace GenApi.Protocol.Calls;

/// <summary>The answer to one request, and each part of an answer that comes in parts.</summary>
public sealed record CallResponse
{
    /// <summary>The id of the request that this answers. Empty only where the request was too broken to have one.</summary>
    public required string RequestId { get; init; }

    /// <summary>Whether the call did what it was asked.</summary>
    public required bool Success { get; init; }

    /// <summary>What the function returned. Present in every success that carries a value; absent in failures.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public RawJson Result { get; init; }

    /// <summary>The failure in one sentence; null on success.</summary>
    public string? Error { get; init; }

    /// <summary>True in the acknowledgement of an async or stream call, and in what follows it.</summary>
    public bool Async { get; init; }

    /// <summary>True while more parts of the same answer will follow.</summary>
    public bool HasMore { get; init; }

    /// <summary>Whether sending the same request again may succeed.</summary>
    public bool CanRetry { get; init; }

    /// <summary>The name of the <see cref="ErrorCode"/>; null on success.</summary>
    public string? Code { get; init; }

    /// <summary>The code that <see cref="Code"/> names, for the door that the response leaves by; null on success.</summary>
    internal ErrorCode? ErrorCode { get; init; }

    /// <summary>What helps a program to react to the failure; absent where nothing does.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public RawJson Details { get; init; }

    /// <summary>Milliseconds after which the call may succeed; null where time alone does not help.</summary>
    public long? RetryAfterMs { get; init; }

    /// <summary>A finished, successful answer.</summary>
    public static CallResponse Ok(string requestId, RawJson result) => new()
    {
        RequestId = requestId,
        Success = true,
        Result = result.IsEmpty ? RawJson.Null : result,
    };

    /// <summary>A finished, failed answer.</summary>
    public static CallResponse Failed(string requestId, CallError error) => new()
    {
        RequestId = requestId,
        Success = false,
        Error = error.Message,
        Code = error.Code.Name,
        ErrorCode = error.Code,
        CanRetry = error.Code.CanRetry,
        Details = error.Details,
        RetryAfterMs = error.RetryAfterMs,
    };
}
