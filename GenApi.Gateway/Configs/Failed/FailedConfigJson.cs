using System.Text.Json.Serialization;

namespace GenApi.Gateway.Configs.Failed;

/// <summary>The JSON of failed configs. All ten fields are there, also those that are null.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(FailedConfig))]
[JsonSerializable(typeof(IReadOnlyList<FailedConfig>))]
[JsonSerializable(typeof(FailedConfigSummary))]
[JsonSerializable(typeof(FailedConfigsRemoved))]
[JsonSerializable(typeof(string))]
internal sealed partial class FailedConfigJson : JsonSerializerContext;
