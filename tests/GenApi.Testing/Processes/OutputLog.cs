namespace GenApi.Testing.Processes;

/// <summary>What a process has written, line by line, for tests to look at and to wait for.</summary>
public sealed class OutputLog
{
    // A process that runs away must not fill the memory: beyond this, lines are no longer kept.
    private const int Capacity = 100_000;
    private const int Shown = 60;

    private readonly Lock _lock = new();
    private readonly List<string> _lines = [];
    private TaskCompletionSource _more = NewSignal();
    private int _open;

    /// <summary>How long to wait for a line at most. The default is a minute.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>The lines so far.</summary>
    public IReadOnlyList<string> Lines
    {
        get
        {
            lock (_lock)
            {
                return [.. _lines];
            }
        }
    }

    /// <summary>The lines so far as one text.</summary>
    public string Text => string.Join('\n', Lines);

    /// <summary>Reads a stream to its end. A log ends when every stream read into it has.</summary>
    public async Task ReadAsync(StreamReader source)
    {
        ArgumentNullException.ThrowIfNull(source);
        Open();
        try
        {
            while (await source.ReadLineAsync() is { } line)
            {
                Add(line);
            }
        }
        finally
        {
            Close();
        }
    }

    /// <summary>A source of lines is there.</summary>
    public void Open()
    {
        lock (_lock)
        {
            _open++;
        }
    }

    /// <summary>Takes a line.</summary>
    public void Add(string line)
    {
        lock (_lock)
        {
            if (_lines.Count < Capacity)
            {
                _lines.Add(line);
            }

            Signal();
        }
    }

    /// <summary>A source of lines has ended.</summary>
    public void Close()
    {
        lock (_lock)
        {
            _open--;
            Signal();
        }
    }

    /// <summary>Waits until a line matches.</summary>
    /// <param name="what">The thing waited for, for the message when it does not come.</param>
    /// <param name="matches">Which line it is.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The first line that matches.</returns>
    /// <exception cref="TimeoutException">It was not written in time, or the process ended; the message shows what was written last.</exception>
    public async Task<string> WaitForAsync(string what, Func<string, bool> matches, CancellationToken cancellationToken)
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        timeout.CancelAfter(Patience);
        var seen = 0;
        while (true)
        {
            Task more;
            bool ended;
            lock (_lock)
            {
                for (; seen < _lines.Count; seen++)
                {
                    if (matches(_lines[seen]))
                    {
                        return _lines[seen];
                    }
                }

                more = _more.Task;
                ended = _open == 0;
            }

            if (ended)
            {
                throw new TimeoutException($"The process ended without {what}. It wrote:\n{Tail()}");
            }

            try
            {
                await more.WaitAsync(timeout.Token);
            }
            catch (OperationCanceledException)
            {
                throw new TimeoutException($"Waited in vain for {what}. Written last:\n{Tail()}");
            }
        }
    }

    /// <summary>The last lines.</summary>
    public string Tail() => string.Join('\n', Lines.TakeLast(Shown));

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private void Signal()
    {
        _more.TrySetResult();
        _more = NewSignal();
    }
}
