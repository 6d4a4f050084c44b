using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http.Features;

namespace GenApi.Gateway.Entry;

/// <summary>Reads the JSON body of a request that is no call, and says what is wrong with it.</summary>
internal static class JsonBody
{
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
            var value = await JsonSerializer.DeserializeAsync(http.Request.Body, type, http.RequestAborted).ConfigureAwait(false);
            return value is null ? (null, Problem.Invalid("The body must be a JSON object.")) : (value, null);
        }
        catch (JsonException error)
        {
            return (null, Problem.Invalid($"The body is not what is expected here: {error.Message}"));
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
}
