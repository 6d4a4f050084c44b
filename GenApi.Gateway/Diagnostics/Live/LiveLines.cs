using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace GenApi.Gateway.Diagnostics.Live;

/// <summary>
/// An answer that goes on for as long as there is something to tell and somebody who listens: one JSON object per line
/// (NDJSON), as it happens. An empty line now and then keeps the connection alive and shows whether the client still is.
/// </summary>
/// <typeparam name="T">What is told.</typeparam>
internal abstract class LiveLines<T>(LiveBuffer<T> buffer) : IResult
{
    private const int FlushBytes = 16 * 1024;

    private static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(15);

    private static readonly JsonWriterOptions WriterOptions = new() { SkipValidation = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var time = httpContext.RequestServices.GetRequiredService<TimeProvider>();
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(
            httpContext.RequestAborted,
            httpContext.RequestServices.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping);
        try
        {
            httpContext.Response.ContentType = "application/x-ndjson";
            httpContext.Response.Headers.CacheControl = "no-cache,no-store";
            httpContext.Response.Headers["X-Accel-Buffering"] = "no";
            await httpContext.Response.BodyWriter.FlushAsync(ended.Token).ConfigureAwait(false);
            await TellAsync(httpContext.Response, time, ended.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (ended.IsCancellationRequested)
        {
            // The client is gone, or the gateway stops.
        }
        finally
        {
            Left();
        }
    }

    /// <summary>Writes one thing as a JSON object.</summary>
    protected abstract void Write(Utf8JsonWriter writer, T item);

    /// <summary>Writes that so many things were dropped since the last time.</summary>
    protected abstract void WriteDropped(Utf8JsonWriter writer, long dropped, long total);

    /// <summary>Writes what stands at the end; nothing where there is no end of its own.</summary>
    protected virtual void WriteEnd(Utf8JsonWriter writer)
    {
    }

    /// <summary>Nobody listens any more.</summary>
    protected abstract void Left();

    private async Task TellAsync(HttpResponse response, TimeProvider time, CancellationToken ended)
    {
        var body = response.BodyWriter;
        var reported = 0L;
        var more = buffer.Reader.WaitToReadAsync(ended).AsTask();
        while (true)
        {
            try
            {
                if (!await more.WaitAsync(Heartbeat, time, ended).ConfigureAwait(false))
                {
                    break;
                }
            }
            catch (TimeoutException)
            {
                body.Write("\n"u8);
                await body.FlushAsync(ended).ConfigureAwait(false);
                continue;
            }

            while (buffer.Reader.TryRead(out var item))
            {
                WriteLine(body, writer => Write(writer, item));
                if (body.UnflushedBytes >= FlushBytes)
                {
                    await body.FlushAsync(ended).ConfigureAwait(false);
                }
            }

            reported = ReportDropped(body, reported);
            await body.FlushAsync(ended).ConfigureAwait(false);
            more = buffer.Reader.WaitToReadAsync(ended).AsTask();
        }

        ReportDropped(body, reported);
        WriteLine(body, WriteEnd);
        await body.FlushAsync(ended).ConfigureAwait(false);
    }

    private long ReportDropped(IBufferWriter<byte> body, long reported)
    {
        var dropped = buffer.Dropped;
        if (dropped > reported)
        {
            WriteLine(body, writer => WriteDropped(writer, dropped - reported, dropped));
        }

        return dropped;
    }

    private static void WriteLine(IBufferWriter<byte> body, Action<Utf8JsonWriter> write)
    {
        using var writer = new Utf8JsonWriter(body, WriterOptions);
        write(writer);
        writer.Flush();
        if (writer.BytesCommitted > 0)
        {
            body.Write("\n"u8);
        }
    }
}
