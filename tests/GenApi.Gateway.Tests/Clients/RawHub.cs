using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using GenApi.Gateway.Tests.Cluster;

namespace GenApi.Gateway.Tests.Clients;

/// <summary>Speaks the SignalR protocol by hand, so that a test sees every message and may send wrong ones.</summary>
internal sealed class RawHub : IDisposable
{
    private const char Separator = '\u001e';

    private readonly ClientWebSocket _socket = new();
    private readonly StringBuilder _rest = new();

    /// <summary>Every message so far but pings.</summary>
    public List<JsonElement> Received { get; } = [];

    public static async Task<RawHub> ConnectAsync(TestCluster cluster, string? token)
    {
        var hub = new RawHub();
        hub._socket.Options.Proxy = null;
        if (token is not null)
        {
            hub._socket.Options.SetRequestHeader("Authorization", $"Bearer {token}");
        }

        await hub._socket.ConnectAsync(new UriBuilder(cluster.Gateway.Address) { Scheme = "ws", Path = "/genapi" }.Uri, Wait.Ended);
        await hub.SendTextAsync("""{"protocol":"json","version":1}""" + Separator);
        await hub.ReadAsync();
        hub.Received.Clear();
        return hub;
    }

    public Task SendTextAsync(string text) =>
        _socket.SendAsync(Encoding.UTF8.GetBytes(text), WebSocketMessageType.Text, endOfMessage: true, Wait.Ended);

    /// <summary>Invokes <c>Call</c>.</summary>
    public Task InvokeAsync(string invocationId, string request) =>
        SendTextAsync($$"""{"type":1,"invocationId":"{{invocationId}}","target":"Call","arguments":[{{request}}]}""" + Separator);

    /// <summary>Reads on until the completion of that invocation.</summary>
    public async Task<Answer> CompletionAsync(string invocationId)
    {
        while (true)
        {
            if (Received.Find(message => IsCompletionOf(message, invocationId)) is { ValueKind: JsonValueKind.Object } completion)
            {
                return completion.TryGetProperty("result", out var result)
                    ? new Answer(0, result)
                    : throw new InvalidOperationException($"The hub refused the call: {completion.GetRawText()}");
            }

            await ReadAsync();
        }
    }

    public int CompletionsOf(string invocationId) => Received.Count(message => IsCompletionOf(message, invocationId));

    /// <summary>Reads on until the gateway ends the connection.</summary>
    public async Task EndAsync()
    {
        try
        {
            while (_socket.State is WebSocketState.Open)
            {
                await ReadAsync();
            }
        }
        catch (WebSocketException)
        {
            // The connection ended without a goodbye.
        }
    }

    /// <summary>Ends the connection without a goodbye.</summary>
    public void Dispose()
    {
        _socket.Abort();
        _socket.Dispose();
    }

    private static bool IsCompletionOf(JsonElement message, string invocationId) =>
        message.TryGetProperty("type", out var type) && type.GetInt32() == 3 && message.GetProperty("invocationId").GetString() == invocationId;

    /// <summary>Takes what the gateway sends next: a part of a message, or several.</summary>
    private async Task ReadAsync()
    {
        var buffer = new byte[64 * 1024];
        var received = await _socket.ReceiveAsync(buffer, Wait.Ended).WaitAsync(Wait.Patience, Wait.Ended);
        if (received.MessageType == WebSocketMessageType.Close)
        {
            await _socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, Wait.Ended);
            return;
        }

        _rest.Append(Encoding.UTF8.GetString(buffer, 0, received.Count));
        var text = _rest.ToString();
        var end = text.LastIndexOf(Separator) + 1;
        _rest.Remove(0, end);
        foreach (var record in text[..end].Split(Separator, StringSplitOptions.RemoveEmptyEntries))
        {
            var message = JsonDocument.Parse(record).RootElement;
            if (!(message.TryGetProperty("type", out var type) && type.GetInt32() == 6))
            {
                Received.Add(message);
            }
        }
    }
}
