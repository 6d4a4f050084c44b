namespace GenApi.Gateway;

/// <summary>What a breaker is doing.</summary>
internal enum BreakerState
{
    /// <summary>Everything passes.</summary>
    Closed,

    /// <summary>Nothing passes until the pause is over.</summary>
    Open,

    /// <summary>One attempt at a time passes, to see whether things are well again.</summary>
    HalfOpen,
}

/// <summary>When a breaker opens, and for how long.</summary>
public sealed class BreakerOptions
{
    /// <summary>Failures in a row that open the breaker. Default 5; from 1 to 10000.</summary>
    public int ConsecutiveFailures { get; set; } = 5;

    /// <summary>The share of failures within <see cref="Window"/> that opens the breaker. Default 0.5; above 0 up to 1.</summary>
    public double FailureRate { get; set; } = 0.5;

    /// <summary>The least number of calls within <see cref="Window"/> before their share counts. Default 20; from 1 to 1000000.</summary>
    public int MinimumCalls { get; set; } = 20;

    /// <summary>The time over which the share is taken. Default 10 s; from 100 ms to 10 min.</summary>
    public TimeSpan Window { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How long the breaker stays open before it lets an attempt pass. Default 5 s; from 10 ms to 10 min.</summary>
    public TimeSpan OpenFor { get; set; } = TimeSpan.FromSeconds(5);
}

/// <summary>
/// Keeps calls away from what fails them: opens after failures in a row or at too high a share of failures, and after a
/// pause lets one attempt at a time through. While closed and without failures it costs a few reads.
/// </summary>
internal sealed class CircuitBreaker(BreakerOptions options, TimeProvider time, Action<BreakerState> changed)
{
    private readonly Lock _gate = new();
    private volatile int _state = (int)BreakerState.Closed;
    private int _inARow;
    private int _successes;
    private int _failures;
    private long _windowStart = time.GetTimestamp();
    private long _opened;
    private bool _probing;

    public BreakerState State => (BreakerState)_state;

    /// <summary>Whether an attempt now would pass.</summary>
    public bool WouldPass => _state == (int)BreakerState.Closed || !_probing && time.GetElapsedTime(_opened) >= options.OpenFor;

    /// <summary>Lets an attempt pass, or not. One that passes must be followed by one of the three outcomes.</summary>
    public bool TryEnter()
    {
        if (_state == (int)BreakerState.Closed)
        {
            return true;
        }

        lock (_gate)
        {
            if (_state == (int)BreakerState.Closed)
            {
                return true;
            }

            if (_probing || time.GetElapsedTime(_opened) < options.OpenFor)
            {
                return false;
            }

            _probing = true;
            Become(BreakerState.HalfOpen);
            return true;
        }
    }

    public void Succeeded()
    {
        if (_state == (int)BreakerState.Closed && Volatile.Read(ref _inARow) == 0 && Volatile.Read(ref _failures) == 0)
        {
            // Without failures there is no share to take, so successes need not be counted.
            return;
        }

        lock (_gate)
        {
            _inARow = 0;
            if (_state == (int)BreakerState.Closed)
            {
                Roll();
                _successes++;
                return;
            }

            _probing = false;
            _successes = _failures = 0;
            Become(BreakerState.Closed);
        }
    }

    public void Failed()
    {
        lock (_gate)
        {
            Roll();
            _failures++;
            _inARow++;
            if (_state == (int)BreakerState.Closed && _inARow < options.ConsecutiveFailures && !ShareTooHigh())
            {
                return;
            }

            _probing = false;
            _opened = time.GetTimestamp();
            Become(BreakerState.Open);
        }
    }

    /// <summary>The attempt says nothing about what is behind the breaker, such as one whose client left.</summary>
    public void Abandoned()
    {
        if (_state != (int)BreakerState.Closed)
        {
            lock (_gate)
            {
                _probing = false;
            }
        }
    }

    private bool ShareTooHigh()
    {
        var calls = _successes + _failures;
        return calls >= options.MinimumCalls && _failures >= calls * options.FailureRate;
    }

    private void Roll()
    {
        if (time.GetElapsedTime(_windowStart) >= options.Window)
        {
            _windowStart = time.GetTimestamp();
            _successes = _failures = 0;
        }
    }

    private void Become(BreakerState state)
    {
        if (_state != (int)state)
        {
            _state = (int)state;
            changed(state);
        }
    }
}
