using System.Collections.Concurrent;

namespace GenApi.Testing;

/// <summary>Where functions wait until a test lets them go, and tell what happens to them.</summary>
public sealed class Gates
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
public sealed class Gate
{
    private readonly Lock _lock = new();
    private readonly List<string> _visits = [];
    private readonly TaskCompletionSource<string> _started = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _released = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _cancelled = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _left = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes with the node's name once a function has arrived.</summary>
    public Task<string> Started => _started.Task;

    /// <summary>Completes once a waiting function was told that nobody waits for it.</summary>
    public Task Cancelled => _cancelled.Task;

    /// <summary>Completes once a function that waited has gone on, in whichever way.</summary>
    public Task Left => _left.Task;

    /// <summary>The nodes whose functions have come here, in their order.</summary>
    public IReadOnlyList<string> Visits
    {
        get
        {
            lock (_lock)
            {
                return [.. _visits];
            }
        }
    }

    /// <summary>Lets all go on, those too who come later.</summary>
    public void Release() => _released.TrySetResult();

    /// <summary>Comes by. The count of visits so far, this one included.</summary>
    public int Visit(string node)
    {
        int count;
        lock (_lock)
        {
            _visits.Add(node);
            count = _visits.Count;
        }

        _started.TrySetResult(node);
        return count;
    }

    /// <summary>Comes by and waits for <see cref="Release"/>.</summary>
    public async Task HoldAsync(string node, CancellationToken cancellationToken)
    {
        Visit(node);
        await WaitAsync(cancellationToken);
    }

    /// <summary>Comes by and waits until so many are here at the same time.</summary>
    public async Task MeetAsync(string node, int count, CancellationToken cancellationToken)
    {
        if (Visit(node) == count)
        {
            Release();
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
        finally
        {
            _left.TrySetResult();
        }
    }
}
