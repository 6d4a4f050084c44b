using GenApi.Protocol.Cluster;
using Yarp.ReverseProxy.Forwarder;

namespace GenApi.Gateway.Entry.Admin.Forwarding;

/// <summary>Makes a request of the admin API into the one that another gateway gets, and ends a live answer when this gateway stops.</summary>
/// <param name="self">The id of this gateway.</param>
/// <param name="target">The id of the other one.</param>
/// <param name="ending">Ends the exchange.</param>
/// <param name="stopping">This gateway stops.</param>
internal sealed class GatewayRequest(string self, string target, CancellationTokenSource ending, CancellationToken stopping) : HttpTransformer, IDisposable
{
    private CancellationTokenRegistration _endsWithUs;

    public override async ValueTask TransformRequestAsync(HttpContext httpContext, HttpRequestMessage proxyRequest, string destinationPrefix, CancellationToken cancellationToken)
    {
        await base.TransformRequestAsync(httpContext, proxyRequest, destinationPrefix, cancellationToken).ConfigureAwait(false);
        var headers = proxyRequest.Headers;
        headers.Host = null;
        headers.Remove(GatewayHeaders.Gateway);
        headers.TryAddWithoutValidation(GatewayHeaders.Gateway, target);
        headers.TryAddWithoutValidation(GatewayHeaders.ForwardedBy, self);
        if (httpContext.Connection.RemoteIpAddress is { } address)
        {
            headers.Remove("X-Forwarded-For");
            headers.TryAddWithoutValidation("X-Forwarded-For", address.ToString());
        }
    }

    public override async ValueTask<bool> TransformResponseAsync(HttpContext httpContext, HttpResponseMessage? proxyResponse, CancellationToken cancellationToken)
    {
        var hasBody = await base.TransformResponseAsync(httpContext, proxyResponse, cancellationToken).ConfigureAwait(false);
        if (proxyResponse is not null && ForwardingClient.IsLive(proxyResponse))
        {
            // It may go on for an hour, and stopping waits for what is under way.
            _endsWithUs = stopping.UnsafeRegister(static source => ((CancellationTokenSource)source!).Cancel(), ending);
            await httpContext.Response.BodyWriter.FlushAsync(cancellationToken).ConfigureAwait(false);
        }

        return hasBody;
    }

    public void Dispose() => _endsWithUs.Dispose();
}
