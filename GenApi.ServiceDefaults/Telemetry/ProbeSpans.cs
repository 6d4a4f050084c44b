using System.Diagnostics;
using GenApi.ServiceDefaults.Health;
using OpenTelemetry;

namespace GenApi.ServiceDefaults.Telemetry;

/// <summary>
/// Keeps probes of <c>/health</c> and <c>/alive</c>, which come every few seconds and say nothing, out of the traces.
/// A processor rather than a sampler, so that <c>OTEL_TRACES_SAMPLER</c> keeps its say.
/// </summary>
internal sealed class ProbeSpans : BaseProcessor<Activity>
{
    public override void OnStart(Activity data)
    {
        // Dropped at the start, so that what a health check itself calls is dropped too: a parent-based sampler asks this flag.
        if (data.Kind == ActivityKind.Server
            && data.Source.Name == RequestSpans.SourceName
            && data.GetTagItem("url.path") is string path
            && IsProbe(path))
        {
            data.IsAllDataRequested = false;
            data.ActivityTraceFlags &= ~ActivityTraceFlags.Recorded;
        }
    }

    // Routing ignores case and one slash at the end, so this does as well.
    private static bool IsProbe(ReadOnlySpan<char> path)
    {
        path = path.TrimEnd('/');
        return path.Equals(HealthEndpoints.ReadyPath, StringComparison.OrdinalIgnoreCase)
            || path.Equals(HealthEndpoints.LivePath, StringComparison.OrdinalIgnoreCase);
    }
}
