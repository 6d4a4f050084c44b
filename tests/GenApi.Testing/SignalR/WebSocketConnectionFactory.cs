using System.Buffers;
using System.IO.Pipelines;
using System.Net;
using System.Net.WebSockets;
using Microsoft.AspNetCore.Connections;

namespace GenApi.Testing.SignalR;

/// <summary>Gives the SignalR client a WebSocket to speak over, without negotiation.</summary>
internal sealed class WebSocketConnectionFactory(string? bearer) : IConnectionFactory
{
    public async ValueTask<ConnectionContext> ConnectAsync(EndPoint endpoint, CancellationToken cancellationToken = default)
    {
        var socket = new ClientWebSocket();
        try
        {
            socket.Options.Proxy = null;
            if (bearer is not null)
            {
                socket.Options.SetRequestHeader("Authorization", $"Bearer {bearer}");
            }

            await socket.ConnectAsync(((UriEndPoint)endpoint).Uri, cancellationToken);
            return new Connection(socket);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>A WebSocket as a pair of pipes.</summary>
    private sealed class Connection : DefaultConnectionContext
    {
        private static readonly TimeSpan ClosePatience = TimeSpan.FromSeconds(5);

        private readonly ClientWebSocket _socket;
        private readonly Pipe _received = new();
        private readonly Pipe _sent = new();
        private readonly Task _receiving;
        private readonly Task _sending;

        public Connection(ClientWebSocket socket)
            : base(Guid.NewGuid().ToString("N"))
        {
            _socket = socket;
            Transport = new Duplex(_received.Reader, _sent.Writer);
            _receiving = ReceiveAsync();
            _sending = SendAsync();
        }

        public override void Abort(ConnectionAbortedException abortReason) => _socket.Abort();

        public override async ValueTask DisposeAsync()
        {
            await _sent.Writer.CompleteAsync();
            await _received.Reader.CompleteAsync();

            // What was written still goes out, unless the other side takes nothing any more.
            await Task.WhenAny(_sending, Task.Delay(ClosePatience));
            _socket.Abort();
            await Task.WhenAll(_receiving, _sending).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            _socket.Dispose();
            await base.DisposeAsync();
        }

        private async Task ReceiveAsync()
        {
            Exception? failure = null;
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
                    if ((await _received.Writer.FlushAsync(CancellationToken.None)).IsCompleted)
                    {
                        break;
                    }
                }
            }
            catch (Exception error) when (error is WebSocketException or ObjectDisposedException or OperationCanceledException or InvalidOperationException)
            {
                failure = error;
            }

            await _received.Writer.CompleteAsync(failure);
        }

        private async Task SendAsync()
        {
            try
            {
                while (true)
                {
                    var read = await _sent.Reader.ReadAsync(CancellationToken.None);
                    if (!read.Buffer.IsEmpty)
                    {
                        await _socket.SendAsync(read.Buffer.ToArray(), WebSocketMessageType.Text, endOfMessage: true, CancellationToken.None);
                    }

                    _sent.Reader.AdvanceTo(read.Buffer.End);
                    if (read.IsCompleted)
                    {
                        break;
                    }
                }

                await _socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, CancellationToken.None);
            }
            catch (Exception error) when (error is WebSocketException or ObjectDisposedException or OperationCanceledException or InvalidOperationException)
            {
                // The receiving side sees the same end.
            }

            await _sent.Reader.CompleteAsync();
        }

        private sealed record Duplex(PipeReader Input, PipeWriter Output) : IDuplexPipe;
    }
}
