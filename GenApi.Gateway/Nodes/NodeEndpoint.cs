using System.Net.WebSockets;
using GenApi.Protocol.Json;
using GenApi.Protocol.Link;

namespace GenApi.Gateway.Nodes;

/// <summary>A node at its address, with the link that this gateway keeps to it for as long as it has a lease.</summary>
internal sealed partial class NodeEndpoint(string address, LinkDialer dialer, TimeProvider time, Action changed, ILogger<NodeEndpoint> logger) : IAsyncDisposable
{
    private static readonly TimeSpan FirstRetry = TimeSpan.FromMilliseconds(50);

    private readonly CancellationTokenSource _ended = new();
    private readonly SemaphoreSlim _nudged = new(0, 1);
    private volatile NodeLinkSession? _session;
    private Task _running = Task.CompletedTask;

    /// <summary>The base address.</summary>
    public string Address { get; } = address;

    /// <summary>Whether a call sent now has a chance to arrive.</summary>
    public bool IsReachable => _session is { IsReady: true };

    /// <summary>The calls under way to this node from this gateway.</summary>
    public int InFlight => _session?.InFlight ?? 0;

    /// <summary>Starts keeping the link.</summary>
    public void Start() => _running = RunAsync(_ended.Token);

    /// <summary>The node has just given a sign of life: do not wait out a pause between two attempts.</summary>
    public void Nudge()
    {
        if (_session is null && _nudged.CurrentCount == 0)
        {
            try
            {
                _nudged.Release();
            }
            catch (SemaphoreFullException)
            {
                // Somebody else nudged at the same moment.
            }
        }
    }

    public ValueTask<LinkReply> CallAsync(in CallHeader header, RawJson args, long deadline, CancellationToken aborted) =>
        _session is { } session
            ? session.CallAsync(header, args, deadline, aborted)
            : new(new LinkReply(LinkReplyKind.NotSent));

    public void GiveUpExpired(long now) => _session?.GiveUpExpired(now);

    /// <summary>Ends the link. Calls under way are answered as lost.</summary>
    public async ValueTask DisposeAsync()
    {
        await _ended.CancelAsync().ConfigureAwait(false);
        await _running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _ended.Dispose();
    }

    private async Task RunAsync(CancellationToken cancellationToken)
    {
        var attempt = 0;
        string? lastFailure = null;
        while (!cancellationToken.IsCancellationRequested)
        {
            string failure;
            try
            {
                using var socket = await dialer.DialAsync(Address, cancellationToken).ConfigureAwait(false);
                attempt = 0;
                lastFailure = null;
                failure = await ServeAsync(socket, cancellationToken).ConfigureAwait(false);
            }
            catch (Exception error) when (error is WebSocketException or HttpRequestException or IOException or OperationCanceledException)
            {
                failure = error.InnerException is { } inner ? $"{error.Message} ({inner.Message})" : error.Message;
            }

            if (cancellationToken.IsCancellationRequested)
            {
                break;
            }

            if (failure != lastFailure)
            {
                Log.Lost(logger, Address, failure);
                lastFailure = failure;
            }

            await PauseAsync(attempt++, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Serves an open link until it ends, and says why it did.</summary>
    private async Task<string> ServeAsync(WebSocket socket, CancellationToken cancellationToken)
    {
        using var connection = dialer.Connect(socket);
        var session = new NodeLinkSession(connection, dialer.MaxCallsPerLink, time, changed);
        _session = session;
        try
        {
            await connection.RunAsync(session, cancellationToken).ConfigureAwait(false);
            return socket.CloseStatusDescription is { Length: > 0 } reason ? $"the node closed the link: {reason}" : "the node closed the link";
        }
        catch (LinkProtocolException error)
        {
            await connection.CloseAsync(WebSocketCloseStatus.ProtocolError, "The link protocol was broken.", TimeSpan.FromSeconds(1)).ConfigureAwait(false);
            return $"the node broke the link protocol: {error.Message}";
        }
        finally
        {
            _session = null;
            session.Close();
            changed();
        }
    }

    /// <summary>Waits longer after each failure, never as long as another gateway, and not at all once nudged.</summary>
    private async Task PauseAsync(int attempt, CancellationToken cancellationToken)
    {
        var longest = Math.Min(FirstRetry.TotalMilliseconds * Math.Pow(2, Math.Min(attempt, 16)), dialer.LongestReconnectDelay.TotalMilliseconds);
        var pause = TimeSpan.FromMilliseconds(longest * (0.5 + (Random.Shared.NextDouble() / 2)));
        using var waiting = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        try
        {
            await Task.WhenAny(Task.Delay(pause, time, waiting.Token), _nudged.WaitAsync(waiting.Token)).ConfigureAwait(false);
        }
        finally
        {
            await waiting.CancelAsync().ConfigureAwait(false);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "No link to the node at {Address}: {Failure}")]
        public static partial void Lost(ILogger logger, string address, string failure);
    }
}
