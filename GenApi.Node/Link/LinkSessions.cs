using System.Collections.Concurrent;
using System.Net.WebSockets;
using Microsoft.Extensions.Options;

namespace GenApi.Node.Link;

/// <summary>The links that gateways hold to this node, and the count of calls running over them.</summary>
internal sealed class LinkSessions(IOptions<GenApiNodeOptions> options, TimeProvider time)
{
    private static readonly TimeSpan ClosePatience = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan DrainPoll = TimeSpan.FromMilliseconds(10);

    private readonly ConcurrentDictionary<LinkSession, bool> _sessions = new();
    private int _running;

    /// <summary>Whether the node has said that it stops.</summary>
    public bool IsGoingAway { get; private set; }

    /// <summary>The calls running now.</summary>
    public int Running => Volatile.Read(ref _running);

    public void Add(LinkSession session)
    {
        _sessions[session] = true;
        if (IsGoingAway)
        {
            session.SayGoAway();
        }
    }

    public void Remove(LinkSession session) => _sessions.TryRemove(session, out _);

    /// <summary>Counts a call in, unless as many as allowed are running.</summary>
    public bool TryEnter()
    {
        if (Interlocked.Increment(ref _running) <= options.Value.MaxConcurrentCalls)
        {
            return true;
        }

        Interlocked.Decrement(ref _running);
        return false;
    }

    public void Leave() => Interlocked.Decrement(ref _running);

    /// <summary>Tells every gateway to send no new calls.</summary>
    public void SayGoAway()
    {
        IsGoingAway = true;
        foreach (var session in _sessions.Keys)
        {
            session.SayGoAway();
        }
    }

    /// <summary>
    /// Waits until every gateway has closed its link, which it does once its calls are answered, at most for that long. That
    /// no call is running would not be enough: some may still be on their way here.
    /// </summary>
    /// <returns>How many calls are still running.</returns>
    public async Task<int> DrainAsync(TimeSpan patience, CancellationToken cancellationToken)
    {
        var start = time.GetTimestamp();
        while (!_sessions.IsEmpty && time.GetElapsedTime(start) < patience && !cancellationToken.IsCancellationRequested)
        {
            await Task.Delay(DrainPoll, time, CancellationToken.None).ConfigureAwait(false);
        }

        return Running;
    }

    /// <summary>Closes every link that is left, in good order where the other side still answers.</summary>
    public async Task CloseAsync()
    {
        await Task.WhenAll(_sessions.Keys.Select(session =>
            session.CloseAsync(WebSocketCloseStatus.EndpointUnavailable, "The node stops.", ClosePatience))).ConfigureAwait(false);
        await DrainAsync(ClosePatience, CancellationToken.None).ConfigureAwait(false);
        foreach (var session in _sessions.Keys)
        {
            session.Connection.Dispose();
        }
    }
}
