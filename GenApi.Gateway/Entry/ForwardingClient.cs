using System.Diagnostics;
using System.Net;
using GenApi.Gateway.Entry.Admin;
using Microsoft.Extensions.Options;
using Yarp.ReverseProxy.Forwarder;

namespace GenApi.Gateway.Entry;

/// <summary>The connections by which HTTP requests are passed on, to nodes and to other gateways.</summary>
internal sealed class ForwardingClient(IOptions<GenApiGatewayOptions> options) : IDisposable
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

    /// <summary>
    /// Whether an answer goes on for as long as there is something to tell. Then its beginning must be passed on at once: the forwarder waits
    /// for the first byte of the body, which may come much later.
    /// </summary>
    public static bool IsLive(HttpResponseMessage answer) => answer.Content.Headers.ContentType?.MediaType is "text/event-stream" or LiveLines.ContentType;

    /// <summary>Whether no byte of a request can have arrived, so that it may be sent again, or elsewhere.</summary>
    /// <param name="error">How passing it on went.</param>
    /// <param name="reason">Why it failed; null: it did not.</param>
    public static bool NeverArrived(ForwarderError error, Exception? reason) => error != ForwarderError.None && reason
        is HttpRequestException { HttpRequestError: HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError or HttpRequestError.SecureConnectionError }
        or OperationCanceledException { InnerException: TimeoutException };

    /// <summary>Whether a request failed because its body is larger than the server takes.</summary>
    /// <param name="error">How passing it on went.</param>
    /// <param name="reason">Why it failed; null: it did not.</param>
    public static bool IsTooLarge(ForwarderError error, Exception? reason) =>
        error == ForwarderError.RequestBodyClient && AllOf(reason).Any(fault => fault is BadHttpRequestException { StatusCode: StatusCodes.Status413PayloadTooLarge });

    /// <summary>An error and all that it wraps: the forwarder joins what happened to the body with what became of the request then.</summary>
    public static IEnumerable<Exception> AllOf(Exception? error) => error switch
    {
        null => [],
        AggregateException several => several.InnerExceptions.SelectMany(AllOf),
        _ => AllOf(error.InnerException).Prepend(error),
    };

    public void Dispose() => Invoker.Dispose();
}
