using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.IO.Pipelines;
using System.Text.Encodings.Web;
using System.Text.Json;
using GenApi.Gateway.Calls;
using GenApi.Gateway.Security;
using GenApi.Protocol.Calls;
using GenApi.Protocol.Json;
using Microsoft.Extensions.Options;

namespace GenApi.Gateway.Entry;

/// <summary>The HTTP door: <c>POST /api/{service}/{request_type}</c>, with the arguments as the body.</summary>
internal sealed class HttpCallEndpoint(CallPipeline pipeline, IOptionsMonitor<GenApiGatewayOptions> options)
{
    public const string Route = "/api/{service}/{request_type}";

    /// <summary>The answer is JSON and nothing else, so quotes and letters of all languages can stand as they are.</summary>
    private static readonly JsonWriterOptions WriterOptions = new() { SkipValidation = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public async Task HandleAsync(HttpContext http)
    {
        var requestId = Header(http, "X-Request-Id") ?? Guid.NewGuid().ToString("N");
        var (args, error) = await ReadArgsAsync(http).ConfigureAwait(false);
        if (error is null && TryMakeRequest(http, requestId, args, out var request, out error))
        {
            var caller = Caller.Of(http.User, http.Connection.RemoteIpAddress?.ToString());
            await WriteAsync(http, await pipeline.RunAsync(new Call(request, caller, http.RequestAborted)).ConfigureAwait(false)).ConfigureAwait(false);
        }
        else
        {
            await WriteAsync(http, CallResponse.Failed(CallRequestReader.Fits(requestId) ? requestId : "", error!), error!.Code.HttpStatus).ConfigureAwait(false);
        }
    }

    private static bool TryMakeRequest(HttpContext http, string requestId, RawJson args, [NotNullWhen(true)] out CallRequest? request, out CallError? error)
    {
        request = new CallRequest
        {
            Service = (string)http.Request.RouteValues["service"]!,
            RequestType = (string)http.Request.RouteValues["request_type"]!,
            RequestId = requestId,
            Version = http.Request.Query["version"] is { Count: > 0 } version ? version[0] : null,
            DeviceId = Header(http, "X-Device-Id"),
            Args = args,
        };
        var tooLong = !CallRequestReader.Fits(request.Service) ? "The service in the path"
            : !CallRequestReader.Fits(request.RequestType) ? "The request_type in the path"
            : !CallRequestReader.Fits(request.RequestId) ? "X-Request-Id"
            : request.Version is { } wanted && !CallRequestReader.Fits(wanted) ? "version"
            : request.DeviceId is { } device && !CallRequestReader.Fits(device) ? "X-Device-Id"
            : null;
        error = tooLong is null ? null : new CallError(ErrorCode.InvalidRequest, $"{tooLong} must have at most {CallRequestReader.MaxTextBytes} bytes.");
        return error is null;
    }

    private static string? Header(HttpContext http, string name) =>
        http.Request.Headers[name] is { Count: > 0 } values && values[0] is { Length: > 0 } value ? value : null;

    private async ValueTask<(RawJson Args, CallError? Error)> ReadArgsAsync(HttpContext http)
    {
        var settings = options.CurrentValue;
        if (http.Request.ContentLength is { } announced && CallLimits.TooLarge(announced, settings) is { } tooLarge)
        {
            return (default, tooLarge);
        }

        var reader = http.Request.BodyReader;
        while (true)
        {
            ReadResult read;
            try
            {
                read = await reader.ReadAsync(http.RequestAborted).ConfigureAwait(false);
            }
            catch (BadHttpRequestException error)
            {
                return (default, new CallError(
                    error.StatusCode == StatusCodes.Status413PayloadTooLarge ? ErrorCode.PayloadTooLarge : ErrorCode.InvalidRequest,
                    error.Message));
            }

            var body = read.Buffer;
            if (CallLimits.TooLarge(body.Length, settings) is { } grown)
            {
                reader.AdvanceTo(body.End);
                return (default, grown);
            }

            if (read.IsCompleted)
            {
                var result = Parse(body);
                reader.AdvanceTo(body.End);
                return result;
            }

            reader.AdvanceTo(body.Start, body.End);
        }
    }

    /// <summary>An empty body stands for no arguments. The bytes are checked here once; what follows relies on it.</summary>
    private static (RawJson Args, CallError? Error) Parse(ReadOnlySequence<byte> body)
    {
        if (body.IsEmpty)
        {
            return (RawJson.EmptyObject, null);
        }

        var bytes = body.ToArray();
        try
        {
            var reader = new Utf8JsonReader(bytes);
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            {
                return (default, new CallError(ErrorCode.InvalidRequest, "The body must be a JSON object with the arguments."));
            }

            var start = (int)reader.TokenStartIndex;
            reader.Skip();
            var end = (int)reader.BytesConsumed;
            reader.Read();
            return (new RawJson(bytes.AsMemory(start, end - start)), null);
        }
        catch (JsonException error)
        {
            return (default, new CallError(ErrorCode.InvalidRequest, $"The body is not valid JSON: {error.Message}"));
        }
    }

    private static Task WriteAsync(HttpContext http, CallResponse response) =>
        WriteAsync(http, response, response.Success ? StatusCodes.Status200OK : ErrorCode.FromName(response.Code).HttpStatus);

    private static async Task WriteAsync(HttpContext http, CallResponse response, int status)
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

        var writer = new Utf8JsonWriter(http.Response.BodyWriter, WriterOptions);
        await using (writer.ConfigureAwait(false))
        {
            JsonSerializer.Serialize(writer, response, ProtocolJson.Default.CallResponse);
        }

        await http.Response.BodyWriter.FlushAsync(http.RequestAborted).ConfigureAwait(false);
    }
}
