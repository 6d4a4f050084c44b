using System.Text.Json;
using System.Text.Json.Serialization;
using GenApi.Protocol.Calls;
using GenApi.Protocol.Cluster;
using GenApi.Protocol.Configs;

namespace GenApi.Protocol.Json;

/// <summary>The JSON of everything in this assembly: snake_case names, null members left out.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(CallResponse))]
[JsonSerializable(typeof(IReadOnlyList<ArgumentError>))]
[JsonSerializable(typeof(FunConfig))]
[JsonSerializable(typeof(IReadOnlyList<FunConfig>))]
[JsonSerializable(typeof(PushConfig))]
[JsonSerializable(typeof(HttpRoute))]
[JsonSerializable(typeof(PushResult))]
[JsonSerializable(typeof(LeaseRequest))]
[JsonSerializable(typeof(LeaseResult))]
[JsonSerializable(typeof(VerifyResult))]
[JsonSerializable(typeof(ConfigVersionAnswer))]
[JsonSerializable(typeof(RawJson))]
[JsonSerializable(typeof(JsonElement))]
public sealed partial class ProtocolJson : JsonSerializerContext;
