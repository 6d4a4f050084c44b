using System.Diagnostics;
using System.Diagnostics.Metrics;
using GenApi.Gateway.Calls;
using GenApi.Protocol.Calls;

namespace GenApi.Gateway.Telemetry;

/// <summary>The span and the measurements of each call. Costs next to nothing while nobody listens.</summary>
internal sealed class CallTelemetry : IDisposable
{
    /// <summary>The name of the activity source and of the meter.</summary>
    public const string SourceName = "GenApi.Gateway";

    private readonly ActivitySource _source = new(SourceName);
    private readonly Histogram<double> _duration;
    private readonly TimeProvider _time;

    public CallTelemetry(IMeterFactory meters, TimeProvider time)
    {
        _time = time;
        _duration = meters.Create(SourceName).CreateHistogram<double>(
            "genapi.call.duration",
            unit: "s",
            description: "The time from entry to answer of a call.",
            advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10] });
    }

    public Started Start(Call call)
    {
        if (!_source.HasListeners())
        {
            // Clients may trace across a gateway that does not.
            call.Traceparent = call.Request.Traceparent ?? Activity.Current?.Id;
            return new Started(_time.GetTimestamp(), null);
        }

        var request = call.Request;
        _ = ActivityContext.TryParse(request.Traceparent, null, isRemote: true, out var parent);
        var activity = _source.StartActivity($"{request.Service}/{request.RequestType}", ActivityKind.Client, parent);
        if (activity is not null)
        {
            activity.SetTag("rpc.system", "genapi").SetTag("rpc.service", request.Service).SetTag("rpc.method", request.RequestType)
                .SetTag("genapi.request_id", request.RequestId);
            call.Traceparent = activity.Id;
            call.Tracestate = activity.TraceStateString;
        }

        return new Started(_time.GetTimestamp(), activity);
    }

    public void Stop(Call call, in Started started, CallError? error)
    {
        if (started.Activity is { } activity)
        {
            activity.SetTag("genapi.node", call.Node?.Address);
            if (error is not null)
            {
                activity.SetTag("error.type", error.Code.Name).SetStatus(ActivityStatusCode.Error, error.Message);
            }

            activity.Dispose();
        }

        if (_duration.Enabled)
        {
            // Names that no config has come from clients and must not become label values.
            var known = call.Function is not null;
            _duration.Record(
                _time.GetElapsedTime(started.Timestamp).TotalSeconds,
                new("rpc.service", known ? call.Request.Service : "unknown"),
                new("rpc.method", known ? call.Request.RequestType : "unknown"),
                new("genapi.code", error?.Code.Name ?? "ok"));
        }
    }

    public void Dispose() => _source.Dispose();

    /// <summary>What <see cref="Start"/> leaves for <see cref="Stop"/>.</summary>
    internal readonly record struct Started(long Timestamp, Activity? Activity);
}
