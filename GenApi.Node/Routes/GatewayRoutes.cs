using GenApi.Node.Functions;
using GenApi.Protocol.Configs;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace GenApi.Node.Routes;

/// <summary>The endpoints of this application that carry <see cref="GatewayRoute"/>. Known once the application has started.</summary>
internal sealed class GatewayRoutes(FunctionRegistry functions, IServiceProvider services)
{
    private readonly Lazy<(IReadOnlyList<HttpRoute> All, string ConfigVersion)> _found = new(() =>
    {
        var all = Find(services);
        return (all, functions.ConfigVersionWith(all));
    });

    /// <summary>The routes that are pushed.</summary>
    public IReadOnlyList<HttpRoute> All => _found.Value.All;

    /// <summary>What tells the functions and routes of this process from others.</summary>
    public string ConfigVersion => _found.Value.ConfigVersion;

    private static List<HttpRoute> Find(IServiceProvider services) =>
    [
        .. (services.GetService<EndpointDataSource>()?.Endpoints ?? [])
            .OfType<RouteEndpoint>()
            .Select(endpoint => (Endpoint: endpoint, Route: endpoint.Metadata.GetMetadata<GatewayRoute>()))
            .Where(item => item.Route is not null)
            .Select(item => new HttpRoute
            {
                Path = $"/{item.Endpoint.RoutePattern.RawText?.TrimStart('/')}",
                Methods = item.Endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods is { Count: > 0 } methods ? [.. methods.Order(StringComparer.Ordinal)] : null,
                CheckPermission = item.Route!.Permission,
                ForwardAuthorization = item.Route.ForwardAuthorization,
            })
            .OrderBy(route => route.Path, StringComparer.Ordinal),
    ];
}
