using System.Net.WebSockets;
using GenApi.Gateway.Tests.Cluster;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace GenApi.Gateway.Tests.Clients;

/// <summary>A WebSocket server where a node should be, that does what a test tells it.</summary>
internal sealed class FakeNode : IAsyncDisposable
{
    private readonly string _id;
    private readonly TestApp _app;

    private FakeNode(string id, TestApp app) => (_id, _app) = (id, app);

    public string Address => _app.Address.GetLeftPart(UriPartial.Authority);

    /// <param name="serve">What it does with each link; the link ends when it returns.</param>
    public static async Task<FakeNode> StartAsync(Func<Peer, Task> serve)
    {
        var id = $"fake-{Guid.NewGuid():N}";
        return new(id, await TestApp.StartAsync(
            new Dictionary<string, string?>(),
            _ => { },
            app =>
            {
                app.UseWebSockets();
                app.Map("/genapi/link", async (HttpContext http) =>
                {
                    using var socket = await http.WebSockets.AcceptWebSocketAsync("genapi.link.v1");
                    using var peer = new Peer(id, socket, http.RequestAborted);
                    try
                    {
                        await serve(peer);
                    }
                    catch (Exception error) when (error is WebSocketException or OperationCanceledException)
                    {
                        // The gateway is gone; that is for the test to notice.
                    }
                });
            }));
    }

    /// <summary>Registers it as a node of a service with some functions.</summary>
    public async Task JoinAsync(TestCluster cluster, string service, params string[] functions)
    {
        var configs = string.Join(",", functions.Select(function => ApiClient.Function(function)));
        var answer = await cluster.Api.PushAsync(ApiClient.Push(service, "1", configs, Address, _id));
        Assert.Equal(200, answer.Status);
    }

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();

    /// <summary>One link from the gateway.</summary>
    internal sealed class Peer(string id, WebSocket socket, CancellationToken aborted) : IDisposable
    {
        private readonly List<byte> _bytes = [];
        private readonly Queue<LinkFrame> _frames = new();

        public Task SendAsync(byte[] bytes, WebSocketMessageType type = WebSocketMessageType.Binary, bool endOfMessage = true) =>
            socket.SendAsync(bytes, type, endOfMessage, aborted);

        /// <summary>Introduces itself as the node that was registered.</summary>
        public Task GreetAsync() => SendAsync(LinkBytes.Greeting(id: id));

        /// <summary>The gateway's next frame; null: it has ended the link.</summary>
        public async Task<LinkFrame?> FrameAsync()
        {
            var buffer = new byte[64 * 1024];
            while (_frames.Count == 0)
            {
                WebSocketReceiveResult received;
                try
                {
                    received = await socket.ReceiveAsync(buffer, aborted);
                }
                catch (Exception error) when (error is WebSocketException or OperationCanceledException)
                {
                    return null;
                }

                if (received.MessageType == WebSocketMessageType.Close)
                {
                    return null;
                }

                _bytes.AddRange(buffer.AsSpan(0, received.Count));
                LinkFrame.TakeFrom(_bytes).ForEach(_frames.Enqueue);
            }

            return _frames.Dequeue();
        }

        /// <summary>Waits for the next CALL; null: the gateway has ended the link.</summary>
        public async Task<LinkFrame?> CallAsync()
        {
            LinkFrame? frame;
            do
            {
                frame = await FrameAsync();
            }
            while (frame is { Type: not LinkBytes.Call });

            return frame;
        }

        /// <summary>Waits until the gateway ends the link.</summary>
        public async Task EndAsync()
        {
            while (await FrameAsync() is not null)
            {
                // What the gateway said before it noticed does not matter.
            }
        }

        /// <summary>Ends the link without a goodbye.</summary>
        public void Abort() => socket.Abort();

        public void Dispose() => socket.Dispose();
    }
}
