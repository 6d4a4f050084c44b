using GenApi.Gateway.Nodes;
using GenApi.Gateway.Security;
using GenApi.Protocol.Cluster;
using Microsoft.AspNetCore.Http.Features;
using Yarp.ReverseProxy.Forwarder;

namespace GenApi.Gateway.Entry.Routes;

/// <summary>Makes one client's request into the request that its node gets, and notes when the node answers.</summary>
internal sealed class NodeRequest(ServedRoute route, Caller caller, NodeEndpoint node) : HttpTransformer
{
    /// <summary>Whether the node has answered, with whatever status.</summary>
    public bool IsAnswered { get; private set; }

    /// <summary>Whether a request wants to become a WebSocket.</summary>
    public static bool IsWebSocket(HttpContext http) =>
        http.Features.Get<IHttpUpgradeFeature>() is { IsUpgradableRequest: true } || http.Features.Get<IHttpExtendedConnectFeature>() is { IsExtendedConnect: true };

    public override async ValueTask TransformRequestAsync(HttpContext httpContext, HttpRequestMessage proxyRequest, string destinationPrefix, CancellationToken cancellationToken)
    {
        await base.TransformRequestAsync(httpContext, proxyRequest, destinationPrefix, cancellationToken).ConfigureAwait(false);
        var request = httpContext.Request;
        var query = IsWebSocket(httpContext) && !route.Route.ForwardAuthorization ? WithoutToken(request.QueryString) : request.QueryString;
        proxyRequest.RequestUri = RequestUtilities.MakeDestinationAddress(destinationPrefix, RoutePath.OnNode(route.Service, request.Path), query);

        var headers = proxyRequest.Headers;
        headers.Host = null;
        foreach (var name in request.Headers.Keys)
        {
            if (IsOurs(name))
            {
                headers.Remove(name);
            }
        }

        if (!route.Route.ForwardAuthorization)
        {
            headers.Remove("Authorization");
        }

        Add(GatewayHeaders.UserId, caller.UserId);
        Add(GatewayHeaders.DeviceId, caller.DeviceId);
        if (caller.UserId is not null && caller.Roles.Count > 0)
        {
            headers.TryAddWithoutValidation(GatewayHeaders.Roles, string.Join(',', caller.Roles.Select(GatewayHeaders.Encode)));
        }

        headers.TryAddWithoutValidation("X-Forwarded-For", caller.IpAddress);
        headers.TryAddWithoutValidation("X-Forwarded-Proto", request.Scheme);
        headers.TryAddWithoutValidation("X-Forwarded-Host", request.Host.ToUriComponent());
        headers.TryAddWithoutValidation("X-Forwarded-Prefix", $"{RoutePath.Prefix}/{route.Service}");

        void Add(string name, string? value)
        {
            if (value is not null)
            {
                headers.TryAddWithoutValidation(name, GatewayHeaders.Encode(value));
            }
        }
    }

    public override async ValueTask<bool> TransformResponseAsync(HttpContext httpContext, HttpResponseMessage? proxyResponse, CancellationToken cancellationToken)
    {
        if (proxyResponse is not null && !IsAnswered)
        {
            // Now, and not at the end: a WebSocket may last for hours, and a breaker that tries a node waits for this.
            IsAnswered = true;
            node.Breaker.Succeeded();
        }

        var hasBody = await base.TransformResponseAsync(httpContext, proxyResponse, cancellationToken).ConfigureAwait(false);
        if (proxyResponse is not null && ForwardingClient.IsLive(proxyResponse))
        {
            await httpContext.Response.BodyWriter.FlushAsync(cancellationToken).ConfigureAwait(false);
        }

        return hasBody;
    }

    /// <summary>
    /// Whether only the gateway may say this to a node. An underscore counts as a hyphen, since some frameworks cannot tell the two.
    /// </summary>
    private static bool IsOurs(string header)
    {
        var name = header.Contains('_', StringComparison.Ordinal) ? header.Replace('_', '-') : header;
        return name.StartsWith(GatewayHeaders.Prefix, StringComparison.OrdinalIgnoreCase)
            || name.StartsWith("X-Forwarded-", StringComparison.OrdinalIgnoreCase)
            || name.Equals("Forwarded", StringComparison.OrdinalIgnoreCase);
    }

    private static QueryString WithoutToken(QueryString query)
    {
        if (query.Value is not { Length: > 1 } text)
        {
            return query;
        }

        var kept = text[1..].Split('&').Where(pair => !Uri.UnescapeDataString(pair.Split('=', 2)[0]).Equals(QueryToken.Name, StringComparison.OrdinalIgnoreCase));
        return string.Join('&', kept) is { Length: > 0 } rest ? new QueryString($"?{rest}") : QueryString.Empty;
    }
}
