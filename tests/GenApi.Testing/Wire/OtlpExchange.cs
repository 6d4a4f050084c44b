using System.Buffers.Binary;
using System.IO.Compression;
using Microsoft.AspNetCore.Http;

namespace GenApi.Testing.Wire;

internal enum OtlpSignal
{
    Traces,
    Metrics,
    Logs,
}

/// <summary>One request and its answer, in one of the two protocols.</summary>
internal abstract class OtlpExchange(HttpContext context)
{
    private const int MaxInflatedBytes = 64 * 1024 * 1024;

    protected HttpContext Context => context;

    /// <exception cref="InvalidDataException">The request is not one that a collector takes.</exception>
    public abstract Task<(OtlpSignal Signal, byte[] Message)> ReadAsync(CancellationToken cancellationToken);

    public abstract Task AcceptAsync();

    public abstract Task RefuseAsync(string reason);

    protected async Task<byte[]> BodyAsync(CancellationToken cancellationToken)
    {
        using var body = new MemoryStream();
        await Context.Request.Body.CopyToAsync(body, cancellationToken);
        return body.ToArray();
    }

    protected static byte[] Inflate(byte[] gzip)
    {
        using var inflater = new GZipStream(new MemoryStream(gzip), CompressionMode.Decompress);
        using var inflated = new MemoryStream();
        var buffer = new byte[64 * 1024];
        while (inflater.Read(buffer) is > 0 and var read)
        {
            inflated.Write(buffer, 0, read);
            if (inflated.Length > MaxInflatedBytes)
            {
                throw new InvalidDataException($"A compressed request is larger than {MaxInflatedBytes} bytes.");
            }
        }

        return inflated.ToArray();
    }
}

/// <summary>OTLP/HTTP with protobuf.</summary>
internal sealed class HttpExchange(HttpContext context) : OtlpExchange(context)
{
    private const string ContentType = "application/x-protobuf";

    public override async Task<(OtlpSignal Signal, byte[] Message)> ReadAsync(CancellationToken cancellationToken)
    {
        var request = Context.Request;
        var signal = request.Path.Value switch
        {
            "/v1/traces" => OtlpSignal.Traces,
            "/v1/metrics" => OtlpSignal.Metrics,
            "/v1/logs" => OtlpSignal.Logs,
            _ => throw new InvalidDataException("Not a path of OTLP/HTTP."),
        };

        if (!HttpMethods.IsPost(request.Method) || request.ContentType != ContentType)
        {
            throw new InvalidDataException($"Expected a POST of {ContentType}, not a {request.Method} of {request.ContentType}.");
        }

        var body = await BodyAsync(cancellationToken);
        return (signal, request.Headers.ContentEncoding == "gzip" ? Inflate(body) : body);
    }

    // An empty body is an empty response message: everything was taken.
    public override Task AcceptAsync()
    {
        Context.Response.ContentType = ContentType;
        return Task.CompletedTask;
    }

    public override Task RefuseAsync(string reason)
    {
        Context.Response.StatusCode = StatusCodes.Status400BadRequest;
        return Context.Response.WriteAsync(reason);
    }
}

/// <summary>OTLP/gRPC: a unary call, so one message each way, each after a flag byte and four bytes of length.</summary>
internal sealed class GrpcExchange(HttpContext context) : OtlpExchange(context)
{
    private const int PrefixLength = 5;
    private const string Ok = "0";
    private const string InvalidArgument = "3";

    public override async Task<(OtlpSignal Signal, byte[] Message)> ReadAsync(CancellationToken cancellationToken)
    {
        var signal = Context.Request.Path.Value switch
        {
            "/opentelemetry.proto.collector.trace.v1.TraceService/Export" => OtlpSignal.Traces,
            "/opentelemetry.proto.collector.metrics.v1.MetricsService/Export" => OtlpSignal.Metrics,
            "/opentelemetry.proto.collector.logs.v1.LogsService/Export" => OtlpSignal.Logs,
            _ => throw new InvalidDataException("Not a method of OTLP/gRPC."),
        };

        var body = await BodyAsync(cancellationToken);
        if (body.Length < PrefixLength || BinaryPrimitives.ReadUInt32BigEndian(body.AsSpan(1)) != body.Length - PrefixLength)
        {
            throw new InvalidDataException($"Expected one gRPC message; its prefix does not fit the body of {body.Length} bytes.");
        }

        var message = body[PrefixLength..];
        return (signal, body[0] switch
        {
            0 => message,
            1 when Context.Request.Headers["grpc-encoding"] == "gzip" => Inflate(message),
            _ => throw new InvalidDataException("The gRPC message is compressed in a way other than gzip."),
        });
    }

    public override Task AcceptAsync() => AnswerAsync(Ok);

    public override Task RefuseAsync(string reason)
    {
        Context.Response.AppendTrailer("grpc-message", Uri.EscapeDataString(reason));
        return AnswerAsync(InvalidArgument);
    }

    private async Task AnswerAsync(string status)
    {
        Context.Response.ContentType = "application/grpc";
        Context.Response.AppendTrailer("grpc-status", status);
        if (status == Ok)
        {
            // An empty response message: everything was taken.
            await Context.Response.Body.WriteAsync(new byte[PrefixLength]);
        }
    }
}
