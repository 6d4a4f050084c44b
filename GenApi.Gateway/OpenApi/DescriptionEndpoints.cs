using GenApi.Gateway.Configs;
using GenApi.Gateway.Entry;
using GenApi.Protocol.Cluster;
using Microsoft.Extensions.Options;

namespace GenApi.Gateway.OpenApi;

/// <summary><c>GET /openapi/v1.json</c> and <c>GET /api/examples</c>.</summary>
internal static class DescriptionEndpoints
{
    private static readonly string[] Methods = [HttpMethods.Get, HttpMethods.Head];

    public static void AddDescriptions(this IServiceCollection services)
    {
        services.AddSingleton<OpenApiDescription>();
        services.AddSingleton<ExampleRequests>();
    }

    public static void MapDescriptions(this IEndpointRouteBuilder endpoints)
    {
        var services = endpoints.ServiceProvider;
        var catalog = services.GetRequiredService<ConfigCatalog>();
        var openApi = services.GetRequiredService<OpenApiDescription>();
        var examples = services.GetRequiredService<ExampleRequests>();
        Map("/openapi/v1.json", new DescriptionCache(catalog, openApi.WriteAsync));
        Map("/api/examples", new DescriptionCache(catalog, snapshot => Task.FromResult(examples.Write(snapshot))));

        void Map(string path, DescriptionCache description) => endpoints.MapMethods(path, Methods, async http =>
        {
            if (MayRead(http))
            {
                await description.AnswerAsync(http).ConfigureAwait(false);
                return;
            }

            http.Response.Headers.WWWAuthenticate = "Bearer";
            await Problem.Result(
                StatusCodes.Status401Unauthorized,
                "unauthenticated",
                "Send a client token or the admin token as 'Authorization: Bearer <token>', or set GenApi:OpenApi:Public to true on the gateway.").ExecuteAsync(http).ConfigureAwait(false);
        }).ExcludeFromDescription();
    }

    private static bool MayRead(HttpContext http)
    {
        var settings = http.RequestServices.GetRequiredService<IOptionsMonitor<GenApiGatewayOptions>>().CurrentValue;
        return (settings.OpenApi.Public ?? http.RequestServices.GetRequiredService<IHostEnvironment>().IsDevelopment())
            || http.User.Identity is { IsAuthenticated: true }
            || ClusterToken.MatchesBearer(http.Request.Headers.Authorization, settings.AdminToken);
    }
}
