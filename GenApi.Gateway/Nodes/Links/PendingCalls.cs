namespace GenApi.Gateway.Nodes.Links;

/// <summary>
/// The calls under way on one link, by id. An id is a slot's number with a count in front, so that finding one is an index,
/// and an answer that comes too late finds nothing.
/// </summary>
internal sealed class PendingCalls(int capacity)
{
    private const int SlotBits = 20;
    private const ulong SlotMask = (1UL << SlotBits) - 1;

    private readonly Lock _gate = new();
    private PendingEntry?[] _slots = new PendingEntry?[64];
    private int[] _free = new int[64];
    private int _freeCount;
    private int _used;
    private ulong _sequence;
    private volatile bool _closed;

    public int Count { get; private set; }

    /// <summary>Gives the call an id and keeps it. False: the link is full or closed.</summary>
    public bool TryAdd(PendingEntry call)
    {
        lock (_gate)
        {
            if (_closed || Count >= capacity)
            {
                return false;
            }

            int slot;
            if (_freeCount > 0)
            {
                slot = _free[--_freeCount];
            }
            else
            {
                slot = _used++;
                if (slot == _slots.Length)
                {
                    Array.Resize(ref _slots, slot * 2);
                    Array.Resize(ref _free, slot * 2);
                }
            }

            call.Id = (++_sequence << SlotBits) | (uint)slot;
            _slots[slot] = call;
            Count++;
            return true;
        }
    }

    /// <summary>Takes a call out. Of all who try, one gets it.</summary>
    public PendingEntry? Take(ulong id)
    {
        lock (_gate)
        {
            var slot = (int)(id & SlotMask);
            if (slot >= _used || _slots[slot] is not { } call || call.Id != id)
            {
                return null;
            }

            Clear(slot);
            return call;
        }
    }

    /// <summary>The call of that id, which stays; null: there is none any more.</summary>
    public PendingEntry? Find(ulong id)
    {
        lock (_gate)
        {
            var slot = (int)(id & SlotMask);
            return slot < _used && _slots[slot] is { } call && call.Id == id ? call : null;
        }
    }

    /// <summary>Takes out the calls whose deadline has passed.</summary>
    public List<PendingEntry>? TakeExpired(long now)
    {
        if (Count == 0)
        {
            return null;
        }

        List<PendingEntry>? expired = null;
        lock (_gate)
        {
            for (var slot = 0; slot < _used; slot++)
            {
                if (_slots[slot] is { } call && call.Deadline <= now)
                {
                    (expired ??= []).Add(call);
                    Clear(slot);
                }
            }
        }

        return expired;
    }

    /// <summary>Accepts no more calls; those that are in stay.</summary>
    public void StopAdding()
    {
        lock (_gate)
        {
            _closed = true;
        }
    }

    /// <summary>Whether no calls are in and none will come.</summary>
    public bool IsDrained
    {
        get
        {
            if (!_closed)
            {
                return false;
            }

            lock (_gate)
            {
                return Count == 0;
            }
        }
    }

    /// <summary>Takes out all calls, and accepts no more.</summary>
    public List<PendingEntry> Close()
    {
        lock (_gate)
        {
            _closed = true;
            var left = _slots.OfType<PendingEntry>().ToList();
            Array.Clear(_slots);
            Count = 0;
            return left;
        }
    }

    private void Clear(int slot)
    {
        _slots[slot] = null;
        _free[_freeCount++] = slot;
        Count--;
    }
}
