using System.Text.Json.Serialization;
using GenApi.Gateway.Diagnostics.Caches;
using GenApi.Gateway.Diagnostics.Cluster;
using GenApi.Gateway.Diagnostics.Debugging;
using GenApi.Gateway.Diagnostics.Flows;
using GenApi.Gateway.Diagnostics.Health;
using GenApi.Gateway.Diagnostics.Statistics;

namespace GenApi.Gateway.Diagnostics;

/// <summary>The JSON of diagnostics.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(HealthReport))]
[JsonSerializable(typeof(GatewayStatistics))]
[JsonSerializable(typeof(DebugReport))]
[JsonSerializable(typeof(CallFlow))]
[JsonSerializable(typeof(IReadOnlyList<CallFlowSummary>))]
[JsonSerializable(typeof(InspectRequest))]
[JsonSerializable(typeof(RequestPlan))]
[JsonSerializable(typeof(ClusterView))]
[JsonSerializable(typeof(CacheStatus))]
[JsonSerializable(typeof(PoolStatus))]
[JsonSerializable(typeof(Reconciled))]
[JsonSerializable(typeof(GatewayFigures))]
internal sealed partial class DiagnosticsJson : JsonSerializerContext;
