using System.Text.Json.Serialization;

namespace GenApi.Gateway.Relay;

/// <summary>The JSON of what groups answer.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(RelayAnswer))]
[JsonSerializable(typeof(RelayedMessage))]
[JsonSerializable(typeof(GroupInfo))]
internal sealed partial class RelayJson : JsonSerializerContext;
