using System.Text.Json.Serialization;

namespace GenApi.Bench.BareServer;

/// <summary>The same members as a call to the gateway.</summary>
internal sealed record EchoRequest(string Service, string RequestType, string RequestId, string? Version, EchoArgs Args);

internal sealed record EchoArgs(string Message);

/// <summary>The same members as an answer of the gateway.</summary>
internal sealed record EchoResponse(string RequestId, bool Success, string Result, bool Async, bool HasMore, bool CanRetry)
{
    public static EchoResponse Of(string requestId, string message) => new(requestId, true, message, false, false, false);
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(EchoRequest))]
[JsonSerializable(typeof(EchoResponse))]
[JsonSerializable(typeof(string))]
internal sealed partial class EchoJson : JsonSerializerContext;
