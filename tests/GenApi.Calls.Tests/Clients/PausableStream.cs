
namespace GenApi.Calls.Tests.Clients;

/// <summary>A stream by any door, whose client can stop taking bytes from its connection.</summary>
internal sealed class PausableStream : IAsyncDisposable
{
    private readonly Func<Task<Answer>> _next;
    private readonly HubWire? _hub;
    private readonly IAsyncDisposable _resource;

    private PausableStream(Func<Task<Answer>> next, HubWire? hub, IAsyncDisposable resource)
    {
        _next = next;
        _hub = hub;
        _resource = resource;
    }

    public static async Task<PausableStream> ByHubAsync(Uri gateway, string token, string request)
    {
        var hub = await HubWire.ConnectAsync(gateway, token);
        var stream = hub.OpenStream(request);
        return new PausableStream(async () => await stream.NextAsync() ?? throw new InvalidOperationException("The stream has ended."), hub, hub);
    }

    public static async Task<PausableStream> ByEventsAsync(Uri gateway, string token, string requestId, string request)
    {
        var hub = await HubWire.ConnectAsync(gateway, token);
        var events = hub.EventsOf(requestId);
        Assert.True((await hub.CallAsync(request)).Success);
        return new PausableStream(async () => new Answer(await events.ReadAsync(Wait.Ended)), hub, hub);
    }

    public static async Task<PausableStream> ByHttpAsync(ApiClient api, string token, string service, string function, string args)
    {
        var response = await api.OpenAsync(service, function, args, token);
        var events = ApiClient.EventsAsync(response, Wait.Ended).GetAsyncEnumerator(Wait.Ended);
        return new PausableStream(
            async () => await events.MoveNextAsync() ? events.Current : throw new InvalidOperationException("The stream has ended."),
            null,
            events);
    }

    /// <summary>The next part.</summary>
    public Task<Answer> NextAsync() => Wait.For(_next());

    /// <summary>Takes nothing more. Over HTTP nothing is taken that nobody reads, so there is nothing to do.</summary>
    public void Pause() => _hub?.Pause();

    public void Resume() => _hub?.Resume();

    public ValueTask DisposeAsync() => _resource.DisposeAsync();
}
