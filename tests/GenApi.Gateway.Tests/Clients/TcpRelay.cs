using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace GenApi.Gateway.Tests.Clients;

/// <summary>Stands between a gateway and a node, and can cut their connections as a lost machine does.</summary>
internal sealed class TcpRelay : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _ended = new();
    private readonly ConcurrentDictionary<Socket, bool> _sockets = new();
    private readonly Task _running;
    private volatile bool _refusing;
    private int _target;

    public TcpRelay()
    {
        _listener.Start();
        _running = AcceptAsync();
    }

    public string Address => $"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}";

    /// <summary>Where the bytes go.</summary>
    public void LeadTo(TestApp node) => Volatile.Write(ref _target, node.Address.Port);

    /// <summary>Cuts every connection, and each new one until <see cref="Mend"/>.</summary>
    public void Cut()
    {
        _refusing = true;
        foreach (var socket in _sockets.Keys)
        {
            try
            {
                // With no time to linger the other side sees a reset.
                socket.LingerState = new LingerOption(true, 0);
                socket.Dispose();
            }
            catch (ObjectDisposedException)
            {
                // The connection has just ended by itself.
            }
        }
    }

    /// <summary>Refuses new connections from now on; those there are go on.</summary>
    public void RefuseNew() => _listener.Stop();

    public void Mend() => _refusing = false;

    public async ValueTask DisposeAsync()
    {
        await _ended.CancelAsync();
        _listener.Stop();
        Cut();
        await _running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _ended.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (!_ended.IsCancellationRequested)
        {
            var client = await _listener.AcceptSocketAsync(_ended.Token);
            _ = RelayAsync(client);
        }
    }

    private async Task RelayAsync(Socket client)
    {
        using var node = new Socket(SocketType.Stream, ProtocolType.Tcp);
        using (client)
        {
            _sockets[client] = true;
            _sockets[node] = true;
            try
            {
                while (Volatile.Read(ref _target) == 0)
                {
                    await Task.Delay(5, _ended.Token);
                }

                if (_refusing)
                {
                    return;
                }

                await node.ConnectAsync(IPAddress.Loopback, Volatile.Read(ref _target), _ended.Token);
                await Task.WhenAny(CopyAsync(client, node), CopyAsync(node, client));
            }
            catch (Exception error) when (error is SocketException or ObjectDisposedException or OperationCanceledException)
            {
                // One side is gone, so the other goes too.
            }
            finally
            {
                _sockets.TryRemove(client, out _);
                _sockets.TryRemove(node, out _);
            }
        }
    }

    private async Task CopyAsync(Socket from, Socket to)
    {
        var buffer = new byte[16 * 1024];
        try
        {
            int count;
            while ((count = await from.ReceiveAsync(buffer, _ended.Token)) > 0)
            {
                await to.SendAsync(buffer.AsMemory(0, count), _ended.Token);
            }
        }
        catch (Exception error) when (error is SocketException or ObjectDisposedException or OperationCanceledException)
        {
            // The end of the connection ends the copy.
        }
    }
}
