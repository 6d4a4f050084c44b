using GenApi.ServiceDefaults.ConsoleLog;
using GenApi.ServiceDefaults.ForwardedHeaders;
using GenApi.ServiceDefaults.Health;
using GenApi.ServiceDefaults.Telemetry;
using Microsoft.AspNetCore.Builder;

namespace Microsoft.Extensions.Hosting;

/// <summary>What every GenApi service shares, in one call on the builder and one on the app.</summary>
public static class ServiceDefaultsExtensions
{
    /// <summary>
    /// Adds OpenTelemetry, health checks, forwarded headers and readable console lines.
    /// <list type="bullet">
    /// <item>
    /// Traces, metrics and logs go out by OTLP when <c>OTEL_EXPORTER_OTLP_ENDPOINT</c> is set, in the environment or in any other
    /// configuration source. Without it nothing listens, so a call costs nothing extra. The other <c>OTEL_*</c> settings mean what
    /// the OpenTelemetry specification says; the service name is the application's name unless <c>OTEL_SERVICE_NAME</c> gives one.
    /// </item>
    /// <item>A health check named <c>self</c> with the tag <c>live</c>. A check that sets no timeout of its own gets five seconds.</item>
    /// <item>Forwarded headers, only where the section <c>ForwardedHeaders</c> is present: see <see cref="ForwardedHeadersSettings"/>.</item>
    /// <item>Console lines of one line each, with the time in UTC. <c>Logging:Console</c> in configuration still wins.</item>
    /// </list>
    /// </summary>
    /// <typeparam name="TBuilder">The kind of builder, so that calls can be chained.</typeparam>
    /// <param name="builder">The builder of the service.</param>
    /// <returns>The same builder.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="builder"/> is null.</exception>
    /// <exception cref="InvalidOperationException">An <c>OTEL_EXPORTER_OTLP_*</c> setting has a value that cannot work; the message says which.</exception>
    public static TBuilder AddServiceDefaults<TBuilder>(this TBuilder builder)
        where TBuilder : IHostApplicationBuilder
    {
        ArgumentNullException.ThrowIfNull(builder);

        builder.Services.AddConsoleLines();
        builder.AddTelemetry();
        builder.Services.AddHealthDefaults();
        builder.Services.AddForwardedHeadersFromConfiguration();
        return builder;
    }

    /// <summary>
    /// Maps <c>/health</c> (ready: every check passes) and <c>/alive</c> (the process itself is well: only checks tagged <c>live</c>).
    /// Both answer 200 when healthy or degraded and 503 when unhealthy, with the status as the first line and below it a line for each check
    /// that is not well, or as JSON with each check's name, status and description when the request accepts <c>application/json</c>. Anyone may ask.
    /// </summary>
    /// <param name="app">The app.</param>
    /// <returns>The same app.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="app"/> is null.</exception>
    public static WebApplication MapDefaultEndpoints(this WebApplication app)
    {
        ArgumentNullException.ThrowIfNull(app);

        app.MapHealthEndpoints();
        return app;
    }
}
