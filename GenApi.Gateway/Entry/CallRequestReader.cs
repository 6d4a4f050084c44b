using System.Text;
using System.Text.Json;
using GenApi.Protocol.Calls;
using GenApi.Protocol.Json;

namespace GenApi.Gateway.Entry;

/// <summary>
/// Reads a request from its bytes in one pass. The arguments stay a view of those bytes. What is wrong is said by name, so
/// that a client learns more than "malformed".
/// </summary>
internal static class CallRequestReader
{
    /// <summary>The longest id, name or version in a request, in bytes of UTF-8.</summary>
    public const int MaxTextBytes = 256;

    private const int MaxRoles = 64;

    /// <summary>Reads a request.</summary>
    /// <param name="payload">One JSON value; kept by the request, so it must not change afterwards.</param>
    /// <param name="request">The request; null when there is an error.</param>
    /// <param name="requestId">The request's id as far as it could be read, for the answer; empty when there is none.</param>
    /// <returns>What is wrong, or null.</returns>
    public static CallError? Read(ReadOnlyMemory<byte> payload, out CallRequest? request, out string requestId)
    {
        request = null;
        requestId = "";
        string? service = null, requestType = null, id = null, version = null, deviceId = null, userId = null, traceparent = null;
        List<string>? roles = null;
        var args = RawJson.EmptyObject;
        CallError? error = null;
        if (!JsonText.IsUnicode(payload.Span))
        {
            return NotUnicode;
        }

        try
        {
            var reader = new Utf8JsonReader(payload.Span);
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            {
                return Invalid("A request must be a JSON object with service, request_type and request_id.");
            }

            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                if (reader.ValueTextEquals("service"u8))
                {
                    Text(ref reader, "service", ref service, ref error);
                }
                else if (reader.ValueTextEquals("request_type"u8))
                {
                    Text(ref reader, "request_type", ref requestType, ref error);
                }
                else if (reader.ValueTextEquals("request_id"u8))
                {
                    Text(ref reader, "request_id", ref id, ref error);
                }
                else if (reader.ValueTextEquals("args"u8))
                {
                    reader.Read();
                    if (reader.TokenType == JsonTokenType.StartObject)
                    {
                        var start = (int)reader.TokenStartIndex;
                        reader.Skip();
                        args = new RawJson(payload[start..(int)reader.BytesConsumed]);
                    }
                    else if (reader.TokenType != JsonTokenType.Null)
                    {
                        error ??= Invalid("args must be an object.");
                        reader.Skip();
                    }
                }
                else if (reader.ValueTextEquals("version"u8))
                {
                    Text(ref reader, "version", ref version, ref error);
                }
                else if (reader.ValueTextEquals("device_id"u8))
                {
                    Text(ref reader, "device_id", ref deviceId, ref error);
                }
                else if (reader.ValueTextEquals("user_id"u8))
                {
                    Text(ref reader, "user_id", ref userId, ref error);
                }
                else if (reader.ValueTextEquals("user_roles"u8))
                {
                    Roles(ref reader, ref roles, ref error);
                }
                else if (reader.ValueTextEquals("traceparent"u8))
                {
                    Text(ref reader, "traceparent", ref traceparent, ref error);
                }
                else
                {
                    // Members of later versions of the contract do no harm.
                    reader.Read();
                    reader.Skip();
                }
            }
        }
        catch (JsonException fault)
        {
            requestId = id ?? "";
            return Invalid($"The request is not valid JSON: {JsonFault.Say(fault)}");
        }

        requestId = id ?? "";
        error ??= Missing(service, "service") ?? Missing(requestType, "request_type") ?? Missing(id, "request_id");
        if (error is not null)
        {
            return error;
        }

        request = new CallRequest
        {
            Service = service!,
            RequestType = requestType!,
            RequestId = id!,
            Version = version is "" ? null : version,
            DeviceId = deviceId,
            UserId = userId,
            UserRoles = roles ?? (IReadOnlyList<string>)[],
            Traceparent = traceparent,
            Args = args,
        };
        return null;
    }

    /// <summary>Whether a text from elsewhere than a payload, such as a header, may stand in a request.</summary>
    public static bool Fits(string text) => text.Length <= MaxTextBytes && Encoding.UTF8.GetByteCount(text) <= MaxTextBytes;

    /// <summary>The error for JSON with text that is none.</summary>
    public static CallError NotUnicode { get; } = Invalid("The request has text that is not valid Unicode.");

    private static CallError Invalid(string message) => new(ErrorCode.InvalidRequest, message);

    private static CallError? Missing(string? value, string member) =>
        string.IsNullOrEmpty(value) ? Invalid($"{member} is missing; it must be a non-empty string.") : null;

    private static void Text(ref Utf8JsonReader reader, string member, ref string? value, ref CallError? error)
    {
        reader.Read();
        if (reader.TokenType == JsonTokenType.Null)
        {
            return;
        }

        if (reader.TokenType != JsonTokenType.String)
        {
            error ??= Invalid($"{member} must be a string.");
            reader.Skip();
        }
        else if (reader.ValueSpan.Length > MaxTextBytes)
        {
            error ??= Invalid($"{member} must have at most {MaxTextBytes} bytes.");
        }
        else
        {
            value = reader.GetString();
        }
    }

    private static void Roles(ref Utf8JsonReader reader, ref List<string>? roles, ref CallError? error)
    {
        reader.Read();
        if (reader.TokenType == JsonTokenType.Null)
        {
            return;
        }

        if (reader.TokenType != JsonTokenType.StartArray)
        {
            error ??= Invalid("user_roles must be a list of strings.");
            reader.Skip();
            return;
        }

        roles = [];
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (reader.TokenType != JsonTokenType.String || reader.ValueSpan.Length > MaxTextBytes || roles.Count >= MaxRoles)
            {
                error ??= Invalid($"user_roles must be a list of at most {MaxRoles} strings of at most {MaxTextBytes} bytes.");
                reader.Skip();
            }
            else
            {
                roles.Add(reader.GetString()!);
            }
        }
    }
}
