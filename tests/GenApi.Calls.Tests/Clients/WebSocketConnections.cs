using System.IO.Pipelines;
using System.Net;
using System.Net.WebSockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.SignalR.Client;
using Microsoft.Extensions.DependencyInjection;

namespace GenApi.Calls.Tests.Clients;

/// <summary>Gives Microsoft's SignalR client a WebSocket to speak over.</summary>
internal sealed class WebSocketConnections(string token) : IConnectionFactory
{
    /// <summary>Connects Microsoft's client, an implementation of the protocol that is not ours.</summary>
    public static async Task<HubConnection> ConnectAsync(Uri gateway, string token)
    {
        var builder = new HubConnectionBuilder();
        builder.Services.AddSingleton<IConnectionFactory>(new WebSocketConnections(token));
        builder.Services.AddSingleton<EndPoint>(new UriEndPoint(new UriBuilder(gateway) { Scheme = "ws", Path = "/genapi" }.Uri));
        var connection = builder.Build();
        await connection.StartAsync(Wait.Ended);
        return connection;
    }

    public async ValueTask<ConnectionContext> ConnectAsync(EndPoint endpoint, CancellationToken cancellationToken = default)
    {
        var socket = new ClientWebSocket();
        socket.Options.Proxy = null;
        socket.Options.SetRequestHeader("Authorization", $"Bearer {token}");
        await socket.ConnectAsync(((UriEndPoint)endpoint).Uri, cancellationToken);
        return new Connection(socket);
    }

    private sealed class Connection : DefaultConnectionContext
    {
        private readonly ClientWebSocket _socket;

        public Connection(ClientWebSocket socket)
            : base(Guid.NewGuid().ToString("N"))
        {
            _socket = socket;
            var stream = WebSocketStream.Create(socket, WebSocketMessageType.Text);
            Transport = new Duplex(
                PipeReader.Create(stream, new StreamPipeReaderOptions(bufferSize: 64 * 1024, leaveOpen: true)),
                PipeWriter.Create(stream, new StreamPipeWriterOptions(leaveOpen: true)));
        }

        public override void Abort(ConnectionAbortedException abortReason) => _socket.Abort();

        public override ValueTask DisposeAsync()
        {
            _socket.Abort();
            _socket.Dispose();
            return base.DisposeAsync();
        }

        private sealed record Duplex(PipeReader Input, PipeWriter Output) : IDuplexPipe;
    }
}
