using System.Net.WebSockets;
using GenApi.Gateway.Gateways;
using GenApi.Protocol.Link;
using Microsoft.Extensions.Options;

namespace GenApi.Gateway.Nodes.Links;

/// <summary>Opens links to nodes.</summary>
internal sealed class LinkDialer(GatewayIdentity identity, IOptions<GenApiGatewayOptions> options) : IDisposable
{
    private readonly HttpMessageInvoker _http = new(new SocketsHttpHandler
    {
        UseProxy = false,
        ConnectTimeout = options.Value.Nodes.ConnectTimeout,
    });

    public int MaxCallsPerLink => options.Value.Nodes.MaxCallsPerLink;

    public TimeSpan LongestReconnectDelay => options.Value.Nodes.LongestReconnectDelay;

    /// <summary>Opens a WebSocket to the node's link.</summary>
    /// <exception cref="WebSocketException">The node is not there, or refuses.</exception>
    /// <exception cref="OperationCanceledException">It took too long, or the gateway stops.</exception>
    public async Task<WebSocket> DialAsync(string address, CancellationToken cancellationToken)
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        timeout.CancelAfter(options.Value.Nodes.ConnectTimeout);
        var socket = new ClientWebSocket();
        try
        {
            socket.Options.AddSubProtocol(FrameLayout.SubProtocol);
            socket.Options.SetRequestHeader("Authorization", $"Bearer {options.Value.ClusterToken}");
            socket.Options.KeepAliveInterval = options.Value.Nodes.KeepAlive;
            socket.Options.KeepAliveTimeout = options.Value.Nodes.KeepAlive;
            var uri = new UriBuilder(address) { Path = FrameLayout.Path };
            uri.Scheme = uri.Scheme == "https" ? "wss" : "ws";
            await socket.ConnectAsync(uri.Uri, _http, timeout.Token).ConfigureAwait(false);
            return socket;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            socket.Dispose();
            throw new WebSocketException($"the node did not answer within {options.Value.Nodes.ConnectTimeout.TotalSeconds:0.#} s");
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    public LinkConnection Connect(WebSocket socket) =>
        new(socket, identity.Id, LinkLimits.Default with { MaxFrameBytes = options.Value.Nodes.MaxFrameBytes });

    public void Dispose() => _http.Dispose();
}
