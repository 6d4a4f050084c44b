using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace GenApi.Gateway.Entry.Admin;

/// <summary>
/// An answer that goes on for as long as there is something to tell and somebody who listens: one JSON object per line
/// (NDJSON), as it happens. An empty line now and then keeps the connection alive and shows whether the client still is.
/// </summary>
/// <typeparam name="T">What is told.</typeparam>
/// <param name="items">What there is to tell. If it refuses to be read with an <see cref="InvalidOperationException"/>, that is the answer.</param>
/// <param name="write">Writes one thing as a JSON object.</param>
/// <param name="refused">The status of that answer.</param>
internal sealed class LiveLines<T>(IAsyncEnumerable<T> items, Action<Utf8JsonWriter, T> write, int refused) : IResult
{
    private const int FlushBytes = 16 * 1024;

    private static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(15);

    private static readonly JsonWriterOptions WriterOptions = new() { SkipValidation = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(
            httpContext.RequestAborted,
            httpContext.RequestServices.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping);
        var reader = items.GetAsyncEnumerator(ended.Token);

        // Reading begins before anything is answered: from the first byte on the client may rely on hearing everything.
        var next = reader.MoveNextAsync().AsTask();
        try
        {
            if (next is { IsFaulted: true, Exception.InnerException: InvalidOperationException refusal })
            {
                await Problem.Result(refused, "unavailable", refusal.Message).ExecuteAsync(httpContext).ConfigureAwait(false);
                return;
            }

            httpContext.Response.ContentType = LiveLines.ContentType;
            httpContext.Response.Headers.CacheControl = "no-cache,no-store";
            httpContext.Response.Headers["X-Accel-Buffering"] = "no";
            var body = httpContext.Response.BodyWriter;
            var time = httpContext.RequestServices.GetRequiredService<TimeProvider>();
            await body.FlushAsync(ended.Token).ConfigureAwait(false);
            while (true)
            {
                try
                {
                    if (!await next.WaitAsync(Heartbeat, time, ended.Token).ConfigureAwait(false))
                    {
                        break;
                    }

                    WriteLine(body, reader.Current);
                    next = reader.MoveNextAsync().AsTask();
                }
                catch (TimeoutException) when (!next.IsCompleted)
                {
                    body.Write("\n"u8);
                }

                if (!next.IsCompleted || body.UnflushedBytes >= FlushBytes)
                {
                    await body.FlushAsync(ended.Token).ConfigureAwait(false);
                }
            }

            await body.FlushAsync(ended.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (ended.IsCancellationRequested)
        {
            // The client is gone, or the gateway stops.
        }
        finally
        {
            // An enumerator cannot be disposed of while it is on its way to the next item.
            await ended.CancelAsync().ConfigureAwait(false);
            await ((Task)next).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await reader.DisposeAsync().ConfigureAwait(false);
        }
    }

    private void WriteLine(IBufferWriter<byte> body, T item)
    {
        using var writer = new Utf8JsonWriter(body, WriterOptions);
        write(writer, item);
        writer.Flush();
        body.Write("\n"u8);
    }
}

/// <summary>What live answers have in common.</summary>
internal static class LiveLines
{
    public const string ContentType = "application/x-ndjson";
}
