namespace GenApi.Gateway.Nodes;

/// <summary>
/// The calls under way on one link, by id. An id is a slot's number with a count in front, so that finding one is an index,
/// and an answer that comes too late finds nothing.
/// </summary>
internal sealed class PendingCalls(int capacity)
{
    private const int SlotBits = 20;
    private const ulong SlotMask = (1UL << SlotBits) - 1;

    private readonly Lock _gate = new();
    private PendingCall?[] _slots = new PendingCall?[64];
    private int[] _free = new int[64];
    private int _freeCount;
    private int _used;
    private ulong _sequence;
    private bool _closed;

    public int Count { get; private set; }

    /// <summary>Gives the call an id and keeps it. False: the link is full or closed.</summary>
    public bool TryAdd(PendingCall call)
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
    public PendingCall? Take(ulong id)
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

    /// <summary>Takes out the calls whose deadline has passed.</summary>
    public List<PendingCall>? TakeExpired(long now)
    {
        if (Count == 0)
        {
            return null;
        }

        List<PendingCall>? expired = null;
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

    /// <summary>Takes out all calls, and accepts no more.</summary>
    public List<PendingCall> Close()
    {
        lock (_gate)
        {
            _closed = true;
            var left = _slots.OfType<PendingCall>().ToList();
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
