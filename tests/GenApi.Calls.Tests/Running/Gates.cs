using System.Collections.Concurrent;

namespace GenApi.Calls.Tests.Running;

/// <summary>Where functions wait until a test lets them go, and tell what happens to them.</summary>
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
    private readonly ConcurrentQueue<string> _visits = new();
    private readonly TaskCompletionSource<string> _started = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _released = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _cancelled = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _left = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes with the node's name once a function has arrived.</summary>
    public Task<string> Started => _started.Task;

    /// <summary>Completes once a waiting function was told that nobody waits for it.</summary>
    public Task Cancelled => _cancelled.Task;

    /// <summary>Completes once a function has ended, in whichever way.</summary>
    public Task Left => _left.Task;

    /// <summary>The nodes whose functions have come here, in their order.</summary>
    public IReadOnlyList<string> Visits => [.. _visits];

    public void Release() => _released.TrySetResult();

    /// <summary>Comes by. The count of visits so far, this one included.</summary>
    public int Visit(string node)
    {
        _visits.Enqueue(node);
        _started.TrySetResult(node);
        return _visits.Count;
    }

    /// <summary>Comes by and waits for <see cref="Release"/>.</summary>
    public async Task HoldAsync(string node, CancellationToken cancellationToken)
    {
        Visit(node);
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
