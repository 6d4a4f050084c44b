using System.Net.WebSockets;
using GenApi.Gateway.Nodes.Links;
using GenApi.Gateway.Telemetry.Events;
using GenApi.Protocol.Json;
using GenApi.Protocol.Link;

namespace GenApi.Gateway.Nodes;

/// <summary>A node at its address, with the link that this gateway keeps to it for as long as it has a lease.</summary>
internal sealed partial class NodeEndpoint(
    string address,
    LinkDialer dialer,
    CircuitBreaker breaker,
    GatewayEvents events,
    TimeProvider time,
    Action changed,
    ILogger<NodeEndpoint> logger) : CallTarget(address, breaker), IAsyncDisposable
{
    private static readonly TimeSpan FirstRetry = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan GoodbyePatience = TimeSpan.FromSeconds(1);

    private readonly CancellationTokenSource _ended = new();
    private readonly SemaphoreSlim _nudged = new(0, 1);
    private volatile NodeLinkSession? _session;
    private volatile bool _retired;
    private volatile string? _lastFailure;
    private Task _running = Task.CompletedTask;
    private int _httpRequests;
    private LinkTraffic _before;
    private long? _up;

    /// <summary>The id of the process that has answered at this address; null: none at the moment.</summary>
    public string? NodeId => _session?.NodeId;

    /// <summary>What has gone over the links to the node so far.</summary>
    public LinkTraffic Traffic => _before + (_session?.Traffic ?? default);

    /// <summary>Why there was no link the last time there was none; null: there always was one.</summary>
    public string? LastFailure => _lastFailure;

    /// <summary>The bytes that wait to be sent to the node.</summary>
    public int UnsentBytes => _session?.UnsentBytes ?? 0;

    public override bool IsReachable => _session is { IsReady: true };

    public override int InFlight => _session?.InFlight ?? 0;

    /// <summary>The plain HTTP requests under way from this gateway.</summary>
    public int HttpRequests => Volatile.Read(ref _httpRequests);

    /// <summary>A plain HTTP request to the node begins; <see cref="HttpRequestEnded"/> must follow.</summary>
    public void HttpRequestBegins() => Interlocked.Increment(ref _httpRequests);

    public void HttpRequestEnded() => Interlocked.Decrement(ref _httpRequests);

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

    public override ValueTask<LinkReply> CallAsync(CallFlags flags, in CallHeader header, RawJson args, long deadline, IFrameObserver? observer, CancellationToken aborted) =>
        _session is { } session
            ? session.CallAsync(flags, header, args, deadline, observer, aborted)
            : new(new LinkReply(LinkReplyKind.NotSent));

    public override PendingStream? OpenStream(in CallHeader header, RawJson args, long deadline, IFrameObserver? observer) =>
        _session?.OpenStream(header, args, deadline, observer);

    public void GiveUpExpired(long now) => _session?.GiveUpExpired(now);

    /// <summary>Takes no further calls, and ends once those under way have been answered or have run out of time.</summary>
    public async Task RetireAsync()
    {
        _retired = true;
        if (_session is { } session)
        {
            session.Drain();
        }
        else
        {
            await _ended.CancelAsync().ConfigureAwait(false);
        }

        await _running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <summary>Ends the link. Calls under way are answered as lost.</summary>
    public async ValueTask DisposeAsync()
    {
        await _ended.CancelAsync().ConfigureAwait(false);
        await _running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _ended.Dispose();
    }

    private async Task RunAsync(CancellationToken cancellationToken)
    {
        string? lastFailure = null;
        var attempt = 0;
        while (!cancellationToken.IsCancellationRequested && !_retired)
        {
            var (wasReady, failure) = await ConnectAsync(cancellationToken).ConfigureAwait(false);
            if (cancellationToken.IsCancellationRequested || _retired)
            {
                break;
            }

            if (wasReady)
            {
                attempt = 0;
                lastFailure = null;
            }

            _lastFailure = failure ?? _lastFailure;
            if (failure is not null && failure != lastFailure)
            {
                Log.Lost(logger, Address, failure);
                lastFailure = failure;
            }

            await PauseAsync(attempt++, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Opens the link and serves it until it ends. Never throws.</summary>
    /// <returns>Whether the node was ready for calls at any time, and why the link ended; null: it was drained.</returns>
    private async Task<(bool WasReady, string? Failure)> ConnectAsync(CancellationToken cancellationToken)
    {
        NodeLinkSession? session = null;
        try
        {
            using var socket = await dialer.DialAsync(Address, cancellationToken).ConfigureAwait(false);
            using var connection = dialer.Connect(socket);
            session = new NodeLinkSession(connection, dialer.MaxCallsPerLink, time, OnSessionChanged);
            _session = session;
            try
            {
                await connection.RunAsync(session, cancellationToken).ConfigureAwait(false);
                var closed = session.IsDrained ? null : $"the node closed the link: {socket.CloseStatusDescription}";
                Unlink(session, closed);
                await connection.CloseAsync(WebSocketCloseStatus.NormalClosure, "", GoodbyePatience).ConfigureAwait(false);
                return (session.NodeId.Length > 0, closed);
            }
            catch (LinkProtocolException error)
            {
                var broken = $"the node broke the link protocol: {error.Message}";
                Unlink(session, broken);
                await connection.CloseAsync(WebSocketCloseStatus.ProtocolError, "The link protocol was broken.", GoodbyePatience).ConfigureAwait(false);
                return (session.NodeId.Length > 0, broken);
            }
        }
        catch (Exception error) when (error is WebSocketException or HttpRequestException or IOException or OperationCanceledException)
        {
            var failure = error.InnerException is { } inner ? $"{error.Message} ({inner.Message})" : error.Message;
            Unlink(session, failure);
            return (session is { NodeId.Length: > 0 }, failure);
        }
        catch (Exception error)
        {
            // A fault of ours must not end the attempts, or the node would be lost for as long as it lives.
            Log.Failed(logger, error, Address);
            Unlink(session, error.Message);
            return (false, error.Message);
        }
    }

    /// <summary>The node has introduced itself, or has said that it stops.</summary>
    private void OnSessionChanged()
    {
        if (_session is { IsReady: true } session && _up is null)
        {
            _up = time.GetTimestamp();
            events.LinkUp(Address, session.NodeId);
        }

        changed();
    }

    /// <summary>From now on no call goes to this session, and those it has are answered as lost.</summary>
    private void Unlink(NodeLinkSession? session, string? reason)
    {
        if (session is not null && _session == session)
        {
            _session = null;
            _before += session.Traffic;
            session.Close();
            if (_up is { } up)
            {
                _up = null;
                events.LinkDown(Address, session.NodeId, up, reason);
            }

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
        [LoggerMessage(2, LogLevel.Error, "The link to the node at {Address} failed inside the gateway.")]
        public static partial void Failed(ILogger logger, Exception error, string address);

        [LoggerMessage(1, LogLevel.Warning, "No link to the node at {Address}: {Failure}")]
        public static partial void Lost(ILogger logger, string address, string failure);
    }
}
