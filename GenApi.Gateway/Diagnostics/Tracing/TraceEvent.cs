using System.Text.Json.Serialization;
using GenApi.Protocol.Json;

namespace GenApi.Gateway.Diagnostics.Tracing;

/// <summary>Something that a trace saw, or has to say of itself. Members that do not apply to its type are null, and left out of its JSON.</summary>
public sealed record TraceEvent
{
    /// <summary>
    /// <c>call</c>, <c>return_to</c>, <c>return_trace</c>, <c>procs</c> or <c>ports</c>; <c>dropped</c> where events found no room, and
    /// <c>end</c>, which is the last.
    /// </summary>
    public required string Type { get; init; }

    /// <summary>The trace that saw it.</summary>
    public required string TraceId { get; init; }

    /// <summary>With <c>timestamp</c>: when.</summary>
    public DateTimeOffset? Time { get; init; }

    /// <summary>With <c>cpu_timestamp</c>: the processor time that the gateway has used so far, in microseconds.</summary>
    public long? CpuUs { get; init; }

    /// <summary>The call; null: it belongs to none.</summary>
    public string? RequestId { get; init; }

    /// <summary>The service called.</summary>
    public string? Service { get; init; }

    /// <summary>The function called.</summary>
    public string? RequestType { get; init; }

    /// <summary>The version that answers; null: unversioned, or not known.</summary>
    public string? Version { get; init; }

    /// <summary>The user.</summary>
    public string? UserId { get; init; }

    /// <summary>The door that the call came in by: <c>hub</c>, <c>http</c> or <c>local</c>.</summary>
    public string? Door { get; init; }

    /// <summary>The connection that it came by.</summary>
    public string? ConnectionId { get; init; }

    /// <summary>Of a call: the arguments, without secrets.</summary>
    public RawJson? Args { get; init; }

    /// <summary>Of a call, with <c>arity</c> or where they are too large: how many arguments there are.</summary>
    public int? Arity { get; init; }

    /// <summary>The same: the bytes of each.</summary>
    public IReadOnlyDictionary<string, int>? ArgBytes { get; init; }

    /// <summary>Whether there is a result.</summary>
    public bool? Success { get; init; }

    /// <summary>Of a return: the result, without secrets.</summary>
    public RawJson? Result { get; init; }

    /// <summary>Of a return, with <c>arity</c> or where it is too large: the bytes of the result.</summary>
    public int? ResultBytes { get; init; }

    /// <summary>Of a stream's return: whether more chunks may follow.</summary>
    public bool? HasMore { get; init; }

    /// <summary>The error's code.</summary>
    public string? Code { get; init; }

    /// <summary>The error: what the function said, also where the caller is not told. With <c>arity</c> what the caller is told.</summary>
    public string? Error { get; init; }

    /// <summary>What the caller is told beside the error, such as the arguments that do not fit and why.</summary>
    public RawJson? Details { get; init; }

    /// <summary>How long it took or lasted, in microseconds.</summary>
    public long? DurationUs { get; init; }

    /// <summary>The node that has the call.</summary>
    public string? Node { get; init; }

    /// <summary>Of procs: <c>connection</c>, <c>stream</c> or <c>worker</c>.</summary>
    public string? Process { get; init; }

    /// <summary>Of procs: <c>start</c> or <c>end</c>.</summary>
    public string? Action { get; init; }

    /// <summary>Of a worker: its pool, <c>async</c> or <c>stream</c>.</summary>
    public string? Pool { get; init; }

    /// <summary>Of ports: the frame's type, such as <c>CALL</c>.</summary>
    public string? Frame { get; init; }

    /// <summary>Of ports: <c>sent</c> or <c>received</c>.</summary>
    public string? Direction { get; init; }

    /// <summary>Of ports: the bytes of the arguments, result or chunk in the frame.</summary>
    public int? Bytes { get; init; }

    /// <summary>Of dropped: how many since the last time.</summary>
    public long? Count { get; init; }

    /// <summary>Of dropped: how many in all.</summary>
    public long? Total { get; init; }

    /// <summary>Of end: why, as in <see cref="TraceInfo.Ended"/>.</summary>
    public string? Reason { get; init; }

    /// <summary>Of end: the events there were, by type.</summary>
    public IReadOnlyDictionary<string, long>? Counts { get; init; }

    /// <summary>Of end: how many of them found no room.</summary>
    public long? Dropped { get; init; }
}

/// <summary>The JSON of tracing.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow)]
[JsonSerializable(typeof(TraceRequest))]
[JsonSerializable(typeof(TraceInfo))]
[JsonSerializable(typeof(TraceStatus))]
[JsonSerializable(typeof(TraceEvent))]
[JsonSerializable(typeof(IReadOnlyList<TraceInfo>))]
internal sealed partial class TraceJson : JsonSerializerContext;
