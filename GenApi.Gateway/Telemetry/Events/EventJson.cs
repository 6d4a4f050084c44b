using System.Text.Json;
using System.Text.Json.Serialization;

namespace GenApi.Gateway.Telemetry.Events;

/// <summary>The events as JSON. Every pair of figures and subject that is raised has to stand here.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(GatewayEvent<StartMeasurements, RequestMetadata>), TypeInfoPropertyName = "RequestStart")]
[JsonSerializable(typeof(GatewayEvent<DurationMeasurements, RequestStopMetadata>), TypeInfoPropertyName = "RequestStop")]
[JsonSerializable(typeof(GatewayEvent<DurationMeasurements, RequestExceptionMetadata>), TypeInfoPropertyName = "RequestException")]
[JsonSerializable(typeof(GatewayEvent<RetryMeasurements, RetryMetadata>), TypeInfoPropertyName = "Retry")]
[JsonSerializable(typeof(GatewayEvent<RetriesMeasurements, RetryMetadata>), TypeInfoPropertyName = "RetryExhausted")]
[JsonSerializable(typeof(GatewayEvent<DurationMeasurements, LimitCheckMetadata>), TypeInfoPropertyName = "LimitCheck")]
[JsonSerializable(typeof(GatewayEvent<ExceededMeasurements, LimitExceededMetadata>), TypeInfoPropertyName = "LimitExceeded")]
[JsonSerializable(typeof(GatewayEvent<CountMeasurements, LimitKeyMetadata>), TypeInfoPropertyName = "LimitReset")]
[JsonSerializable(typeof(GatewayEvent<CleanupMeasurements, NoMetadata>), TypeInfoPropertyName = "LimitCleanup")]
[JsonSerializable(typeof(GatewayEvent<StartMeasurements, HookMetadata>), TypeInfoPropertyName = "HookStart")]
[JsonSerializable(typeof(GatewayEvent<DurationMeasurements, HookMetadata>), TypeInfoPropertyName = "HookStop")]
[JsonSerializable(typeof(GatewayEvent<TaskStartMeasurements, TaskMetadata>), TypeInfoPropertyName = "TaskStart")]
[JsonSerializable(typeof(GatewayEvent<DurationMeasurements, TaskMetadata>), TypeInfoPropertyName = "TaskStop")]
[JsonSerializable(typeof(GatewayEvent<PoolMeasurements, TaskMetadata>), TypeInfoPropertyName = "TaskRejected")]
[JsonSerializable(typeof(GatewayEvent<PoolMeasurements, PoolMetadata>), TypeInfoPropertyName = "PoolBreaker")]
[JsonSerializable(typeof(GatewayEvent<StartMeasurements, PullMetadata>), TypeInfoPropertyName = "PullStart")]
[JsonSerializable(typeof(GatewayEvent<PullMeasurements, PullMetadata>), TypeInfoPropertyName = "PullStop")]
[JsonSerializable(typeof(GatewayEvent<PushMeasurements, PushMetadata>), TypeInfoPropertyName = "ConfigPush")]
[JsonSerializable(typeof(GatewayEvent<CountMeasurements, ConfigMetadata>), TypeInfoPropertyName = "ConfigChange")]
[JsonSerializable(typeof(GatewayEvent<CountMeasurements, NodeMetadata>), TypeInfoPropertyName = "NodeChange")]
[JsonSerializable(typeof(GatewayEvent<DurationMeasurements, NodeMetadata>), TypeInfoPropertyName = "LinkChange")]
[JsonSerializable(typeof(GatewayEvent<StartMeasurements, StreamMetadata>), TypeInfoPropertyName = "StreamStarted")]
[JsonSerializable(typeof(GatewayEvent<StreamMeasurements, StreamMetadata>), TypeInfoPropertyName = "StreamStopped")]
[JsonSerializable(typeof(GatewayEvent<CountMeasurements, GroupMetadata>), TypeInfoPropertyName = "GroupChange")]
[JsonSerializable(typeof(GatewayEvent<RelayMeasurements, GroupMetadata>), TypeInfoPropertyName = "MessageRelayed")]
[JsonSerializable(typeof(GatewayEvent<DroppedMeasurements, NoMetadata>), TypeInfoPropertyName = "EventsDropped")]
internal sealed partial class EventJson : JsonSerializerContext
{
    /// <summary>Writes an event as one object: <c>event</c>, <c>time</c>, <c>measurements</c> and <c>metadata</c>.</summary>
    public static void Write(Utf8JsonWriter writer, GatewayEvent happened) => JsonSerializer.Serialize(writer, happened, happened.GetType(), Default);
}
