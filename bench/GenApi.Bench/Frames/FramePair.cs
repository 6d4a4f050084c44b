using System.Net;
using System.Net.Sockets;
using System.Net.WebSockets;
using GenApi.Protocol.Link;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace GenApi.Bench.Frames;

/// <summary>A connection over loopback with a caller at one end and an echo at the other, both in this process.</summary>
internal sealed class FramePair : IAsyncDisposable
{
    private static readonly TimeSpan OpenTimeout = TimeSpan.FromSeconds(10);

    private readonly FrameCaller _caller;
    private readonly Action _flush;
    private readonly CancellationTokenSource _ending;
    private readonly Func<Task> _close;

    private FramePair(FrameCaller caller, Action flush, CancellationTokenSource ending, Func<Task> close)
    {
        _caller = caller;
        _flush = flush;
        _ending = ending;
        _close = close;
    }

    /// <summary>The link as gateway and node open it: a WebSocket client, and Kestrel at the other end.</summary>
    public static async Task<FramePair> OpenLinkAsync(CancellationToken cancellationToken)
    {
        var ending = new CancellationTokenSource();
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var node = builder.Build();
        node.UseWebSockets();
        node.Map(FrameLayout.Path, async (HttpContext http) =>
        {
            using var socket = await http.WebSockets.AcceptWebSocketAsync(new WebSocketAcceptContext { SubProtocol = FrameLayout.SubProtocol });
            using var link = new LinkConnection(socket, "node", LinkLimits.Default);
            await EndQuietlyAsync(link.RunAsync(new FrameEcho(link.Send), ending.Token));
        });
        await node.StartAsync(cancellationToken);
        var address = new Uri(node.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single());

        var client = new ClientWebSocket();
        client.Options.AddSubProtocol(FrameLayout.SubProtocol);
        await client.ConnectAsync(new UriBuilder(address) { Scheme = "ws", Path = FrameLayout.Path }.Uri, cancellationToken).WaitAsync(OpenTimeout, cancellationToken);
        var gateway = new LinkConnection(client, "gateway", LinkLimits.Default);
        var caller = new FrameCaller { Send = gateway.Send };
        var running = EndQuietlyAsync(gateway.RunAsync(caller, ending.Token));
        await caller.Greeted.WaitAsync(OpenTimeout, cancellationToken);
        return new FramePair(caller, static () => { }, ending, async () =>
        {
            gateway.Dispose();
            await running;
            await node.DisposeAsync();
        });
    }

    /// <summary>The same frames on bare sockets.</summary>
    /// <param name="together">Whether the answers to the frames of one read leave in one write.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static async Task<FramePair> OpenTcpAsync(bool together, CancellationToken cancellationToken)
    {
        var ending = new CancellationTokenSource();
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var client = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await client.ConnectAsync(listener.LocalEndpoint, cancellationToken);
        var accepted = await listener.AcceptSocketAsync(cancellationToken);
        accepted.NoDelay = true;

        var node = new TcpFrames(accepted, together);
        var gateway = new TcpFrames(client, together);
        var caller = new FrameCaller { Send = gateway.Send };
        Task[] running =
        [
            EndQuietlyAsync(node.RunAsync(new FrameEcho(node.Send), ending.Token)),
            EndQuietlyAsync(gateway.RunAsync(caller, ending.Token)),
        ];
        return new FramePair(caller, gateway.Flush, ending, async () =>
        {
            gateway.Dispose();
            node.Dispose();
            await Task.WhenAll(running);
        });
    }

    /// <inheritdoc cref="FrameCaller.RunAsync"/>
    public Task<FrameFigures> RunAsync(int inFlight, TimeSpan window, CancellationToken cancellationToken) =>
        _caller.RunAsync(inFlight, window, _flush, cancellationToken);

    public async ValueTask DisposeAsync()
    {
        await _ending.CancelAsync();
        await _close();
        _ending.Dispose();
    }

    /// <summary>An end that breaks shows in frames that do not come back.</summary>
    private static async Task EndQuietlyAsync(Task running) =>
        await running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
}
