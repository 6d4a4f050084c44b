using System.Collections.Concurrent;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using System.Threading.Channels;

namespace GenApi.Calls.Tests.Clients;

/// <summary>
/// Speaks the SignalR protocol by hand, so that a test sees every message in its order, can stop reading, and can leave
/// without a goodbye.
/// </summary>
internal sealed class HubWire : IAsyncDisposable
{
    private const byte Separator = 0x1e;

    private readonly ClientWebSocket _socket = new();
    private readonly SemaphoreSlim _sending = new(1, 1);
    private readonly ConcurrentDictionary<string, Channel<JsonElement>> _invocations = new();
    private readonly ConcurrentDictionary<string, Channel<JsonElement>> _events = new();
    private readonly ConcurrentDictionary<string, Counts> _counts = new();
    private Task _reading = Task.CompletedTask;
    private TaskCompletionSource? _paused;
    private int _nextId;
    private long _messages;

    /// <summary>The messages that have come for one request id.</summary>
    public sealed class Counts
    {
        public int Completions { get; set; }

        /// <summary>Responses after which nothing may follow.</summary>
        public int Finals { get; set; }

        /// <summary>The place of the acknowledgement among all messages; 0: it has not come.</summary>
        public long Acknowledged { get; set; }

        /// <summary>The place of the first event among all messages; 0: none has come.</summary>
        public long FirstEvent { get; set; }
    }

    public static async Task<HubWire> ConnectAsync(Uri gateway, string? token, int receiveBuffer = 0)
    {
        var hub = new HubWire();
        hub._socket.Options.Proxy = null;
        if (receiveBuffer > 0)
        {
            hub._socket.Options.SetBuffer(receiveBuffer, 4096);
        }

        if (token is not null)
        {
            hub._socket.Options.SetRequestHeader("Authorization", $"Bearer {token}");
        }

        await hub._socket.ConnectAsync(new UriBuilder(gateway) { Scheme = "ws", Path = "/genapi" }.Uri, Wait.Ended);
        await hub.SendAsync("""{"protocol":"json","version":1}""");
        hub._reading = Task.Run(hub.ReadAsync, CancellationToken.None);
        return hub;
    }

    /// <summary>What the wire has seen of a request.</summary>
    public Counts Seen(string requestId) => _counts.GetOrAdd(requestId, static _ => new Counts());

    /// <summary>Completes when the connection has ended.</summary>
    public Task Ended => _reading;

    /// <summary>Invokes <c>Call</c> and waits for the completion.</summary>
    public async Task<Answer> CallAsync(string request)
    {
        await foreach (var message in InvokeAsync(1, "Call", request).ReadAllAsync(Wait.Ended))
        {
            return ResultOf(message);
        }

        throw new InvalidOperationException("The connection ended before the answer came.");
    }

    /// <summary>Sends <c>Call</c> as a message that is not to be answered.</summary>
    public Task SendCallAsync(string request) => SendAsync($$"""{"type":1,"target":"Call","arguments":[{{request}}]}""");

    /// <summary>Starts <c>Stream</c>.</summary>
    public HubStream OpenStream(string request)
    {
        var parts = InvokeAsync(4, "Stream", request, out var id);
        return new HubStream(this, id, parts);
    }

    public async Task<bool> StopStreamAsync(string requestId)
    {
        var message = await InvokeAsync(1, "StopStream", JsonSerializer.Serialize(requestId)).ReadAsync(Wait.Ended);
        return message.GetProperty("result").GetBoolean();
    }

    /// <summary>The events of one request. Ask before the call is made, or some may be missed.</summary>
    public ChannelReader<JsonElement> EventsOf(string requestId) => _events.GetOrAdd(requestId, static _ => Channel.CreateUnbounded<JsonElement>()).Reader;

