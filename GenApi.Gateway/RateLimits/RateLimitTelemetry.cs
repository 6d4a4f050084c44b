using System.Diagnostics.Metrics;
using GenApi.Gateway.Telemetry;
using GenApi.Gateway.Telemetry.Events;

namespace GenApi.Gateway.RateLimits;

/// <summary>The limiter's measurements and events. They cost next to nothing while nobody listens.</summary>
internal sealed class RateLimitTelemetry
{
    private readonly GatewayEvents _events;
    private readonly TimeProvider _time;
    private readonly Histogram<double> _duration;
    private readonly Counter<long> _exceeded;
    private readonly Counter<long> _resets;
    private readonly Counter<long> _cleaned;

    public RateLimitTelemetry(IMeterFactory meters, GatewayEvents events, TimeProvider time)
    {
        _events = events;
        _time = time;
        var meter = meters.Create(CallTelemetry.SourceName);
        _duration = meter.CreateHistogram<double>(
            "genapi.rate_limiter.check.duration",
            unit: "s",
            description: "The time that checking a call's rate limits took.",
            advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.000001, 0.00001, 0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.1, 1] });
        _exceeded = meter.CreateCounter<long>("genapi.rate_limiter.exceeded", unit: "{call}", description: "Calls that a rate limit denied.");
        _resets = meter.CreateCounter<long>("genapi.rate_limiter.resets", unit: "{reset}", description: "Counters that were reset by hand.");
        _cleaned = meter.CreateCounter<long>("genapi.rate_limiter.cleaned", unit: "{entry}", description: "Counters and denials of this process that were forgotten because they had run out.");
    }

    /// <summary>Before a check; 0: nobody wants to know how long it takes.</summary>
    public long Start() => _duration.Enabled || _events.HearsLimitChecks ? _time.GetTimestamp() : 0;

    /// <summary>After it.</summary>
    /// <param name="started">What <see cref="Start"/> came back with.</param>
    /// <param name="userId">Whose call it is; null: nobody known.</param>
    /// <param name="denial">Why it is not admitted; null: it is.</param>
    public void Checked(long started, string? userId, RateLimitDenial? denial)
    {
        if (started != 0)
        {
            var result = denial switch
            {
                null => "ok",
                { Limit: null } => "unavailable",
                _ => "rate_limited",
            };
            _duration.Record(_time.GetElapsedTime(started).TotalSeconds, new KeyValuePair<string, object?>("genapi.result", result));
            _events.LimitsChecked(userId, result, started);
        }

        if (denial?.Limit is { } limit)
        {
            if (_exceeded.Enabled)
            {
                _exceeded.Add(1, new("genapi.key", limit.Rule.Key), new("genapi.scope", limit.Scope));
            }

            _events.LimitExceeded(userId, limit.Rule.Key, limit.Scope, limit.MaxRequests, denial.Current, denial.RetryAfterMs);
        }
    }

    public void Reset(ScopedLimit limit, string value)
    {
        _resets.Add(1, new("genapi.key", limit.Rule.Key), new("genapi.scope", limit.Scope));
        _events.LimitReset(limit.Rule.Key, value, limit.Scope);
    }

    public void AllReset(long counters)
    {
        _resets.Add(counters);
        _events.AllLimitsReset(counters);
    }

    public void Cleaned(int entries)
    {
        _cleaned.Add(entries);
        _events.LimitsCleaned(entries);
    }
}
