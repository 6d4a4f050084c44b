using System.Diagnostics;
using System.Net;
using Microsoft.Extensions.Options;
using Yarp.ReverseProxy.Forwarder;

namespace GenApi.Gateway.Entry.Routes;

/// <summary>The connections by which plain HTTP requests go to nodes.</summary>
internal sealed class NodeClient(IOptions<GenApiGatewayOptions> options) : IDisposable
{
    private static readonly TimeSpan ConnectionLifetime = TimeSpan.FromMinutes(2);

    /// <summary>Passes everything on as it is: no redirects followed, no cookies kept, nothing unpacked.</summary>
    public HttpMessageInvoker Invoker { get; } = new(new SocketsHttpHandler
    {
        UseProxy = false,
        UseCookies = false,
        AllowAutoRedirect = false,
        AutomaticDecompression = DecompressionMethods.None,
        EnableMultipleHttp2Connections = true,
        ConnectTimeout = options.Value.Nodes.ConnectTimeout,
        PooledConnectionLifetime = ConnectionLifetime,
        ActivityHeadersPropagator = new ReverseProxyPropagator(DistributedContextPropagator.Current),
    });

    public ForwarderRequestConfig Settings { get; } = new() { ActivityTimeout = options.Value.Routes.ActivityTimeout };

    public void Dispose() => Invoker.Dispose();
}
