using System.Buffers;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using GenApi.Protocol.Calls;
using GenApi.Protocol.Json;

namespace GenApi.Gateway.Entry;

/// <summary>Writes responses as HTTP: one as JSON, many as server-sent events.</summary>
internal static class HttpAnswer
{
    /// <summary>The answer is JSON and nothing else, so quotes and letters of all languages can stand as they are.</summary>
    private static readonly JsonWriterOptions WriterOptions = new() { SkipValidation = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Writes one response, with the status that goes with its code.</summary>
    public static Task WriteAsync(HttpContext http, CallResponse response) =>
        WriteAsync(http, response, response.ErrorCode?.HttpStatus ?? StatusCodes.Status200OK);

    /// <summary>Writes one response with a status of its own.</summary>
    public static async Task WriteAsync(HttpContext http, CallResponse response, int status)
    {
        http.Response.StatusCode = status;
        http.Response.ContentType = "application/json; charset=utf-8";
        if (status == StatusCodes.Status401Unauthorized)
        {
            http.Response.Headers.WWWAuthenticate = "Bearer";
        }

        if (response.RetryAfterMs is { } milliseconds)
        {
            http.Response.Headers.RetryAfter = Math.Max(1, (milliseconds + 999) / 1000).ToString(CultureInfo.InvariantCulture);
        }

        Serialize(http.Response.BodyWriter, response);
        await http.Response.BodyWriter.FlushAsync(http.RequestAborted).ConfigureAwait(false);
    }

    /// <summary>
    /// Writes each response as an event, as fast as the client reads. A failure before the first chunk is a plain answer
    /// with its own status.
    /// </summary>
    public static async Task WriteEventsAsync(HttpContext http, IAsyncEnumerable<CallResponse> responses)
    {
        try
        {
            await foreach (var response in responses.WithCancellation(http.RequestAborted).ConfigureAwait(false))
            {
                if (!http.Response.HasStarted)
                {
                    if (!response.Success)
                    {
                        await WriteAsync(http, response).ConfigureAwait(false);
                        return;
                    }

                    http.Response.ContentType = "text/event-stream";
                    http.Response.Headers.CacheControl = "no-cache,no-store";
                    http.Response.Headers["X-Accel-Buffering"] = "no";
                }

                var body = http.Response.BodyWriter;
                body.Write("data: "u8);
                Serialize(body, response);
                body.Write("\n\n"u8);
                await body.FlushAsync(http.RequestAborted).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (http.RequestAborted.IsCancellationRequested)
        {
            // The client is gone; leaving the loop has stopped the stream.
        }
    }

    private static void Serialize(IBufferWriter<byte> body, CallResponse response)
    {
        using var writer = new Utf8JsonWriter(body, WriterOptions);
        JsonSerializer.Serialize(writer, response, ProtocolJson.Default.CallResponse);
    }
}
