using System.Collections.Concurrent;

namespace GenApi.Gateway.Tests.Cluster;

/// <summary>Where test functions wait until a test lets them go, and tell what happens to them.</summary>
internal sealed class Gates
{
    private readonly ConcurrentDictionary<string, Gate> _gates = new();

    /// <summary>The gate of that key; the test and the function each ask for it by the key in the arguments.</summary>
    public Gate this[string key] => _gates.GetOrAdd(key, static _ => new Gate());

    /// <summary>A gate that no other test uses.</summary>
    public (string Key, Gate Gate) New()
    {
        var key = Guid.NewGuid().ToString("N");
        return (key, this[key]);
    }
}

/// <summary>One place to wait.</summary>
internal sealed class Gate
{
    private readonly TaskCompletionSource<string> _started = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _released = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _cancelled = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _arrived;

    /// <summary>Completes with the node's name once a function has arrived.</summary>
    public Task<string> Started => _started.Task;

    /// <summary>Completes once a waiting function was told that nobody waits for it.</summary>
    public Task Cancelled => _cancelled.Task;

    /// <summary>How many functions have arrived.</summary>
    public int Arrived => Volatile.Read(ref _arrived);

    /// <summary>Counts one more that has arrived, and lets it go on.</summary>
    public int Arrive() => Interlocked.Increment(ref _arrived);

    public void Release() => _released.TrySetResult();

    /// <summary>Waits for <see cref="Release"/>.</summary>
    public async Task HoldAsync(string node, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _arrived);
        _started.TrySetResult(node);
        await WaitAsync(cancellationToken);
    }

    /// <summary>Waits until so many are here at the same time.</summary>
    public async Task MeetAsync(int count, CancellationToken cancellationToken)
    {
        if (Interlocked.Increment(ref _arrived) == count)
        {
            _released.TrySetResult();
        }

        await WaitAsync(cancellationToken);
    }

    private async Task WaitAsync(CancellationToken cancellationToken)
    {
        try
        {
            await _released.Task.WaitAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            _cancelled.TrySetResult();
            throw;
        }
    }
}
