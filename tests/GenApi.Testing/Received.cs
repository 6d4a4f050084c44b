namespace GenApi.Testing;

/// <summary>What has arrived so far, and those who wait for more of it.</summary>
internal sealed class Received<T>(string what)
    where T : notnull
{
    // A test that runs away must not fill the memory: beyond this the oldest go.
    private const int Capacity = 100_000;
    private const int Shown = 20;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly Lock _lock = new();
    private readonly Queue<T> _items = new();
    private readonly List<Waiter> _waiters = [];

    public IReadOnlyList<T> Snapshot()
    {
        lock (_lock)
        {
            return [.. _items];
        }
    }

    public void Add(IReadOnlyList<T> items)
    {
        lock (_lock)
        {
            foreach (var item in items)
            {
                if (_items.Count == Capacity)
                {
                    _items.Dequeue();
                }

                _items.Enqueue(item);
            }

            // Once for the batch, so that who waits sees all of it.
            foreach (var item in items)
            {
                _waiters.ForEach(waiter => waiter.Offer(item));
            }

            _waiters.RemoveAll(static waiter => waiter.CompleteIfEnough());
        }
    }

    public async Task<IReadOnlyList<T>> WaitAsync(Func<T, bool> predicate, int count, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(predicate);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(count);

        var waiter = new Waiter(predicate, count);
        lock (_lock)
        {
            foreach (var item in _items)
            {
                waiter.Offer(item);
            }

            if (!waiter.CompleteIfEnough())
            {
                _waiters.Add(waiter);
            }
        }

        try
        {
            return await waiter.Enough.WaitAsync(Patience, cancellationToken);
        }
        catch (Exception exception) when (exception is TimeoutException or OperationCanceledException)
        {
            throw Missing(waiter, count, exception);
        }
        finally
        {
            lock (_lock)
            {
                _waiters.Remove(waiter);
            }
        }
    }

    private TimeoutException Missing(Waiter waiter, int count, Exception cause)
    {
        lock (_lock)
        {
            var last = string.Concat(_items.TakeLast(Shown).Select(static item => $"{Environment.NewLine}  {item}"));
            return new TimeoutException($"Waited for {count} {what}; {waiter.Found} of the {_items.Count} that arrived match. The last to arrive:{last}", cause);
        }
    }

    private sealed class Waiter(Func<T, bool> predicate, int count)
    {
        private readonly TaskCompletionSource<IReadOnlyList<T>> _enough = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly List<T> _found = [];

        public Task<IReadOnlyList<T>> Enough => _enough.Task;

        public int Found => _found.Count;

        public void Offer(T item)
        {
            try
            {
                if (predicate(item))
                {
                    _found.Add(item);
                }
            }
            catch (Exception exception)
            {
                // The test's own predicate failed: that belongs to the test, not to the request that brought the item.
                _enough.TrySetException(exception);
            }
        }

        public bool CompleteIfEnough()
        {
            if (_found.Count >= count)
            {
                _enough.TrySetResult([.. _found]);
            }

            return _enough.Task.IsCompleted;
        }
    }
}
