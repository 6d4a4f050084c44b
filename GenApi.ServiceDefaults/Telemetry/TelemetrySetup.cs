using System.Reflection;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace GenApi.ServiceDefaults.Telemetry;

/// <summary>
/// Sets up the OpenTelemetry SDK in the app's own service container. The framework emits its spans and metrics itself,
/// so no instrumentation package is needed: naming its sources and meters is enough.
/// </summary>
internal static class TelemetrySetup
{
    // A user who set this switch, either way, has decided.
    private const string SuppressSpanAttributes = "Microsoft.AspNetCore.Hosting.SuppressActivityOpenTelemetryData";

    private const string ExemplarFilterKey = "OTEL_METRICS_EXEMPLAR_FILTER";

    // In a solution made by `dotnet new genapi` the gateway has another name, and the line that fits it here as well.
    private const string Gateway = "GenApi.Gateway";

    private static readonly string[] Sources =
    [
        RequestSpans.SourceName,
        "Microsoft.AspNetCore.SignalR.Server",
        "System.Net.Http",
        "GenApi.*",
        Gateway,
    ];

    private static readonly string[] Meters =
    [
        "System.Runtime",
        "Microsoft.AspNetCore.Hosting",
        "Microsoft.AspNetCore.Server.Kestrel",
        "Microsoft.AspNetCore.Http.Connections",
        "Microsoft.AspNetCore.SignalR",
        "System.Net.Http",
        "GenApi.*",
        Gateway,
    ];

    public static void AddTelemetry(this IHostApplicationBuilder builder)
    {
        // Without an exporter nothing may listen: a source with no listener makes no activity, a meter with none takes no measurement.
        if (!OtlpSettings.Read(builder.Configuration).Enabled)
        {
            return;
        }

        // Up to .NET 10 request spans start without attributes unless this is asked for; without the path, ProbeSpans could not tell probes.
        if (!AppContext.TryGetSwitch(SuppressSpanAttributes, out _))
        {
            AppContext.SetSwitch(SuppressSpanAttributes, false);
        }

        builder.Logging.AddOpenTelemetry(static logging =>
        {
            logging.IncludeFormattedMessage = true;
            logging.IncludeScopes = true;
        });

        new SdkBuilder(builder.Services)
            .ConfigureResource(resource => Describe(resource, builder.Environment))
            .WithTracing(static tracing => tracing.AddSource(Sources).AddProcessor(new ProbeSpans()))
            .WithMetrics(metrics => AddMetrics(metrics, builder.Configuration))
            .UseOtlpExporter();

        builder.Services.AddTransient<IStartupFilter, RequestSpans.AroundPipeline>();
        builder.Services.AddHostedService<TelemetryLifetime>();
    }

    private static void AddMetrics(MeterProviderBuilder metrics, IConfiguration configuration)
    {
        metrics.AddMeter(Meters);

        // With each histogram some traces that went into it, as the specification has it by default. A setting made here would win over the variable.
        if (string.IsNullOrWhiteSpace(configuration[ExemplarFilterKey]))
        {
            metrics.SetExemplarFilter(ExemplarFilterType.TraceBased);
        }
    }

    private static void Describe(ResourceBuilder resource, IHostEnvironment environment) =>
        resource
            .Clear()
            .AddTelemetrySdk()
            .AddService(environment.ApplicationName, serviceVersion: ApplicationVersion(environment))
            .AddAttributes([new("deployment.environment.name", environment.EnvironmentName)])
            // Last, because a later attribute replaces an earlier one: OTEL_SERVICE_NAME and OTEL_RESOURCE_ATTRIBUTES win.
            .AddEnvironmentVariableDetector();

    private static string? ApplicationVersion(IHostEnvironment environment)
    {
        // Under a test host the entry assembly is the test runner, whose version would say nothing of this service.
        var entry = Assembly.GetEntryAssembly();
        return entry?.GetName().Name == environment.ApplicationName
            ? entry.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion
            : null;
    }

    private sealed class SdkBuilder(IServiceCollection services) : IOpenTelemetryBuilder
    {
        public IServiceCollection Services => services;
    }
}
