using System.Diagnostics.Metrics;
using GenApi.Gateway.Telemetry.Events;

namespace GenApi.Gateway.Telemetry;

/// <summary>What is counted and timed as it happens, beside calls, which <see cref="CallTelemetry"/> measures.</summary>
internal sealed class GatewayMeter
{
    private readonly TimeProvider _time;
    private readonly Histogram<double> _hooks;
    private readonly Histogram<double> _streams;
    private readonly Counter<long> _chunks;
    private readonly Counter<long> _rejected;
    private readonly Counter<long> _configs;

    public GatewayMeter(IMeterFactory meters, TimeProvider time)
    {
        _time = time;
        var meter = meters.Create(CallTelemetry.SourceName);
        _hooks = meter.CreateHistogram<double>(
            "genapi.hook.duration",
            unit: "s",
            description: "The time a hook took.",
            advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10] });
        _streams = meter.CreateHistogram<double>(
            "genapi.stream.duration",
            unit: "s",
            description: "How long a stream lasted.",
            advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.01, 0.1, 1, 10, 60, 600, 3600] });
        _chunks = meter.CreateCounter<long>("genapi.stream.chunks", unit: "{chunk}", description: "Chunks of streams that went to clients, counted when their stream ends.");
        _rejected = meter.CreateCounter<long>("genapi.pool.rejections", unit: "{call}", description: "Calls that got no worker.");
        _configs = meter.CreateCounter<long>("genapi.config.updates", unit: "{update}", description: "Pushes and pulls of configs.");
    }

    public void HookRan(HookPhase phase, string result, long started)
    {
        if (_hooks.Enabled)
        {
            _hooks.Record(_time.GetElapsedTime(started).TotalSeconds, new("genapi.hook.phase", phase.Name), new("genapi.hook.result", result));
        }
    }

    public void StreamEnded(string reason, long started, long chunks)
    {
        if (_streams.Enabled)
        {
            _streams.Record(_time.GetElapsedTime(started).TotalSeconds, new KeyValuePair<string, object?>("genapi.stream.end", reason));
        }

        _chunks.Add(chunks);
    }

    public void TaskRejected(string pool, string reason) => _rejected.Add(1, new("genapi.pool", pool), new("genapi.reason", reason));

    public void ConfigsCame(string way, string result) => _configs.Add(1, new("genapi.config.source", way), new("genapi.config.result", result));
}
