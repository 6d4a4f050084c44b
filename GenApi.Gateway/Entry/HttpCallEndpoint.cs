using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.IO.Pipelines;
using System.Text.Json;
using GenApi.Gateway.Calls;
using GenApi.Gateway.Calls.Modes;
using GenApi.Gateway.Security;
using GenApi.Protocol.Calls;
using GenApi.Protocol.Configs;
using GenApi.Protocol.Json;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Options;

namespace GenApi.Gateway.Entry;

/// <summary>The HTTP door: <c>POST /api/{service}/{request_type}</c>, with the arguments as the body.</summary>
internal sealed class HttpCallEndpoint(CallDispatcher calls, IResultStore results, IOptionsMonitor<GenApiGatewayOptions> options)
{
    public const string Route = "/api/{service}/{request_type}";

    public async Task HandleAsync(HttpContext http)
    {
        var requestId = Header(http, "X-Request-Id") ?? Guid.NewGuid().ToString("N");
        var (args, error) = await ReadArgsAsync(http).ConfigureAwait(false);
        if (error is not null || !TryMakeRequest(http, requestId, args, out var request, out error))
        {
            await HttpAnswer.WriteAsync(http, CallResponse.Failed(CallRequestReader.Fits(requestId) ? requestId : "", error!), error!.Code.HttpStatus).ConfigureAwait(false);
            return;
        }

        var call = new Call(request, Caller.Of(http.User, http.Connection.RemoteIpAddress?.ToString()), http.RequestAborted) { Http = http.Connection };
        if (await calls.AdmitAsync(call).ConfigureAwait(false) is { } refused)
        {
            await HttpAnswer.WriteAsync(http, refused).ConfigureAwait(false);
            return;
        }

        switch (call.Function.Config.ResponseType)
        {
            case ResponseType.Stream:
                await HttpAnswer.WriteEventsAsync(http, calls.StreamAsync(call, http.TraceIdentifier, http.RequestAborted)).ConfigureAwait(false);
                break;
            case ResponseType.Async:
                await AnswerLaterAsync(http, call).ConfigureAwait(false);
                break;
            case ResponseType.None:
                await WriteAcknowledgementAsync(http, await calls.AnswerAsync(call, new StoredAnswerSink(results, call)).ConfigureAwait(false)).ConfigureAwait(false);
                break;
            default:
                await HttpAnswer.WriteAsync(http, await calls.AnswerAsync(call, new StoredAnswerSink(results, call)).ConfigureAwait(false)).ConfigureAwait(false);
                break;
        }
    }

    /// <summary>The answer to an async call waits at a place of its own, which the acknowledgement names.</summary>
    private async Task AnswerLaterAsync(HttpContext http, Call call)
    {
        var sink = new StoredAnswerSink(results, call);
        var requestId = call.Request.RequestId;

        // From here on the call comes to an end of its own, also when the client leaves.
        if (!await results.TryBeginAsync(sink.Owner, requestId, CancellationToken.None).ConfigureAwait(false))
        {
            await HttpAnswer.WriteAsync(http, calls.Fail(call, TakenOrFull)).ConfigureAwait(false);
            return;
        }

        var answer = await calls.AnswerAsync(call, sink).ConfigureAwait(false);
        if (answer.Success)
        {
            http.Response.Headers.Location = $"/api/results/{Uri.EscapeDataString(requestId)}";
        }
        else
        {
            await results.AbandonAsync(sink.Owner, requestId, CancellationToken.None).ConfigureAwait(false);
        }

        await WriteAcknowledgementAsync(http, answer).ConfigureAwait(false);
    }

    private static Task WriteAcknowledgementAsync(HttpContext http, CallResponse answer) => answer.Success
        ? HttpAnswer.WriteAsync(http, answer, StatusCodes.Status202Accepted)
        : HttpAnswer.WriteAsync(http, answer);

    private static CallError TakenOrFull { get; } = new(
        ErrorCode.Unavailable,
        "No place is free for this answer: either a call with this request_id is under way, or too many answers wait to be fetched.");

    private static bool TryMakeRequest(HttpContext http, string requestId, RawJson args, [NotNullWhen(true)] out CallRequest? request, out CallError? error)
    {
        request = new CallRequest
        {
            Service = (string)http.Request.RouteValues["service"]!,
            RequestType = (string)http.Request.RouteValues["request_type"]!,
            RequestId = requestId,
            Version = http.Request.Query["version"] is { Count: > 0 } version && version[0] is { Length: > 0 } wanted ? wanted : null,
            DeviceId = Header(http, "X-Device-Id"),
            Args = args,
        };
        var tooLong = !CallRequestReader.Fits(request.Service) ? "The service in the path"
            : !CallRequestReader.Fits(request.RequestType) ? "The request_type in the path"
            : !CallRequestReader.Fits(request.RequestId) ? "X-Request-Id"
            : request.Version is { } asked && !CallRequestReader.Fits(asked) ? "version"
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

        if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } serverLimit)
        {
            // The limit below is the gateway's own, and says so in the answer.
            serverLimit.MaxRequestBodySize = null;
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
            return JsonText.IsUnicode(bytes) ? (new RawJson(bytes.AsMemory(start, end - start)), null) : (default, CallRequestReader.NotUnicode);
        }
        catch (JsonException error)
        {
            return (default, new CallError(ErrorCode.InvalidRequest, $"The body is not valid JSON: {JsonFault.Say(error)}"));
        }
    }
}
