using System.Text.Json.Serialization;

namespace GenApi.Gateway.Telemetry.Events;

/// <summary>Something that happened in the gateway: a name, what was measured, and what it was measured on.</summary>
/// <param name="Name">One of <see cref="EventNames"/>.</param>
/// <param name="Time">When it happened.</param>
public abstract record GatewayEvent([property: JsonPropertyName("event"), JsonPropertyOrder(-2)] string Name, [property: JsonPropertyOrder(-1)] DateTimeOffset Time)
{
    /// <summary>The figures: a record whose members are named after what they count, times in microseconds.</summary>
    [JsonIgnore]
    public abstract object Figures { get; }

    /// <summary>What the figures are about: a record of names and ids.</summary>
    [JsonIgnore]
    public abstract object Subject { get; }
}

/// <summary>An event with its figures and its subject by type. Matching on the type is how a handler takes one apart.</summary>
/// <typeparam name="TMeasurements">The figures (the seed's measurements).</typeparam>
/// <typeparam name="TMetadata">What they are about (the seed's metadata).</typeparam>
/// <param name="Name">One of <see cref="EventNames"/>.</param>
/// <param name="Time">When it happened.</param>
/// <param name="Measurements">The figures.</param>
/// <param name="Metadata">What they are about.</param>
public sealed record GatewayEvent<TMeasurements, TMetadata>(string Name, DateTimeOffset Time, TMeasurements Measurements, TMetadata Metadata)
    : GatewayEvent(Name, Time)
    where TMeasurements : class
    where TMetadata : class
{
    /// <inheritdoc/>
    [JsonIgnore]
    public override object Figures => Measurements;

    /// <inheritdoc/>
    [JsonIgnore]
    public override object Subject => Metadata;
}
