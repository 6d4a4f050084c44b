using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace GenApi.ServiceDefaults.Health;

/// <summary>The two probes that every service answers.</summary>
internal static class HealthEndpoints
{
    public const string ReadyPath = "/health";
    public const string LivePath = "/alive";

    private const string LiveTag = "live";

    // A check that hangs would otherwise hang the probe, and with it whoever waits for the service.
    private static readonly TimeSpan CheckTimeout = TimeSpan.FromSeconds(5);

    public static void AddHealthDefaults(this IServiceCollection services)
    {
        services.AddHealthChecks().AddCheck("self", static () => HealthCheckResult.Healthy("The process answers."), [LiveTag]);

        services.PostConfigure<HealthCheckServiceOptions>(static options =>
        {
            foreach (var registration in options.Registrations)
            {
                if (registration.Timeout == Timeout.InfiniteTimeSpan)
                {
                    registration.Timeout = CheckTimeout;
                }
            }
        });
    }

    public static void MapHealthEndpoints(this IEndpointRouteBuilder endpoints)
    {
        endpoints.MapProbe(ReadyPath, static _ => true);
        endpoints.MapProbe(LivePath, static check => check.Tags.Contains(LiveTag));
    }

    private static void MapProbe(this IEndpointRouteBuilder endpoints, string path, Func<HealthCheckRegistration, bool> predicate) =>
        endpoints
            .MapHealthChecks(path, new HealthCheckOptions { Predicate = predicate, ResponseWriter = HealthReportWriter.WriteAsync })
            .AllowAnonymous()
            // Probes answer in no time and come all the time: they would drown the durations of real requests.
            .DisableHttpMetrics();
}
