using GenApi.Gateway.Entry.Admin.Forwarding;
using GenApi.Gateway.Storage;

namespace GenApi.Gateway.Entry.Admin;

/// <summary>
/// The admin API. Each endpoint reads its request and hands it to <see cref="Diagnostics.IGatewayDiagnostics"/>, which has a method for
/// everything that can be asked here.
/// </summary>
internal static class AdminEndpoints
{
    public static void MapAdmin(this IEndpointRouteBuilder endpoints)
    {
        var admin = endpoints.MapGroup("/admin").ExcludeFromDescription().AddEndpointFilter<StorageOutageFilter>().AddEndpointFilter<AskedGatewayFilter>();
        admin.MapReports();
        admin.MapFunctions();
        admin.MapPushes();
        admin.MapFailedConfigs();
        admin.MapRateLimits();
        admin.MapStreams();
        admin.MapTokens();
        admin.MapDetailError();
        admin.MapEvents();
        admin.MapTracing();
    }
}
