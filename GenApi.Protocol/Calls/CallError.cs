using System.Text.Encodings.Web;
using System.Text.Json;
using GenApi.Protocol.Json;

namespace GenApi.Protocol.Calls;

/// <summary>Why a call failed, in the words the caller reads.</summary>
/// <param name="Code">The kind of failure.</param>
/// <param name="Message">One sentence that names the cause and, where there is one, the fix.</param>
public sealed record CallError(ErrorCode Code, string Message)
{
    /// <summary>What helps a program to react: a list of argument errors, or the limit that was hit. Empty where nothing does.</summary>
    public RawJson Details { get; init; }

    /// <summary>Milliseconds after which the call may succeed; null where time alone does not help.</summary>
    public long? RetryAfterMs { get; init; }

    /// <summary>
    /// What operators may know and callers may not: the function's own words, where details of errors are switched off. Never sent to a
    /// caller. Null: <see cref="Message"/> says it all.
    /// </summary>
    public string? Cause { get; init; }

    /// <summary>Why the call failed, for those who look after the gateway: traces, events and spans.</summary>
    public string CauseOrMessage => Cause ?? Message;

    /// <summary>Quotes and letters of all languages stand as they are, as in the rest of an answer.</summary>
    private static readonly ProtocolJson Plain = new(new JsonSerializerOptions(ProtocolJson.Default.Options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });

    /// <summary>The error for arguments that do not fit, one entry each.</summary>
    public static CallError InvalidArguments(IReadOnlyList<ArgumentError> errors) => new(
        ErrorCode.InvalidArguments,
        errors.Count == 1
            ? $"Invalid argument '{errors[0].Argument}': {errors[0].Reason}."
            : $"{errors.Count} invalid arguments: {string.Join(", ", errors.Select(error => error.Argument))}.")
    {
        Details = new RawJson(JsonSerializer.SerializeToUtf8Bytes(errors, Plain.IReadOnlyListArgumentError)),
    };
}

/// <summary>One argument that does not fit, and why.</summary>
/// <param name="Argument">The argument's name.</param>
/// <param name="Reason">What was wrong with it, as a phrase that follows the name: "must be a string".</param>
public sealed record ArgumentError(string Argument, string Reason);
