using System.Text.Json.Serialization;

namespace GenApi.Protocol.Link;

/// <summary>The JSON that stands in frames, apart from arguments and results.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(Hello))]
[JsonSerializable(typeof(ErrorBody))]
internal sealed partial class LinkJson : JsonSerializerContext;
