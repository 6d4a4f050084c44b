using System.Buffers;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using GenApi.Protocol.Calls;
using GenApi.Protocol.Json;

namespace GenApi.Gateway.RateLimits;

/// <summary>Why a call is not admitted.</summary>
/// <param name="Limit">The limit that is used up; null: the limiter cannot count now.</param>
/// <param name="Current">The calls that count now.</param>
/// <param name="RetryAfterMs">Milliseconds until a call is admitted.</param>
internal sealed record RateLimitDenial(ScopedLimit? Limit, long Current, long RetryAfterMs)
{
    private const int PauseMs = 1000;

    /// <summary>The limiter cannot count, and <c>fail_open</c> is off.</summary>
    public static RateLimitDenial Unavailable { get; } = new(null, 0, PauseMs);

    private static readonly CallError CannotCount = new(ErrorCode.Unavailable, "The rate limiter cannot count calls now, and the gateway is set to refuse them then.")
    {
        RetryAfterMs = PauseMs,
    };

    /// <summary>What the caller is told.</summary>
    public CallError ToError()
    {
        if (Limit is null)
        {
            return CannotCount;
        }

        var rule = Limit.Rule;
        return new CallError(
            ErrorCode.RateLimited,
            string.Create(CultureInfo.InvariantCulture, $"Rate limit exceeded: at most {rule.MaxRequests} calls per {ReadableTime.Exact(rule.WindowMs)} for one {rule.Key} ({Limit.Scope}). Try again in {ReadableTime.Rounded(RetryAfterMs)}."))
        {
            Details = Details(rule, Limit.Scope),
            RetryAfterMs = RetryAfterMs,
        };
    }

    /// <summary>What a caller would be told who has used up a limit.</summary>
    public static CallError ErrorOf(RateLimitStatus used) => new(
        ErrorCode.RateLimited,
        string.Create(CultureInfo.InvariantCulture, $"Rate limit exceeded: {used.Current} of {used.MaxRequests} calls per {ReadableTime.Exact(used.WindowMs)} for {used.Key} {used.KeyValue} ({used.Scope})."))
    {
        RetryAfterMs = used.RetryAfterMs,
    };

    private RawJson Details(RateLimit rule, string scope)
    {
        var buffer = new ArrayBufferWriter<byte>(192);
        using (var writer = new Utf8JsonWriter(buffer, new JsonWriterOptions { SkipValidation = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            writer.WriteStartObject();
            writer.WriteString("key"u8, rule.Key);
            writer.WriteString("scope"u8, scope);
            writer.WriteNumber("max_requests"u8, rule.MaxRequests);
            writer.WriteNumber("window_ms"u8, rule.WindowMs);
            writer.WriteNumber("current"u8, Current);
            writer.WriteNumber("retry_after_ms"u8, RetryAfterMs);
            writer.WriteEndObject();
        }

        return new RawJson(buffer.WrittenMemory);
    }
}
