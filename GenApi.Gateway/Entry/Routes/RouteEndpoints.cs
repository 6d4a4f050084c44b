using System.Text.Json;
using GenApi.Gateway.Configs;
using GenApi.Protocol.Configs;
using GenApi.Protocol.Json;
using Microsoft.AspNetCore.Routing.Patterns;
using Microsoft.Extensions.Primitives;

namespace GenApi.Gateway.Entry.Routes;

/// <summary>
/// The plain HTTP routes of all services as endpoints of this application, so that ASP.NET Core matches them as it matches
/// its own. They follow the configs: a push that brings other routes takes effect at once.
/// </summary>
internal sealed partial class RouteEndpoints : EndpointDataSource, IDisposable
{
    private readonly ConfigCatalog _catalog;
    private readonly RouteHandler _handler;
    private readonly ILogger<RouteEndpoints> _logger;
    private readonly Lock _gate = new();
    private volatile IReadOnlyList<Endpoint> _endpoints = [];
    private string? _served;
    private CancellationTokenSource _changing = new();
    private IChangeToken _change;

    public RouteEndpoints(ConfigCatalog catalog, RouteHandler handler, ILogger<RouteEndpoints> logger)
    {
        (_catalog, _handler, _logger) = (catalog, handler, logger);
        _change = new CancellationChangeToken(_changing.Token);
        _catalog.Changed += Follow;
        Follow();
    }

    public override IReadOnlyList<Endpoint> Endpoints => _endpoints;

    public override IChangeToken GetChangeToken() => Volatile.Read(ref _change);

    public void Dispose()
    {
        _catalog.Changed -= Follow;
        _changing.Dispose();
    }

    private void Follow()
    {
        try
        {
            lock (_gate)
            {
                List<(string Service, HttpRoute Route)> wanted =
                [
                    .. _catalog.Current.Services.Values
                        .GroupBy(service => service.Name, StringComparer.OrdinalIgnoreCase)
                        .Select(OneOf)
                        .SelectMany(service => service.HttpRoutes, (service, route) => (service.Name, route)),
                ];

                // Most changes are of functions, and a store may read the same routes as new objects.
                var text = string.Join('\n', wanted.Select(item => $"{item.Service} {JsonSerializer.Serialize(item.Route, ProtocolJson.Default.HttpRoute)}"));
                if (text == _served)
                {
                    return;
                }

                _served = text;
                _endpoints = Build(wanted);

                // Whoever asks for a token from within the notice must get the next one.
                var changed = _changing;
                _changing = new CancellationTokenSource();
                Volatile.Write(ref _change, new CancellationChangeToken(_changing.Token));
                changed.Cancel();
            }
        }
        catch (Exception error)
        {
            // The routes stay as they were; functions must be served all the same.
            Log.NotChanged(_logger, error);
        }
    }

    /// <summary>Paths match whatever the case of their letters, so of two such services only one can have routes.</summary>
    private ServiceSnapshot OneOf(IEnumerable<ServiceSnapshot> sameButForCase)
    {
        ServiceSnapshot[] withRoutes = [.. sameButForCase.OrderByDescending(service => service.HttpRoutes.Count > 0).ThenBy(service => service.Name, StringComparer.Ordinal)];
        foreach (var other in withRoutes.Skip(1).Where(service => service.HttpRoutes.Count > 0))
        {
            Log.Shadowed(_logger, other.Name, withRoutes[0].Name);
        }

        return withRoutes[0];
    }

    /// <summary>
    /// Every endpoint has an order of its own: the more precise pattern first, as always, and of equal ones that which was
    /// declared first. Two services cannot make one request ambiguous, nor can two routes.
    /// </summary>
    private List<Endpoint> Build(List<(string Service, HttpRoute Route)> wanted)
    {
        var ordered = wanted
            .Select(item => (item.Service, item.Route, Pattern: RoutePatternFactory.Parse(RoutePath.OnGateway(item.Service, item.Route.Path))))
            .OrderBy(item => item.Pattern.InboundPrecedence)
            .ThenBy(item => item.Route.Methods is null);
        var endpoints = new List<Endpoint>(wanted.Count + 1);
        foreach (var (service, route, pattern) in ordered)
        {
            var served = new ServedRoute(service, route);
            var endpoint = new RouteEndpointBuilder(http => _handler.HandleAsync(http, served), pattern, endpoints.Count) { DisplayName = $"{service} {served.Key}" };
            endpoint.Metadata.Add(new ExcludeFromDescriptionAttribute());
            if (route.Methods is { } methods)
            {
                // A WebSocket begins as a GET in HTTP/1.1 and as a CONNECT in HTTP/2.
                endpoint.Metadata.Add(new HttpMethodMetadata(methods.Contains(HttpMethods.Get) ? [.. methods, HttpMethods.Connect] : methods));
            }

            endpoints.Add(endpoint.Build());
        }

        var everythingElse = new RouteEndpointBuilder(RouteHandler.RefuseAsync, RoutePatternFactory.Parse($"{RoutePath.Prefix}/{{service}}/{{**path}}"), int.MaxValue) { DisplayName = "no route" };
        endpoints.Add(everythingElse.Build());
        return endpoints;
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "The HTTP routes could not be changed; they stay as they were.")]
        public static partial void NotChanged(ILogger logger, Exception error);

        [LoggerMessage(2, LogLevel.Warning, "The HTTP routes of service {Service} are not served: its name differs from {Other} in case only.")]
        public static partial void Shadowed(ILogger logger, string service, string other);
    }
}
