using System.Text.Json;
using GenApi.Calls.Tests.Clients;
using GenApi.Calls.Tests.Running;
using GenApi.Protocol.Configs;

namespace GenApi.Calls.Tests.Table;

/// <summary>What came of one call.</summary>
/// <param name="Acknowledgement">The acknowledgement; null where the call has none.</param>
/// <param name="Parts">The responses after it. The last is the final one; a fire-and-forget call has none.</param>
internal sealed record Exchange(Answer? Acknowledgement, IReadOnlyList<Answer> Parts)
{
    public Answer Final => Parts[^1];
}

/// <summary>Calls a gateway by one of its doors, and takes every answer that comes.</summary>
internal sealed class Caller : IAsyncDisposable
{
    private readonly Cluster _cluster;
    private readonly string? _token;
    private readonly HubWire? _hub;
    private readonly List<string> _requests = [];

    private Caller(Cluster cluster, Door door, string? token, HubWire? hub)
    {
        _cluster = cluster;
        _token = token;
        _hub = hub;
        Door = door;
    }

    public Door Door { get; }

    public static async Task<Caller> ConnectAsync(Cluster cluster, Door door, string? token) =>
        new(cluster, door, token, door == Door.Http ? null : await HubWire.ConnectAsync(cluster.Gateway.Address, token));

    /// <summary>Calls, and waits for the final answer.</summary>
    public Task<Exchange> CallAsync(
        string service, string function, string args, ResponseType mode, string? version = null, string? requestId = null, string? deviceId = null)
    {
        requestId ??= Guid.NewGuid().ToString("N");
        _requests.Add(requestId);
        var request = HubWire.Request(service, function, args, requestId, version, deviceId);
        return Wait.For(Door switch
        {
            Door.HubCall => ByCallAsync(request, requestId, mode),
            Door.HubStream => ByStreamAsync(request, requestId, mode),
            _ => ByHttpAsync(service, function, args, mode, version, requestId, deviceId),
        });
    }

    /// <summary>Looks once more at every call: none may have been answered twice.</summary>
    public async Task AssertNoSecondAnswersAsync()
    {
        if (_hub is null)
        {
            return;
        }

        // Whatever was sent before these answers has come before them.
        for (var i = 0; i < 2; i++)
        {
            var echo = await _hub.CallAsync(HubWire.Request("nobody", "knows", "{}", Guid.NewGuid().ToString("N")));
            Assert.False(echo.Success);
        }

        foreach (var calls in _requests.CountBy(request => request))
        {
            Assert.InRange(_hub.Seen(calls.Key).Finals, 0, calls.Value);
            Assert.InRange(_hub.Seen(calls.Key).Completions, 0, calls.Value);
        }
    }

    public ValueTask DisposeAsync() => _hub?.DisposeAsync() ?? ValueTask.CompletedTask;

    private static void AssertAcknowledges(Answer answer, string requestId, bool hasMore)
    {
        Assert.Equal(requestId, answer.RequestId);
        Assert.True(answer is { Success: true, IsAsync: true, HasResult: false } && answer.HasMore == hasMore, answer.Body.GetRawText());
    }

    private async Task<Exchange> ByCallAsync(string request, string requestId, ResponseType mode)
    {
        var events = _hub!.EventsOf(requestId);
        var first = await _hub.CallAsync(request);
        if (!first.IsAsync)
        {
            return new Exchange(null, [first]);
        }

        AssertAcknowledges(first, requestId, mode == ResponseType.Stream);
        return mode == ResponseType.None ? new Exchange(first, []) : new Exchange(first, await EventsAsync(events));
    }

    private static async Task<List<Answer>> EventsAsync(System.Threading.Channels.ChannelReader<JsonElement> events)
    {
        var parts = new List<Answer>();
        do
        {
            parts.Add(new Answer(await events.ReadAsync(Wait.Ended)));
        }
        while (parts[^1].HasMore);
        return parts;
    }

    private async Task<Exchange> ByStreamAsync(string request, string requestId, ResponseType mode)
    {
        var events = _hub!.EventsOf(requestId);
        var stream = _hub.OpenStream(request);
        var parts = new List<Answer>();
        while (await stream.NextAsync() is { } part)
        {
            parts.Add(part);
        }

        Assert.All(parts.SkipLast(1), part => Assert.True(part.HasMore));
        Assert.False(parts[^1].HasMore);
        if (mode == ResponseType.Stream || !parts[0].IsAsync)
        {
            return new Exchange(null, parts);
        }

        AssertAcknowledges(Assert.Single(parts), requestId, hasMore: false);
        return new Exchange(parts[0], mode == ResponseType.None ? [] : await EventsAsync(events));
    }

    private async Task<Exchange> ByHttpAsync(string service, string function, string args, ResponseType mode, string? version, string requestId, string? deviceId)
    {
        using var response = await _cluster.Api.OpenAsync(service, function, args, _token, version, requestId, deviceId);
        if (response.Content.Headers.ContentType?.MediaType == "text/event-stream")
        {
            Assert.Equal((ResponseType.Stream, 200), (mode, (int)response.StatusCode));
            var parts = new List<Answer>();
            await foreach (var part in ApiClient.EventsAsync(response, Wait.Ended))
            {
                parts.Add(part);
            }

            Assert.All(parts.SkipLast(1), part => Assert.True(part.HasMore));
            Assert.False(parts[^1].HasMore);
            return new Exchange(null, parts);
        }

        var first = await ApiClient.ReadAsync(response);
        if (!first.Success || mode is ResponseType.Sync or ResponseType.Stream)
        {
            return new Exchange(null, [first]);
        }

        Assert.Equal(202, first.Status);
        AssertAcknowledges(first, requestId, hasMore: false);
        if (mode == ResponseType.None)
        {
            Assert.Null(first.Headers!.Location);
            return new Exchange(first, []);
        }

        var place = first.Headers!.Location!.ToString();
        Assert.Equal($"/api/results/{requestId}", place);
        Answer? result = null;
        await Wait.UntilAsync(async () => (result = await _cluster.Api.GetAsync(place, _token)).Status != 202);
        Assert.Equal(200, result!.Status);
        Assert.Equal(410, (await _cluster.Api.GetAsync(place, _token)).Status);
        return new Exchange(first, [result]);
    }
}
