using System.Diagnostics;

namespace GenApi.Testing;

/// <summary>The process that sent something, and the scope (source, meter or logger category) within it.</summary>
/// <param name="ServiceName">Resource attribute service.name; empty if absent.</param>
/// <param name="ServiceInstanceId">Resource attribute service.instance.id; empty if absent.</param>
/// <param name="Resource">Every resource attribute.</param>
/// <param name="Scope">Name of the activity source, meter or logger.</param>
public sealed record OtlpOrigin(string ServiceName, string ServiceInstanceId, IReadOnlyDictionary<string, object?> Resource, string Scope);

/// <summary>A span. Ids are lower-case hex, as in a traceparent header.</summary>
/// <param name="Origin">Who sent it.</param>
/// <param name="TraceId">32 hex digits.</param>
/// <param name="SpanId">16 hex digits.</param>
/// <param name="ParentSpanId">16 hex digits; null for a root.</param>
/// <param name="Name">The span's name.</param>
/// <param name="Kind">The span's kind.</param>
/// <param name="Start">When it began.</param>
/// <param name="End">When it ended.</param>
/// <param name="Status">The span's status.</param>
/// <param name="StatusMessage">What the status says; empty if nothing.</param>
/// <param name="Attributes">Values are string, bool, long, double, byte[], lists of these, or null.</param>
/// <param name="Links">The linked spans.</param>
/// <param name="Events">The events within the span.</param>
public sealed record OtlpSpan(
    OtlpOrigin Origin,
    string TraceId,
    string SpanId,
    string? ParentSpanId,
    string Name,
    ActivityKind Kind,
    DateTimeOffset Start,
    DateTimeOffset End,
    ActivityStatusCode Status,
    string StatusMessage,
    IReadOnlyDictionary<string, object?> Attributes,
    IReadOnlyList<OtlpLink> Links,
    IReadOnlyList<OtlpEvent> Events)
{
    /// <summary>The span in one line, for the messages of failed tests.</summary>
    public override string ToString() => $"{Origin.ServiceName} {Origin.Scope} {Kind} \"{Name}\" {TraceId}/{SpanId} parent {ParentSpanId ?? "none"}";
}

/// <summary>A link from a span to another.</summary>
/// <param name="TraceId">32 hex digits.</param>
/// <param name="SpanId">16 hex digits.</param>
public sealed record OtlpLink(string TraceId, string SpanId);

/// <summary>An event within a span.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Attributes">Its attributes.</param>
public sealed record OtlpEvent(string Name, IReadOnlyDictionary<string, object?> Attributes);

/// <summary>The kinds of metric.</summary>
public enum OtlpMetricKind
{
    /// <summary>A gauge: the last value.</summary>
    Gauge,

    /// <summary>A sum, of a counter or an up-down counter.</summary>
    Sum,

    /// <summary>A histogram, with fixed or exponential buckets.</summary>
    Histogram,

    /// <summary>A summary.</summary>
    Summary,
}

/// <summary>One export of one metric.</summary>
/// <param name="Origin">Who sent it.</param>
/// <param name="Name">The instrument's name.</param>
/// <param name="Unit">The instrument's unit; empty if none.</param>
/// <param name="Kind">The metric's kind.</param>
/// <param name="Points">One point for each set of attributes.</param>
public sealed record OtlpMetric(OtlpOrigin Origin, string Name, string Unit, OtlpMetricKind Kind, IReadOnlyList<OtlpPoint> Points)
{
    /// <summary>The metric in one line, for the messages of failed tests.</summary>
    public override string ToString() => $"{Origin.ServiceName} {Origin.Scope} {Kind} {Name} × {Points.Count}";
}

/// <summary>One point of a metric.</summary>
/// <param name="Attributes">What tells this point from the metric's others.</param>
/// <param name="Value">The value of a gauge or sum; the sum of a histogram or summary.</param>
/// <param name="Count">How many measurements a histogram or summary holds; 0 for a gauge or sum.</param>
public sealed record OtlpPoint(IReadOnlyDictionary<string, object?> Attributes, double Value, long Count)
{
    /// <summary>Measurements in it that belong to a trace, each by its span: <c>traceId/spanId</c> in lower-case hex.</summary>
    public IReadOnlyList<string> Exemplars { get; init; } = [];
}

/// <summary>A log record.</summary>
/// <param name="Origin">Who sent it; the scope is the logger's category.</param>
/// <param name="Time">When it was logged.</param>
/// <param name="SeverityNumber">1 to 24: trace from 1, debug from 5, information from 9, warning from 13, error from 17, critical from 21.</param>
/// <param name="Severity">The severity as text.</param>
/// <param name="Body">The message.</param>
/// <param name="TraceId">The trace it was logged in; null outside of one.</param>
/// <param name="SpanId">The span it was logged in; null outside of one.</param>
/// <param name="Attributes">The message's values, scopes and exception.</param>
public sealed record OtlpLog(
    OtlpOrigin Origin,
    DateTimeOffset Time,
    int SeverityNumber,
    string Severity,
    string Body,
    string? TraceId,
    string? SpanId,
    IReadOnlyDictionary<string, object?> Attributes)
{
    /// <summary>The record in one line, for the messages of failed tests.</summary>
    public override string ToString() => $"{Origin.ServiceName} {Origin.Scope} {Severity}: {Body} (trace {TraceId ?? "none"})";
}
