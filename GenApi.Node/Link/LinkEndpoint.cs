using GenApi.Node.Functions;
using GenApi.Node.Membership;
using GenApi.Protocol.Cluster;
using GenApi.Protocol.Link;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace GenApi.Node.Link;

/// <summary><c>GET /genapi/link</c>: takes a gateway's WebSocket and serves it until it ends.</summary>
internal sealed class LinkEndpoint(
    NodeMembership membership,
    LinkSessions sessions,
    FunctionRegistry functions,
    IServiceProvider services,
    IHostApplicationLifetime lifetime,
    IOptions<GenApiNodeOptions> options,
    ILogger<LinkSession> logger)
{
    public async Task HandleAsync(HttpContext http)
    {
        if (!http.WebSockets.IsWebSocketRequest || !http.WebSockets.WebSocketRequestedProtocols.Contains(FrameLayout.SubProtocol))
        {
            await Results.Json(
                new { code = "invalid_request", error = $"This is the node's link: connect by WebSocket with the sub-protocol {FrameLayout.SubProtocol}." },
                statusCode: StatusCodes.Status400BadRequest).ExecuteAsync(http).ConfigureAwait(false);
            return;
        }

        if (sessions.IsGoingAway)
        {
            http.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
            return;
        }

        using var socket = await http.WebSockets.AcceptWebSocketAsync(new WebSocketAcceptContext
        {
            SubProtocol = FrameLayout.SubProtocol,
            KeepAliveInterval = options.Value.KeepAlive,
            KeepAliveTimeout = options.Value.KeepAlive,
        }).ConfigureAwait(false);
        using var connection = new LinkConnection(socket, membership.NodeId, LinkLimits.Default with { MaxFrameBytes = options.Value.MaxFrameBytes });

        // The host's stop must end the link, or the server would wait for this request.
        await new LinkSession(connection, sessions, functions, services, logger).RunAsync(lifetime.ApplicationStopped).ConfigureAwait(false);
    }

    /// <summary>Lets a request through only with the cluster token.</summary>
    public static RequestDelegate RequireClusterToken(RequestDelegate next) => async http =>
    {
        var token = http.RequestServices.GetRequiredService<IOptions<GenApiNodeOptions>>().Value.ClusterToken;
        if (ClusterToken.MatchesBearer(http.Request.Headers.Authorization, token))
        {
            await next(http).ConfigureAwait(false);
            return;
        }

        http.Response.Headers.WWWAuthenticate = "Bearer";
        await Results.Json(
            new { code = "unauthenticated", error = "The cluster token is missing or wrong. Send it as 'Authorization: Bearer <cluster token>'." },
            statusCode: StatusCodes.Status401Unauthorized).ExecuteAsync(http).ConfigureAwait(false);
    };
}
