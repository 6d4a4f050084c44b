using System.Collections.Concurrent;
using Microsoft.Extensions.Options;

namespace GenApi.Gateway.Relay;

/// <summary>The groups with members on this gateway.</summary>
internal sealed partial class GroupFeeds(
    IGroupStore store,
    RelayUsers users,
    RelayTelemetry telemetry,
    TimeProvider time,
    IOptionsMonitor<GenApiGatewayOptions> options,
    ILogger<GroupFeeds> logger) : IDisposable
{
    private readonly ConcurrentDictionary<string, GroupFeed> _feeds = new();
    private readonly CancellationTokenSource _stopping = new();

    public RelayTelemetry Telemetry => telemetry;

    /// <summary>What is known of these groups.</summary>
    public IEnumerable<StoredGroup> Known => _feeds.Values.Select(feed => feed.Known).OfType<StoredGroup>();

    /// <summary>Begins to hear what happens to groups.</summary>
    public void Start()
    {
        store.Noticed += Heard;
        store.UserJoined += users.LookAgain;
        users.GroupIsHere += Refresh;
    }

    /// <summary>A group has members here, or may have.</summary>
    public void Refresh(string group)
    {
        while (!_feeds.GetOrAdd(group, id => new GroupFeed(id, this)).TryRefresh(onlyIfStale: false))
        {
            // It was closed in this moment; the next one is new.
        }
    }

    /// <summary>Looks up again the groups that have changed, or all.</summary>
    public void RefreshAll(bool onlyStale)
    {
        foreach (var feed in _feeds.Values)
        {
            feed.TryRefresh(onlyStale);
        }
    }

    /// <summary>Forgets the groups that are gone. Only for those who know that the store has not lost them.</summary>
    public void CloseMissing()
    {
        foreach (var feed in _feeds.Values)
        {
            feed.CloseIfMissing();
        }
    }

    public void Remove(string group, GroupFeed feed) => _feeds.TryRemove(KeyValuePair.Create(group, feed));

    /// <summary>The groups that the store should have, with members here.</summary>
    public IEnumerable<(GroupFeed Feed, StoredGroup Group)> ToPutBack =>
        from feed in _feeds.Values
        let @group = feed.ToPutBack
        where @group is not null
        select (feed, @group);

    /// <summary>Looks a group up, and then which data that was.</summary>
    public async Task<(StoredGroup? Group, string Epoch)> LoadAsync(string group)
    {
        var found = await store.LoadAsync(group, _stopping.Token).ConfigureAwait(false);
        var epoch = await store.EpochAsync(_stopping.Token).ConfigureAwait(false);
        foreach (var member in found?.Members ?? [])
        {
            if (member.IsHere && !users.IsKnown(member.User))
            {
                // Left behind by an earlier life of this gateway: they may still come back.
                users.Keep(member.User);
            }
            else if (!member.IsHere)
            {
                users.LookAgain(member.User);
            }
        }

        return (found, epoch);
    }

    public Task PauseAsync(TimeSpan pause) => Task.Delay(pause, time, _stopping.Token);

    /// <summary>Hands a message to the connections of all members who may have it.</summary>
    /// <param name="message">The message.</param>
    /// <param name="group">The group as far as it is known.</param>
    /// <param name="isBehind">Whether that is not the group that the message was sent to: it has ended since.</param>
    public void Deliver(GroupNotice message, StoredGroup? group, bool isBehind)
    {
        if (group is null || isBehind)
        {
            telemetry.DroppedForUnknownMembers(1);
            return;
        }

        var outgoing = new OutgoingMessage(options.CurrentValue.EventName, message);
        var count = 0;
        foreach (var member in group.Members)
        {
            // What is known of the group may be newer than the message: who came in later does not get it.
            if (member.State == MemberState.Pending || member.From > message.Version)
            {
                continue;
            }

            foreach (var connection in users.ConnectionsOf(member.User))
            {
                connection.Send(outgoing);
                count++;
            }
        }

        telemetry.Delivered(count);
    }

    public void Failed(string group, Exception error)
    {
        if (!_stopping.IsCancellationRequested)
        {
            Log.FeedFailed(logger, error, group);
        }
    }

    public void Dispose()
    {
        store.Noticed -= Heard;
        store.UserJoined -= users.LookAgain;
        users.GroupIsHere -= Refresh;
        _stopping.Cancel();
        _stopping.Dispose();
    }

    private void Heard(GroupNotice notice)
    {
        if (notice.Kind == NoticeKind.Ended && !_feeds.ContainsKey(notice.Group))
        {
            return;
        }

        while (!_feeds.GetOrAdd(notice.Group, id => new GroupFeed(id, this)).TryAdd(notice))
        {
            // It was closed in this moment; the next one is new.
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "A message of group {Group} could not be delivered on this gateway.")]
        public static partial void FeedFailed(ILogger logger, Exception error, string group);
    }
}
