using System.Runtime.CompilerServices;

namespace GenApi.Gateway.RateLimits;

/// <summary>Counts in this process. A check takes no lock but that of the value's own window, and allocates nothing.</summary>
internal sealed class MemoryRateLimitCounters(TimeProvider time) : IRateLimitCounters
{
    private const long MillisecondsPerSecond = 1000;

    private enum Outcome
    {
        Admitted,
        Denied,

        /// <summary>A window was given up meanwhile.</summary>
        Stale,
    }

    public ValueTask<RateLimitDenial?> TakeAsync(RateLimitPlan plan, in RateLimitSubject subject) => new(Take(plan, subject));

    /// <summary>Counts a call under all limits of a plan, or under none of them.</summary>
    /// <returns>Null: admitted. Else why it is not.</returns>
    public RateLimitDenial? Take(RateLimitPlan plan, in RateLimitSubject subject)
    {
        RateLimitDenial? denial;
        while (plan.Single is { } limit ? !TryTakeOne(plan, limit, subject, out denial) : !TryTakeAll(plan, subject, out denial))
        {
            // The next attempt finds or makes the window that took the place of the one that was given up.
        }

        return denial;
    }

    public RateLimitCounted? Counted(ScopedLimit limit) => limit.State.Windows.Counted(limit, time.GetTimestamp());

    public Task<IReadOnlyList<RateLimitStatus>> StatusAsync(string value, IReadOnlyList<ScopedLimit> limits, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<RateLimitStatus>>([.. limits.Select(limit => Status(value, limit))]);

    public Task ResetAsync(string value, IReadOnlyList<ScopedLimit> limits, CancellationToken cancellationToken)
    {
        foreach (var limit in limits)
        {
            Forget(value, limit);
        }

        return Task.CompletedTask;
    }

    public Task<long> ResetAllAsync(IEnumerable<ScopedLimit> limits, CancellationToken cancellationToken) => Task.FromResult(limits.Sum(ForgetAll));

    public void Forget(string value, ScopedLimit limit) => limit.State.Windows.Remove(value);

    public long ForgetAll(ScopedLimit limit) => limit.State.Windows.RemoveAll();

    private RateLimitStatus Status(string value, ScopedLimit limit)
    {
        var now = time.GetTimestamp();
        if (limit.State.Windows.Find(value) is not { } window)
        {
            return StatusOf(value, limit, 0, null);
        }

        lock (window)
        {
            return window.HasRoom(limit.MaxRequests, limit.Width, now)
                ? StatusOf(value, limit, window.Total, null)
                : StatusOf(value, limit, window.Total, Milliseconds(window.RetryAfter(limit.MaxRequests, now)));
        }
    }

    public static RateLimitStatus StatusOf(string value, ScopedLimit limit, long current, long? retryAfterMs) => new(
        limit.Rule.Key, value, limit.Scope, limit.MaxRequests, limit.Rule.WindowMs, current, Math.Max(0, limit.MaxRequests - current), retryAfterMs);

    /// <returns>False: try again.</returns>
    private bool TryTakeOne(RateLimitPlan plan, ScopedLimit limit, in RateLimitSubject subject, out RateLimitDenial? denial)
    {
        denial = null;
        Span<char> buffer = stackalloc char[KeySource.MaxLength];
        var value = plan.Groups[0].Source.Read(subject, buffer);
        if (value.IsEmpty)
        {
            return true;
        }

        var now = time.GetTimestamp();
        if (limit.State.Windows.FindOrAdd(value, limit.Width, now) is not { } window)
        {
            denial = NoRoom(plan);
            return true;
        }

        lock (window)
        {
            if (window.IsClosed)
            {
                return false;
            }

            if (window.HasRoom(limit.MaxRequests, limit.Width, now))
            {
                window.Take();
            }
            else
            {
                denial = Denied(window, limit, now);
            }

            return true;
        }
    }

    /// <returns>False: try again.</returns>
    private bool TryTakeAll(RateLimitPlan plan, in RateLimitSubject subject, out RateLimitDenial? denial)
    {
        denial = null;
        var slots = default(Slots);
        var count = 0;
        var now = time.GetTimestamp();
        Span<char> buffer = stackalloc char[KeySource.MaxLength];
        foreach (var group in plan.Groups)
        {
            var value = group.Source.Read(subject, buffer);
            if (value.IsEmpty)
            {
                continue;
            }

            foreach (var limit in group.Limits)
            {
                if (limit.State.Windows.FindOrAdd(value, limit.Width, now) is { } window)
                {
                    Insert(slots, count++, new Slot(window, limit));
                }
                else if ((denial = NoRoom(plan)) is not null)
                {
                    return true;
                }
            }
        }

        return Take(slots[..count], now, ref denial) != Outcome.Stale;
    }

    /// <summary>Holds the windows of all limits while it looks whether each has room, and only then counts.</summary>
    private Outcome Take(ReadOnlySpan<Slot> slots, long now, ref RateLimitDenial? denial)
    {
        if (slots.IsEmpty)
        {
            return denial is null ? Outcome.Admitted : Outcome.Denied;
        }

        var (window, limit) = slots[0];
        lock (window)
        {
            if (window.IsClosed)
            {
                return Outcome.Stale;
            }

            if (!window.HasRoom(limit.MaxRequests, limit.Width, now))
            {
                // The longest wait counts: whoever comes back after it is denied by none of the others.
                var denied = Denied(window, limit, now);
                denial = denial is null || denied.RetryAfterMs > denial.RetryAfterMs ? denied : denial;
            }

            var outcome = Take(slots[1..], now, ref denial);
            if (outcome == Outcome.Admitted)
            {
                window.Take();
            }

            return outcome;
        }
    }

    /// <summary>All calls lock in one order, whatever the rules they go by, so that none waits for one that waits for it.</summary>
    private static void Insert(Span<Slot> slots, int count, Slot slot)
    {
        while (count > 0 && slots[count - 1].Limit.State.Order > slot.Limit.State.Order)
        {
            slots[count] = slots[count - 1];
            count--;
        }

        slots[count] = slot;
    }

    private static RateLimitDenial? NoRoom(RateLimitPlan plan) => plan.Rules.Config.FailOpen ? null : RateLimitDenial.Unavailable;

    private RateLimitDenial Denied(SlidingWindow window, ScopedLimit limit, long now) =>
        new(limit, window.Total, Milliseconds(window.RetryAfter(limit.MaxRequests, now)));

    private long Milliseconds(long ticks) => (long)(((Int128)ticks * MillisecondsPerSecond + time.TimestampFrequency - 1) / time.TimestampFrequency);

    private readonly record struct Slot(SlidingWindow Window, ScopedLimit Limit);

    [InlineArray(RateLimitPlan.MaxLimits)]
    private struct Slots
    {
        private Slot _first;
    }
}
