using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http.Features;

namespace GenApi.Gateway.Entry;

/// <summary>Reads the JSON body of a request that is no call, and says what is wrong with it.</summary>
internal static partial class JsonBody
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
        catch (JsonException error) when (UnknownMember().Match(error.Message) is { Success: true } unknown)
        {
            var known = type.Properties.Where(member => member.Set is not null).Select(member => member.Name).ToList();
            var atTop = error.Path?.LastIndexOf('.') == 1 && known.Count > 0;
            return (null, Problem.Invalid($"The body has no member '{unknown.Groups[1].Value}' here{(atTop ? $"; its members are {string.Join(", ", known)}" : $", at {error.Path}")}."));
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

    /// <summary>How the JSON reader says it. In other words, the reader's own sentence is what the caller gets.</summary>
    [GeneratedRegex("^The JSON property '(.+?)' could not be mapped to any \\.NET member", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 100)]
    private static partial Regex UnknownMember();
}
