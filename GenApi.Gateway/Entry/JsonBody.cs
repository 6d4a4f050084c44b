using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using GenApi.Protocol.Json;
using Microsoft.AspNetCore.Http.Features;

namespace GenApi.Gateway.Entry;

/// <summary>Reads the JSON body of a request that is no call, and says what is wrong with it.</summary>
internal static class JsonBody
{
    private static ReadOnlySpan<byte> ByteOrderMark => [0xEF, 0xBB, 0xBF];

    /// <summary>The value, or the answer that refuses the body.</summary>
    public static async Task<(T? Value, IResult? Fault)> ReadAsync<T>(HttpContext http, JsonTypeInfo<T> type, int maxBytes)
        where T : class
    {
        if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
        {
            size.MaxRequestBodySize = maxBytes;
        }

        try
        {
            using var buffer = new MemoryStream();
            await http.Request.Body.CopyToAsync(buffer, http.RequestAborted).ConfigureAwait(false);
            return Parse(buffer.GetBuffer().AsMemory(0, (int)buffer.Length), type);
        }
        catch (InvalidOperationException)
        {
            // The JSON reader says it so when it has to read half of a surrogate pair.
            return (null, Problem.Invalid("The body has text that is not valid Unicode."));
        }
        catch (BadHttpRequestException error) when (error.StatusCode == StatusCodes.Status413PayloadTooLarge)
        {
            return (null, Problem.Result(StatusCodes.Status413PayloadTooLarge, "invalid_request", $"The body is larger than {maxBytes} bytes."));
        }
    }

    private static (T? Value, IResult? Fault) Parse<T>(ReadOnlyMemory<byte> body, JsonTypeInfo<T> type)
        where T : class
    {
        if (body.Span.StartsWith(ByteOrderMark))
        {
            body = body[ByteOrderMark.Length..];
        }

        var expected = type.Kind == JsonTypeInfoKind.Enumerable ? "a JSON list" : "a JSON object";
        if (body.IsEmpty)
        {
            return (null, Problem.Invalid($"The body is empty; it must be {expected}."));
        }

        try
        {
            return JsonSerializer.Deserialize(body.Span, type) is { } value ? (value, null) : (null, Problem.Invalid($"The body must be {expected}."));
        }
        catch (JsonException error)
        {
            return (null, Problem.Invalid(Explain(error, body, type)));
        }
    }

    private static string Explain(JsonException error, ReadOnlyMemory<byte> body, JsonTypeInfo type)
    {
        JsonDocument document;
        try
        {
            document = JsonDocument.Parse(body);
        }
        catch (JsonException malformed)
        {
            return $"The body is not valid JSON: {JsonFault.Say(malformed)}";
        }

        using (document)
        {
            return $"{JsonMismatch.Explain(error, document.RootElement, type)}.";
        }
    }
}
