using GenApi.Bench.Load;

namespace GenApi.Bench.Servers;

/// <summary>The opponent: an echo hub and an echo endpoint on ASP.NET Core, with nothing of GenApi.</summary>
internal sealed class BareServer : IAsyncDisposable
{
    private readonly ServerProcess _process;

    private BareServer(ServerProcess process) => _process = process;

    public ServerProcess Process => _process;

    public static async Task<BareServer> StartAsync(CancellationToken cancellationToken) =>
        new(await ServerProcess.StartAsync("server", ServerAssemblies.Bare, new Dictionary<string, string>(), cancellationToken));

    /// <summary>The hub method with the gateway's request and response.</summary>
    public Contender Hub(string name) => new(
        name, _process.Url, [_process], (phase, shape) => new HubLoadConnection(phase, shape, EchoCall.OverHub("/echo-hub")));

    /// <summary>The hub method that takes and returns a string.</summary>
    public Contender StringHub(string name) => new(
        name, _process.Url, [_process], (phase, shape) => new HubLoadConnection(phase, shape, EchoCall.StringOverHub("/echo-hub")));

    /// <summary>The hub method that answers with a stream of the gateway's responses.</summary>
    public Contender Stream(string name) => new(
        name, _process.Url, [_process], (phase, shape) => new HubLoadConnection(phase, shape, StreamCall.OverHub("/echo-hub")));

    /// <summary>The endpoint with the gateway's request and response.</summary>
    public Contender Http(string name) => new(
        name,
        _process.Url,
        [_process],
        (phase, shape) => new HttpLoadConnection(phase, shape, _process.Url, EchoCall.OverHttp("/echo", EchoCall.PlaceholderToken)));

    public ValueTask DisposeAsync() => _process.DisposeAsync();
}
