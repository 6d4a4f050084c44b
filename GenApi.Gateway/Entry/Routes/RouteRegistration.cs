namespace GenApi.Gateway.Entry.Routes;

/// <summary>Adds the plain HTTP routes of services to a gateway.</summary>
internal static class RouteRegistration
{
    public static void AddServiceRoutes(this IServiceCollection services)
    {
        services.AddSingleton<HttpRouteRules>();
        services.AddSingleton<RoutePermission>();
        services.AddSingleton<RouteAdmission>();
        services.AddSingleton<RouteHandler>();
        services.AddSingleton<RouteEndpoints>();
    }

    public static void MapServiceRoutes(this IEndpointRouteBuilder endpoints) =>
        endpoints.DataSources.Add(endpoints.ServiceProvider.GetRequiredService<RouteEndpoints>());
}