    /// <summary>Reads nothing more until <see cref="Resume"/>. One message may still be taken.</summary>
    public void Pause() => Interlocked.CompareExchange(ref _paused, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously), null);

    public void Resume() => Interlocked.Exchange(ref _paused, null)?.SetResult();

    /// <summary>Ends the connection without a goodbye.</summary>
    public void Abort() => _socket.Abort();

    /// <summary>Says goodbye.</summary>
    public async Task CloseAsync()
    {
        await _socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, Wait.Ended);
        await Wait.For(_reading);
    }

    public async ValueTask DisposeAsync()
    {
        Resume();
        _socket.Abort();
        await _reading.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _socket.Dispose();
        _sending.Dispose();
    }

    public static string Request(string service, string function, string args, string requestId, string? version = null, string? deviceId = null) =>
        $$"""
        {"service":"{{service}}","request_type":"{{function}}","request_id":"{{requestId}}","version":{{Quoted(version)}},"device_id":{{Quoted(deviceId)}},"args":{{args}}}
        """;

    internal async Task CancelAsync(string invocationId) => await SendAsync($$"""{"type":5,"invocationId":"{{invocationId}}"}""");

    private static string Quoted(string? text) => text is null ? "null" : JsonSerializer.Serialize(text);

    private static Answer ResultOf(JsonElement message) => message.TryGetProperty("result", out var result)
        ? new Answer(result)
        : throw new InvalidOperationException($"The hub refused the call: {message.GetRawText()}");

    private ChannelReader<JsonElement> InvokeAsync(int type, string target, string argument) => InvokeAsync(type, target, argument, out _);

    private ChannelReader<JsonElement> InvokeAsync(int type, string target, string argument, out string id)
    {
        id = Interlocked.Increment(ref _nextId).ToString(System.Globalization.CultureInfo.InvariantCulture);
        var channel = Channel.CreateUnbounded<JsonElement>();
        _invocations[id] = channel;
        _ = SendAsync($$"""{"type":{{type}},"invocationId":"{{id}}","target":"{{target}}","arguments":[{{argument}}]}""")
            .ContinueWith(sent => channel.Writer.TryComplete(sent.Exception), CancellationToken.None, TaskContinuationOptions.NotOnRanToCompletion, TaskScheduler.Default);
        return channel.Reader;
    }

    private async Task SendAsync(string text)
    {
        await _sending.WaitAsync(Wait.Ended);
        try
        {
            await _socket.SendAsync((byte[])[.. Encoding.UTF8.GetBytes(text), Separator], WebSocketMessageType.Text, endOfMessage: true, Wait.Ended);
        }
        finally
        {
            _sending.Release();
        }
    }

    private async Task ReadAsync()
    {
        Exception? failure = null;
        var buffer = new byte[256 * 1024];
        var filled = 0;
        try
        {
            while (true)
            {
                if (Volatile.Read(ref _paused) is { } paused)
                {
                    await paused.Task;
                }

                var received = await _socket.ReceiveAsync(buffer.AsMemory(filled), CancellationToken.None);
                if (received.MessageType == WebSocketMessageType.Close)
                {
                    break;
                }

                filled += received.Count;
                var start = 0;
                for (int length; (length = buffer.AsSpan(start, filled - start).IndexOf(Separator)) >= 0; start += length + 1)
                {
                    Take(buffer.AsMemory(start, length));
                }

                buffer.AsSpan(start, filled - start).CopyTo(buffer);
                filled -= start;
                if (filled == buffer.Length)
                {
                    Array.Resize(ref buffer, buffer.Length * 2);
                }
            }
        }
        catch (Exception error) when (error is WebSocketException or ObjectDisposedException or OperationCanceledException)
        {
            failure = error;
        }

        foreach (var channel in _invocations.Values.Concat(_events.Values))
        {
            channel.Writer.TryComplete(failure);
        }
    }

    private void Take(ReadOnlyMemory<byte> record)
    {
        var message = JsonElement.Parse(record.Span);
        if (!message.TryGetProperty("type", out var type))
        {
            // The answer to the handshake.
            return;
        }

        var place = ++_messages;
        switch (type.GetInt32())
        {
            case 1:
                var pushed = message.GetProperty("arguments")[0];
                var requestId = pushed.GetProperty("request_id").GetString()!;
                Count(requestId, pushed, counts => counts.FirstEvent = counts.FirstEvent == 0 ? place : counts.FirstEvent);
                _events.GetOrAdd(requestId, static _ => Channel.CreateUnbounded<JsonElement>()).Writer.TryWrite(pushed);
                break;
            case 2:
                var item = message.GetProperty("item");
                Count(item.GetProperty("request_id").GetString()!, item, static _ => { });
                _invocations[message.GetProperty("invocationId").GetString()!].Writer.TryWrite(item);
                break;
            case 3:
                if (_invocations.TryRemove(message.GetProperty("invocationId").GetString()!, out var invocation))
                {
                    if (message.TryGetProperty("result", out var result) && result.ValueKind == JsonValueKind.Object)
                    {
                        Count(result.GetProperty("request_id").GetString()!, result, counts =>
                        {
                            counts.Completions++;
                            counts.Acknowledged = place;
                        });
                    }

                    invocation.Writer.TryWrite(message);
                    invocation.Writer.TryComplete();
                }
                else
                {
                    throw new InvalidOperationException($"A second completion came: {message.GetRawText()}");
                }

                break;
        }
    }

    private void Count(string requestId, JsonElement response, Action<Counts> more)
    {
        var counts = Seen(requestId);
        more(counts);

        // An acknowledgement of an async call has no result and no error, and is not the last word.
        var isAcknowledgement = response.GetProperty("async").GetBoolean() && response.GetProperty("success").GetBoolean() && !response.TryGetProperty("result", out _);
        if (!response.GetProperty("has_more").GetBoolean() && !isAcknowledgement)
        {
            counts.Finals++;
        }
    }
}

/// <summary>A stream by <c>Stream</c>.</summary>
internal sealed class HubStream(HubWire hub, string id, ChannelReader<JsonElement> messages)
{
    private bool _ended;

    /// <summary>The next item; null: the stream has ended.</summary>
    public async Task<Answer?> NextAsync()
    {
        if (_ended)
        {
            return null;
        }

        var message = await messages.ReadAsync(Wait.Ended);
        if (!message.TryGetProperty("type", out _))
        {
            return new Answer(message);
        }

        // The completion: nothing more comes.
        _ended = true;
        return message.TryGetProperty("error", out var error)
            ? throw new InvalidOperationException($"The stream failed: {error.GetString()}")
            : null;
    }

    /// <summary>Disposes of the stream, as clients do that want no more of it.</summary>
    public Task CancelAsync() => hub.CancelAsync(id);
}
