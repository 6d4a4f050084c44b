using System.IO.Pipelines;
using System.Net;
using System.Net.WebSockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.SignalR.Client;
using Microsoft.Extensions.DependencyInjection;

namespace GenApi.Cluster.Tests.Clients;

/// <summary>The .NET SignalR client. Its core has no transport, so a WebSocket is brought to it here.</summary>
internal static class DotnetClient
{
    /// <summary>Opens a connection to the hub.</summary>
    /// <param name="gateway">The gateway's base address.</param>
    /// <param name="token">The client's token.</param>
    /// <param name="tokenInQuery">Whether the token goes in the query rather than the Authorization header.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    public static async Task<HubConnection> ConnectAsync(Uri gateway, string token, bool tokenInQuery, CancellationToken cancellationToken)
    {
        var address = new UriBuilder(new Uri(gateway, "/genapi")) { Scheme = Uri.UriSchemeWs };
        if (tokenInQuery)
        {
            address.Query = $"access_token={Uri.EscapeDataString(token)}";
        }

        var builder = new HubConnectionBuilder();
        builder.Services.AddSingleton<EndPoint>(new UriEndPoint(address.Uri));
        builder.Services.AddSingleton<IConnectionFactory>(new WebSocketFactory(tokenInQuery ? null : token));
        var connection = builder.AddJsonProtocol().Build();
        await connection.StartAsync(cancellationToken);
        return connection;
    }

    private sealed class WebSocketFactory(string? token) : IConnectionFactory
    {
        public async ValueTask<ConnectionContext> ConnectAsync(EndPoint endpoint, CancellationToken cancellationToken = default)
        {
            var socket = new ClientWebSocket();
            try
            {
                socket.Options.Proxy = null;
                if (token is not null)
                {
                    socket.Options.SetRequestHeader("Authorization", $"Bearer {token}");
                }

                await socket.ConnectAsync(((UriEndPoint)endpoint).Uri, cancellationToken);
                return new WebSocketConnection(socket);
            }
            catch
            {
                socket.Dispose();
                throw;
            }
        }
    }

    /// <summary>A WebSocket as a pair of pipes.</summary>
    private sealed class WebSocketConnection : ConnectionContext, IDuplexPipe
    {
        private static readonly TimeSpan ClosePatience = TimeSpan.FromSeconds(5);

        private readonly ClientWebSocket _socket;
        private readonly Pipe _received = new();
        private readonly Pipe _sent = new();
        private readonly Task _pumping;

        public WebSocketConnection(ClientWebSocket socket)
        {
            _socket = socket;
            Transport = this;
            _pumping = Task.WhenAll(ReceiveAsync(), SendAsync());
        }

        public override string ConnectionId { get; set; } = Guid.NewGuid().ToString("N");

        public override IFeatureCollection Features { get; } = new FeatureCollection();

        public override IDictionary<object, object?> Items { get; set; } = new Dictionary<object, object?>();

        public override IDuplexPipe Transport { get; set; }

        public PipeReader Input => _received.Reader;

        public PipeWriter Output => _sent.Writer;

        public override async ValueTask DisposeAsync()
        {
            await _sent.Writer.CompleteAsync();
            if (await Task.WhenAny(_pumping, Task.Delay(ClosePatience)) != _pumping)
            {
                _socket.Abort();
            }

            await _pumping;
            await _received.Reader.CompleteAsync();
            _socket.Dispose();
            await base.DisposeAsync();
        }

        private async Task ReceiveAsync()
        {
            Exception? fault = null;
            try
            {
                while (true)
                {
                    var received = await _socket.ReceiveAsync(_received.Writer.GetMemory(4096), CancellationToken.None);
                    if (received.MessageType == WebSocketMessageType.Close)
                    {
                        break;
                    }

                    _received.Writer.Advance(received.Count);
                    if ((await _received.Writer.FlushAsync()).IsCompleted)
                    {
                        break;
                    }
                }
            }
            catch (WebSocketException exception)
            {
                fault = exception;
            }

            await _received.Writer.CompleteAsync(fault);
        }

        private async Task SendAsync()
        {
            try
            {
                while (await _sent.Reader.ReadAsync() is { } read && !(read.IsCompleted && read.Buffer.IsEmpty))
                {
                    foreach (var segment in read.Buffer)
                    {
                        await _socket.SendAsync(segment, WebSocketMessageType.Text, endOfMessage: true, CancellationToken.None);
                    }

                    _sent.Reader.AdvanceTo(read.Buffer.End);
                }

                await _socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, CancellationToken.None);
            }
            catch (WebSocketException)
            {
                // The other side is gone; the receiving half reports that.
            }

            await _sent.Reader.CompleteAsync();
        }
    }
}
