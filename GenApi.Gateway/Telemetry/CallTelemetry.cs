using System.Diagnostics;
using System.Diagnostics.Metrics;
using GenApi.Gateway.Calls;
using GenApi.Gateway.Diagnostics.Tracing;
using GenApi.Gateway.Telemetry.Events;
using GenApi.Protocol.Calls;
using GenApi.Protocol.Configs;
using Microsoft.Extensions.Options;

namespace GenApi.Gateway.Telemetry;

/// <summary>The span, the measurements, the events and the traces of each call. Costs next to nothing while nobody listens.</summary>
internal sealed class CallTelemetry : IDisposable
{
    /// <summary>The name of the activity source and of the meter.</summary>
    public const string SourceName = "GenApi.Gateway";

    private readonly ActivitySource _source = new(SourceName);
    private readonly Counter<long> _retries;
    private readonly Histogram<double> _duration;
    private readonly GatewayEvents _events;
    private readonly CallTracing? _tracing;
    private readonly FunctionLabels _labels;
    private readonly TimeProvider _time;

    public CallTelemetry(IMeterFactory meters, GatewayEvents events, CallTracing tracing, FunctionLabels labels, IOptions<GenApiGatewayOptions> options, TimeProvider time)
    {
        _events = events;
        _tracing = options.Value.Tracing.Enabled ? tracing : null;
        _labels = labels;
        _time = time;
        var meter = meters.Create(SourceName);
        _retries = meter.CreateCounter<long>("genapi.call.retries", unit: "{retry}", description: "Calls that were tried again, and calls whose retries were used up.");
        _duration = meter.CreateHistogram<double>(
            "genapi.call.duration",
            unit: "s",
            description: "The time from entry to answer of a call.",
            advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10] });
    }

    /// <summary>All calls so far.</summary>
    public GatewayCounts Counts { get; } = new();

    /// <summary>A call has come in. Sets <see cref="Call.Started"/>.</summary>
    public void Start(Call call)
    {
        call.Started = StartSpan(call);
        call.Connection?.CallBegan();
        _events.RequestStarted(call);
        _tracing?.Begin(call);
    }

    private Started StartSpan(Call call)
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
        activity?.SetTag("rpc.system", "genapi").SetTag("rpc.system.name", "genapi").SetTag("genapi.request_id", request.RequestId);

        // Also when this call is not sampled, so that the node does not start a trace of its own.
        call.Traceparent = activity?.Id ?? request.Traceparent ?? Activity.Current?.Id;
        call.Tracestate = activity?.TraceStateString;

        return new Started(_time.GetTimestamp(), activity);
    }

    /// <summary>A call has its answer.</summary>
    public void Stop(Call call, CallError? error)
    {
        var started = call.Started;
        var elapsed = _time.GetElapsedTime(started.Timestamp);
        Counts.Count(elapsed, error);
        call.Connection?.CallEnded();
        call.Function?.Counts.Count(elapsed, error is not null);
        if (_duration.Enabled)
        {
            Measure(call, error, started, elapsed);
        }

        if (started.Activity is { } activity)
        {
            StopSpan(activity, call, error);
        }

        _events.RequestEnded(call, error, started.Timestamp);
        call.Trace?.Ended(error);
    }

    private void Measure(Call call, CallError? error, in Started started, TimeSpan elapsed)
    {
        // What the SDK keeps as an example of a measurement is the span that is current while it is taken.
        var current = Activity.Current;
        if (started.Activity is not null)
        {
            Activity.Current = started.Activity;
        }

        var (service, method) = _labels.Of(call);
        _duration.Record(
            elapsed.TotalSeconds,
            new("rpc.service", service),
            new("rpc.method", method),
            new("genapi.code", error?.Code.Name ?? "ok"));
        if (started.Activity is not null)
        {
            Activity.Current = current;
        }
    }

    private static void StopSpan(Activity activity, Call call, CallError? error)
    {
        // Names that no config has come from clients, and must not become names of spans.
        if (call.Function is { Config: var config })
        {
            activity.DisplayName = $"{config.Service}/{config.RequestType}";
            activity.SetTag("rpc.service", config.Service).SetTag("rpc.method", config.RequestType).SetTag("genapi.node", call.Target?.Address);
            if (activity.IsAllDataRequested && Uri.TryCreate(call.Target?.Address, UriKind.Absolute, out var node))
            {
                activity.SetTag("server.address", node.Host).SetTag("server.port", node.Port);
            }
        }

        if (error is not null)
        {
            activity.SetTag("error.type", error.Code.Name).SetStatus(ActivityStatusCode.Error, error.CauseOrMessage);
        }

        activity.Dispose();
    }

    /// <summary>A call is about to be tried again.</summary>
    public void Retry(Call call, RetryPolicy policy, int attempt, TimeSpan pause)
    {
        CountRetry(call, "retried");
        _events.Retried(call, policy, attempt, pause);
        call.Started.Activity?.AddEvent(new ActivityEvent("retry", tags: new() { ["attempt"] = attempt, ["mode"] = policy.ModeName, ["delay_ms"] = pause.TotalMilliseconds }));
    }

    /// <summary>A call has failed although all its retries were used.</summary>
    public void RetriesExhausted(Call call, RetryPolicy policy)
    {
        CountRetry(call, "exhausted");
        _events.RetriesExhausted(call, policy);
        call.Started.Activity?.AddEvent(new ActivityEvent("retry.exhausted", tags: new() { ["attempts"] = policy.Attempts, ["mode"] = policy.ModeName }));
    }

    private void CountRetry(Call call, string outcome)
    {
        if (_retries.Enabled)
        {
            var (service, method) = _labels.Of(call);
            _retries.Add(1, new("rpc.service", service), new("rpc.method", method), new("genapi.retry.outcome", outcome));
        }
    }

    public void Dispose() => _source.Dispose();

    /// <summary>What <see cref="Start"/> leaves for <see cref="Stop"/>.</summary>
    internal readonly record struct Started(long Timestamp, Activity? Activity);
}
