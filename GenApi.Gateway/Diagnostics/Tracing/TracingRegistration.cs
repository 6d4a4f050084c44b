namespace GenApi.Gateway.Diagnostics.Tracing;

/// <summary>Adds tracing.</summary>
internal static class TracingRegistration
{
    public static void AddTracing(this IServiceCollection services)
    {
        services.AddSingleton<CallTracing>();
        services.AddSingleton<IGatewayTracing>(provider => provider.GetRequiredService<CallTracing>());
    }
}
