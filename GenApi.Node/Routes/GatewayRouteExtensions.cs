using GenApi.Node.Routes;

namespace Microsoft.AspNetCore.Builder;

/// <summary>Makes the endpoints of a node reachable through the gateway.</summary>
public static class GatewayRouteExtensions
{
    /// <summary>
    /// Declares the endpoint to the gateway, which serves it at <c>/svc/SERVICE</c> with the same path and methods. Endpoints
    /// without this are never reached through a gateway.
    /// </summary>
    /// <typeparam name="TBuilder">The kind of builder, so that calls can be chained.</typeparam>
    /// <param name="endpoint">An endpoint, or a group of them.</param>
    /// <param name="configure">Says who may use it; null: everyone whom the gateway lets in.</param>
    public static TBuilder WithGatewayRoute<TBuilder>(this TBuilder endpoint, Action<GatewayRouteBuilder>? configure = null)
        where TBuilder : IEndpointConventionBuilder
    {
        ArgumentNullException.ThrowIfNull(endpoint);
        var route = new GatewayRouteBuilder();
        configure?.Invoke(route);
        return endpoint.WithMetadata(route.Build());
    }
}
