using System.Diagnostics;
using System.Diagnostics.Metrics;
using GenApi.Gateway.Calls;
using GenApi.Protocol.Calls;
using GenApi.Protocol.Configs;

namespace GenApi.Gateway.Telemetry;

/// <summary>The span and the measurements of each call. Costs next to nothing while nobody listens.</summary>
internal sealed class CallTelemetry : IDisposable
{
    /// <summary>The name of the activity source and of the meter.</summary>
    public const string SourceName = "GenApi.Gateway";

    private readonly ActivitySource _source = new(SourceName);
    private readonly Counter<long> _retries;
    private readonly Histogram<double> _duration;
    private readonly TimeProvider _time;

    public CallTelemetry(IMeterFactory meters, TimeProvider time)
    {
        _time = time;
        var meter = meters.Create(SourceName);
        _retries = meter.CreateCounter<long>("genapi.call.retries", unit: "{retry}", description: "Calls that were tried again, and calls whose retries were used up.");
        _duration = meter.CreateHistogram<double>(
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
        var activity = _source.StartActivity("call", ActivityKind.Client, parent);
        activity?.SetTag("rpc.system", "genapi").SetTag("genapi.request_id", request.RequestId);

        // Also when this call is not sampled, so that the node does not start a trace of its own.
        call.Traceparent = activity?.Id ?? request.Traceparent ?? Activity.Current?.Id;
        call.Tracestate = activity?.TraceStateString;

        return new Started(_time.GetTimestamp(), activity);
    }

    public void Stop(Call call, CallError? error)
    {
        var started = call.Started;
        if (started.Activity is { } activity)
        {
            // Names that no config has come from clients, and must not become names of spans.
            if (call.Function is { Config: var config })
            {
                activity.DisplayName = $"{config.Service}/{config.RequestType}";
                activity.SetTag("rpc.service", config.Service).SetTag("rpc.method", config.RequestType).SetTag("genapi.node", call.Target?.Address);
            }

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

    /// <summary>A call is about to be tried again.</summary>
    public void Retry(Call call, RetryPolicy policy, int attempt, TimeSpan pause)
    {
        _retries.Add(1, new("rpc.service", call.Function.Config.Service), new("rpc.method", call.Function.Config.RequestType), new("genapi.retry.outcome", "retried"));
        call.Started.Activity?.AddEvent(new ActivityEvent("retry", tags: new() { ["attempt"] = attempt, ["mode"] = policy.Mode.ToString(), ["delay_ms"] = pause.TotalMilliseconds }));
    }

    /// <summary>A call has failed although all its retries were used.</summary>
    public void RetriesExhausted(Call call, RetryPolicy policy)
    {
        _retries.Add(1, new("rpc.service", call.Function.Config.Service), new("rpc.method", call.Function.Config.RequestType), new("genapi.retry.outcome", "exhausted"));
        call.Started.Activity?.AddEvent(new ActivityEvent("retry.exhausted", tags: new() { ["attempts"] = policy.Attempts, ["mode"] = policy.Mode.ToString() }));
    }

    public void Dispose() => _source.Dispose();

    /// <summary>What <see cref="Start"/> leaves for <see cref="Stop"/>.</summary>
    internal readonly record struct Started(long Timestamp, Activity? Activity);
}
