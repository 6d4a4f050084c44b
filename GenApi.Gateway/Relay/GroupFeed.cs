using GenApi.Gateway.Storage;

namespace GenApi.Gateway.Relay;

/// <summary>
/// One group with members on this gateway: hands each message to their connections, one message after the other, and never
/// to who was let in after it was sent.
/// </summary>
internal sealed class GroupFeed(string group, GroupFeeds owner)
{
    /// <summary>Messages wait only while the members are looked up.</summary>
    private const int MostWaiting = 10_000;

    private const int LoadAttempts = 20;
    private static readonly TimeSpan LoadPause = TimeSpan.FromMilliseconds(100);

    private readonly Lock _gate = new();
    private readonly Queue<GroupNotice> _waiting = new();
    private bool _running;
    private bool _stale = true;
    private bool _missing;
    private bool _closed;
    private string? _epoch;
    private StoredGroup? _beforeLoss;

    /// <summary>What was known of the group last; null: nothing yet.</summary>
    public StoredGroup? Known { get; private set; }

    /// <summary>What the store should have of the group after it has lost its data: what was known before.</summary>
    public StoredGroup? ToPutBack
    {
        get
        {
            lock (_gate)
            {
                return _beforeLoss ?? Known;
            }
        }
    }

    /// <summary>The group was put back, as far as that was possible.</summary>
    /// <param name="epoch">The data that the store has now; see <see cref="IGroupStore.EpochAsync"/>.</param>
    public void WasPutBack(string epoch)
    {
        lock (_gate)
        {
            _beforeLoss = null;
            _epoch = epoch;
        }
    }

    /// <summary>Takes a notice. False: this feed is closed, and there is another.</summary>
    public bool TryAdd(GroupNotice notice)
    {
        var dropped = 0;
        lock (_gate)
        {
            if (_closed)
            {
                return false;
            }

            if (notice.Kind == NoticeKind.Message)
            {
                if (_waiting.Count == MostWaiting)
                {
                    _waiting.Dequeue();
                    dropped = 1;
                }

                _waiting.Enqueue(notice);
                Start();
            }
            else
            {
                // Looked up with the next message, or else soon; many changes at once cost one look.
                _stale = true;
            }
        }

        if (dropped > 0)
        {
            owner.Telemetry.DroppedForUnknownMembers(dropped);
        }

        return true;
    }

    /// <summary>Looks the members up again. False: this feed is closed, and there is another.</summary>
    public bool TryRefresh(bool onlyIfStale)
    {
        lock (_gate)
        {
            if (_closed)
            {
                return false;
            }

            _stale |= !onlyIfStale;
            if (_stale)
            {
                Start();
            }

            return true;
        }
    }

    /// <summary>Closes the feed if its group is gone. Only for those who know that the store has not lost it.</summary>
    public void CloseIfMissing()
    {
        lock (_gate)
        {
            if (_missing && !_running && _beforeLoss is null)
            {
                Close();
            }
        }
    }

    private void Start()
    {
        if (!_running)
        {
            _running = true;
            _ = Task.Run(RunAsync);
        }
    }

    private void Close()
    {
        _closed = true;
        owner.Remove(group, this);
    }

    private async Task RunAsync()
    {
        while (true)
        {
            GroupNotice? message;
            lock (_gate)
            {
                if (!_waiting.TryDequeue(out message) && !_stale)
                {
                    _running = false;
                    if (!_missing && _beforeLoss is null && Known is { } known && !known.Members.Any(member => member.IsHere))
                    {
                        Close();
                    }

                    return;
                }
            }

            try
            {
                if ((message is null || IsBehind(message)) && !await LoadAsync().ConfigureAwait(false))
                {
                    Fail(message);
                    return;
                }

                if (message is not null)
                {
                    owner.Deliver(message, Known, isBehind: IsBehind(message));
                }
            }
            catch (Exception error)
            {
                owner.Failed(group, error);
            }
        }
    }

    private bool IsBehind(GroupNotice message) =>
        Known is not { } known || known.Incarnation != message.Incarnation || known.Version < message.Version;

    private async Task<bool> LoadAsync()
    {
        for (var attempt = 1; ; attempt++)
        {
            lock (_gate)
            {
                _stale = false;
            }

            try
            {
                var (found, epoch) = await owner.LoadAsync(group).ConfigureAwait(false);
                lock (_gate)
                {
                    if (_epoch is not null && _epoch != epoch)
                    {
                        // Other gateways may have put their members back already; ours are not among them.
                        _beforeLoss ??= Known;
                    }

                    _epoch = epoch;

                    // What was known stays known until it is certain that the store has not merely lost it.
                    _missing = found is null;
                    Known = found ?? Known;
                }

                return true;
            }
            catch (StorageUnavailableException) when (attempt < LoadAttempts)
            {
                await owner.PauseAsync(LoadPause).ConfigureAwait(false);
            }
            catch (StorageUnavailableException)
            {
                return false;
            }
        }
    }

    /// <summary>The members cannot be looked up: nobody gets what only some may read. Later messages look again.</summary>
    private void Fail(GroupNotice? message)
    {
        int dropped;
        lock (_gate)
        {
            dropped = _waiting.Count + (message is null ? 0 : 1);
            _waiting.Clear();
            _stale = true;
            _running = false;
        }

        owner.Telemetry.DroppedForUnknownMembers(dropped);
    }
}
