using GenApi.Gateway.Telemetry.Events;

namespace GenApi.Gateway.Telemetry;

/// <summary>Adds spans, metrics and events.</summary>
internal static class TelemetryRegistration
{
    public static void AddCallTelemetry(this IServiceCollection services)
    {
        services.AddSingleton<CallTelemetry>();
        services.AddSingleton<FunctionLabels>();
        services.AddSingleton<GatewayMeter>();
        services.AddSingleton<GatewayEvents>();
        services.AddSingleton<EventFeeds>();
        services.AddSingleton<IGatewayTelemetry, GatewayTelemetry>();
        services.AddHostedService<StateGauges>();
    }
}
