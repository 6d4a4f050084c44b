using System.Runtime.CompilerServices;

namespace GenApi.Testing;

/// <summary>A clock that a test moves by hand, and whose timers go off as it does.</summary>
public sealed class ManualTimers : ManualTime
{
    private readonly Lock _lock = new();
    private readonly List<Timer> _timers = [];

    /// <summary>The timers that have not been disposed of.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
            {
                return _timers.Count;
            }
        }
    }

    /// <inheritdoc />
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new Timer(this, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    /// <summary>Moves on, and runs what falls due.</summary>
    public override void Advance(TimeSpan time)
    {
        List<Timer> due;
        lock (_lock)
        {
            base.Advance(time);
            due = [.. _timers.Where(timer => timer.Due <= GetUtcNow())];
        }

        foreach (var timer in due)
        {
            timer.Run();
        }
    }

    /// <summary>
    /// Waits for a condition, and lets a little time pass with every look: a command to Redis that was under way when the clock
    /// leapt forward has failed by that, and is tried again some time later.
    /// </summary>
    public Task UntilAsync(Func<Task<bool>> condition, [CallerArgumentExpression(nameof(condition))] string? what = null) => Wait.UntilAsync(
        () =>
        {
            Advance(TimeSpan.FromMilliseconds(10));
            return condition();
        },
        what);

    /// <inheritdoc cref="UntilAsync(Func{Task{bool}}, string?)" />
    public Task UntilAsync(Func<bool> condition, [CallerArgumentExpression(nameof(condition))] string? what = null) =>
        UntilAsync(() => Task.FromResult(condition()), what);

    private sealed class Timer(ManualTimers clock, TimerCallback callback, object? state) : ITimer
    {
        private TimeSpan _period;

        /// <summary>Read and written under the clock's lock.</summary>
        public DateTimeOffset Due { get; private set; }

        public void Run()
        {
            lock (clock._lock)
            {
                Due = _period > TimeSpan.Zero ? clock.GetUtcNow() + _period : DateTimeOffset.MaxValue;
            }

            callback(state);
        }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            lock (clock._lock)
            {
                _period = period;
                Due = dueTime == Timeout.InfiniteTimeSpan ? DateTimeOffset.MaxValue : clock.GetUtcNow() + dueTime;
                if (!clock._timers.Contains(this))
                {
                    clock._timers.Add(this);
                }
            }

            if (dueTime == TimeSpan.Zero)
            {
                ThreadPool.UnsafeQueueUserWorkItem(static timer => timer.Run(), this, preferLocal: false);
            }

            return true;
        }

        public void Dispose()
        {
            lock (clock._lock)
            {
                clock._timers.Remove(this);
            }
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
