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

/// <summary>The same members as a call to the gateway.</summary>
internal sealed record TickRequest(string Service, string RequestType, string RequestId, string? Version, TickArgs Args);

internal sealed record TickArgs(int Count, int Size);

internal sealed record Tick(int N, string Padding);

/// <summary>The same members as a chunk from the gateway.</summary>
internal sealed record TickResponse(string RequestId, bool Success, Tick Result, bool Async, bool HasMore, bool CanRetry)
{
    public static TickResponse Of(string requestId, int n, string padding) => new(requestId, true, new Tick(n, padding), true, true, false);
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(EchoRequest))]
[JsonSerializable(typeof(EchoResponse))]
[JsonSerializable(typeof(TickRequest))]
[JsonSerializable(typeof(TickResponse))]
[JsonSerializable(typeof(string))]
internal sealed partial class EchoJson : JsonSerializerContext;
