using GenApi.Gateway.Telemetry.Events;
using GenApi.Protocol.Calls;

namespace GenApi.Gateway.Calls.Modes;

/// <summary>
/// Bounds how many calls of a kind run at once and how many wait for it (the seed's worker pools), with a breaker that
/// refuses all of them for a while when nearly all fail.
/// </summary>
internal sealed partial class WorkerPool : IDisposable
{
    private readonly GenApiGatewayOptions.PoolOptions _options;
    private readonly SemaphoreSlim _workers;
    private readonly GatewayEvents _events;
    private readonly TimeProvider _time;
    private int _reserved;

    public WorkerPool(string name, GenApiGatewayOptions.PoolOptions options, GatewayEvents events, TimeProvider time, ILogger logger)
    {
        Name = name;
        _options = options;
        _events = events;
        _time = time;
        _workers = new SemaphoreSlim(options.Size, options.Size);
        Breaker = new CircuitBreaker(options.Breaker, time, state =>
        {
            Log.BreakerChanged(logger, name, state);
            events.PoolBreakerChanged(this, state);
        });
    }

    /// <summary><c>async</c> or <c>stream</c>.</summary>
    public string Name { get; }

    /// <summary>Calls that run at once, at the most.</summary>
    public int Size => _options.Size;

    /// <summary>Calls that may wait for a worker, at the most.</summary>
    public int QueueLimit => _options.QueueLimit;

    public CircuitBreaker Breaker { get; }

    /// <summary>The calls that have a worker.</summary>
    public int Running => _options.Size - _workers.CurrentCount;

    /// <summary>The calls that wait for one.</summary>
    public int Queued => Math.Max(0, Volatile.Read(ref _reserved) - Running);

    /// <summary>Takes a place in the pool. Every place taken must be run or left.</summary>
    /// <returns>Why there is none; null when there is.</returns>
    public CallError? TryReserve(Call call)
    {
        if (!Breaker.TryEnter())
        {
            return Reject(call, ErrorCode.Unavailable, "breaker_open", $"The {Name} pool is closed for a moment because its calls fail.");
        }

        if (Interlocked.Increment(ref _reserved) <= _options.Size + _options.QueueLimit)
        {
            call.PoolTimestamp = _time.GetTimestamp();
            return null;
        }

        Interlocked.Decrement(ref _reserved);
        Breaker.Abandoned();
        return Reject(call, ErrorCode.Unavailable, "queue_full", $"The {Name} pool is full: {_options.Size} calls are running and {_options.QueueLimit} are waiting.");
    }

    /// <summary>Waits for a worker, until the call's deadline at the longest. Follow with <see cref="Leave"/>, also when there is none.</summary>
    /// <returns>Why there is no worker; null when there is one.</returns>
    public async ValueTask<CallError?> EnterAsync(Call call, CancellationToken cancellationToken)
    {
        var patience = call.Deadline == long.MaxValue
            ? Timeout.InfiniteTimeSpan
            : TimeSpan.FromSeconds(Math.Max(0, (call.Deadline - _time.GetTimestamp()) / (double)_time.TimestampFrequency));
        try
        {
            if (!await _workers.WaitAsync(patience, cancellationToken).ConfigureAwait(false))
            {
                return Reject(call, ErrorCode.Timeout, "timeout", $"The call found no free place in the {Name} pool within {call.Function.Config.Timeout} ms.");
            }
        }
        catch (OperationCanceledException)
        {
            return Reject(call, ErrorCode.Unavailable, "abandoned", "The call was given up before its turn came.");
        }

        _events.TaskStarted(Name, call, call.PoolTimestamp);
        call.PoolTimestamp = _time.GetTimestamp();
        call.Trace?.WorkerStarted(Name);
        return null;
    }

    /// <summary>Gives the place back.</summary>
    /// <param name="call">The call.</param>
    /// <param name="entered">Whether the call had a worker.</param>
    /// <param name="error">How the call failed; null: it did not, or says nothing about the pool.</param>
    public void Leave(Call call, bool entered, CallError? error)
    {
        if (entered)
        {
            _workers.Release();
        }

        Interlocked.Decrement(ref _reserved);
        if (!entered)
        {
            Breaker.Abandoned();
            return;
        }

        var failed = error is not null && (error.Code == ErrorCode.Unavailable || error.Code == ErrorCode.Timeout || error.Code == ErrorCode.Internal);
        _events.TaskEnded(Name, call, call.PoolTimestamp, call.Error, failed);
        call.Trace?.WorkerEnded(Name);
        if (failed)
        {
            Breaker.Failed();
        }
        else
        {
            Breaker.Succeeded();
        }
    }

    public void Dispose() => _workers.Dispose();

    private CallError Reject(Call call, ErrorCode code, string kind, string reason)
    {
        _events.TaskRejected(this, call, kind, reason);
        return new CallError(code, reason);
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "The breaker of the {Pool} pool is {State}.")]
        public static partial void BreakerChanged(ILogger logger, string pool, BreakerState state);
    }
}
