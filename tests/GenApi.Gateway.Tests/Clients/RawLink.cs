using System.Net.WebSockets;
using GenApi.Gateway.Tests.Cluster;

namespace GenApi.Gateway.Tests.Clients;

/// <summary>A link to a node, held by a test in the gateway's place.</summary>
internal sealed class RawLink : IDisposable
{
    private readonly ClientWebSocket _socket = new();
    private readonly List<byte> _bytes = [];
    private readonly Queue<LinkFrame> _frames = new();

    public WebSocketCloseStatus? CloseStatus => _socket.CloseStatus;

    public static async Task<RawLink> ConnectAsync(TestApp node, string? bearer = TestCluster.ClusterToken, string? protocol = "genapi.link.v1")
    {
        var link = new RawLink();
        try
        {
            link._socket.Options.Proxy = null;
            link._socket.Options.CollectHttpResponseDetails = true;
            if (protocol is not null)
            {
                link._socket.Options.AddSubProtocol(protocol);
            }

            if (bearer is not null)
            {
                link._socket.Options.SetRequestHeader("Authorization", $"Bearer {bearer}");
            }

            await link._socket.ConnectAsync(new UriBuilder(node.Address) { Scheme = "ws", Path = "/genapi/link" }.Uri, Wait.Ended);
            return link;
        }
        catch (WebSocketException error)
        {
            var status = (int)link._socket.HttpStatusCode;
            link.Dispose();
            throw new RefusedException(status, error);
        }
    }

    /// <summary>Connects and introduces itself.</summary>
    public static async Task<RawLink> OpenAsync(TestApp node)
    {
        var link = await ConnectAsync(node);
        await link.SendAsync(LinkBytes.Greeting());
        Assert.Equal(LinkBytes.Hello, (await link.FrameAsync()).Type);
        return link;
    }

    public Task SendAsync(byte[] bytes, WebSocketMessageType type = WebSocketMessageType.Binary, bool endOfMessage = true) =>
        _socket.SendAsync(bytes, type, endOfMessage, Wait.Ended);

    /// <summary>The next frame.</summary>
    public async Task<LinkFrame> FrameAsync()
    {
        while (_frames.Count == 0)
        {
            Assert.True(await ReadAsync(), "The link ended.");
        }

        return _frames.Dequeue();
    }

    /// <summary>Waits until the node ends the link.</summary>
    public async Task EndAsync()
    {
        try
        {
            while (await ReadAsync())
            {
                // What the node said before it noticed does not matter.
            }
        }
        catch (WebSocketException)
        {
            // The node ended the connection without a goodbye.
        }
    }

    public void Dispose()
    {
        _socket.Abort();
        _socket.Dispose();
    }

    private async Task<bool> ReadAsync()
    {
        var buffer = new byte[64 * 1024];
        var received = await _socket.ReceiveAsync(buffer, Wait.Ended).WaitAsync(Wait.Patience, Wait.Ended);
        if (received.MessageType == WebSocketMessageType.Close)
        {
            return false;
        }

        _bytes.AddRange(buffer.AsSpan(0, received.Count));
        LinkFrame.TakeFrom(_bytes).ForEach(_frames.Enqueue);
        return true;
    }

    internal sealed class RefusedException(int status, Exception cause) : Exception($"The node answered {status}.", cause)
    {
        public int Status => status;
    }
}
