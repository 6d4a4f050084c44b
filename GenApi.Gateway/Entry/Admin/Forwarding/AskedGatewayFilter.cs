using GenApi.Gateway.Gateways;
using GenApi.Protocol.Cluster;

namespace GenApi.Gateway.Entry.Admin.Forwarding;

/// <summary>
/// Has the gateway answer that a request names in <see cref="GatewayHeaders.Gateway"/>, also where a load balancer led the request to
/// another one. Each answer says in the same header whose it is, so that whoever asks can stay with that gateway.
/// </summary>
internal sealed class AskedGatewayFilter(GatewayIdentity identity, AdminForwarder forwarder) : IEndpointFilter
{
    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var http = context.HttpContext;
        var asked = GatewayHeaders.Decode(http.Request.Headers[GatewayHeaders.Gateway].ToString());
        if (asked.Length > 0 && asked != identity.Id && await forwarder.ForwardAsync(http, asked).ConfigureAwait(false) is { } answer)
        {
            return answer;
        }

        http.Response.Headers[GatewayHeaders.Gateway] = identity.Id;
        return await next(context).ConfigureAwait(false);
    }
}
