namespace GenApi.AppHost.LocalCluster;

/// <summary>Keeps one process of the cluster running: starts it, waits until it is ready, and starts it again if it ends unasked.</summary>
internal sealed class SupervisedProcess(ProcessPlan plan, OrphanGuard? guard, ClusterLog log, TimeProvider time)
{
    /// <summary>A process that never became ready is not tried more often than this.</summary>
    private const int AttemptsToStart = 3;

    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(0.5);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan ProvenAfter = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan ProbePause = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan SlowAfter = TimeSpan.FromSeconds(30);

    private readonly TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _lock = new();
    private ChildProcess? _child;
    private bool _stopping;

    /// <summary>What runs.</summary>
    public ProcessPlan Plan { get; } = plan;

    /// <summary>Ends when the process is ready for the first time. Fails with <see cref="LaunchException"/> if it never will be.</summary>
    public Task Ready => _ready.Task;

    /// <summary>From the start of the process until it was ready.</summary>
    public TimeSpan TimeToReady { get; private set; }

    /// <summary>Id of the running process, or null between two runs.</summary>
    public int? Pid
    {
        get
        {
            lock (_lock)
            {
                return _child?.Id;
            }
        }
    }

    /// <summary>Runs the process until it is told to stop or cannot be started.</summary>
    public async Task RunAsync(CancellationToken stopping)
    {
        var pause = FirstPause;
        for (var attempt = 1; ; attempt++)
        {
            var started = time.GetTimestamp();
            var child = TryStart();
            if (child is null)
            {
                _ready.TrySetCanceled(CancellationToken.None);
                return;
            }

            using (child)
            {
                using var ended = CancellationTokenSource.CreateLinkedTokenSource(stopping);
                var probing = ProbeAsync(started, attempt, ended.Token);
                var how = await child.Exited;
                await ended.CancelAsync();
                await probing;
                if (!Release())
                {
                    _ready.TrySetCanceled(CancellationToken.None);
                    return;
                }

                if (!Ready.IsCompletedSuccessfully && attempt == AttemptsToStart)
                {
                    _ready.TrySetException(new LaunchException($"{Plan.Name} {how}, {AttemptsToStart} times in a row, and was never ready. Its output above says why."));
                    return;
                }

                pause = time.GetElapsedTime(started) > ProvenAfter ? FirstPause : pause;
                log.Say($"{Plan.Name} (pid {child.Id}) {how}. Starting it again in {pause.TotalSeconds:0.#} s.");
            }

            try
            {
                await Task.Delay(pause, time, stopping);
            }
            catch (OperationCanceledException)
            {
                _ready.TrySetCanceled(CancellationToken.None);
                return;
            }

            pause = pause * 2 > LongestPause ? LongestPause : pause * 2;
        }
    }

    /// <summary>Asks the process to end; it is not started again.</summary>
    public void AskToStop()
    {
        lock (_lock)
        {
            _stopping = true;
            _child?.AskToStop();
        }
    }

    /// <summary>Ends the process at once; it is not started again.</summary>
    /// <returns>Whether there was one to end.</returns>
    public bool Kill()
    {
        lock (_lock)
        {
            _stopping = true;
            _child?.Kill();
            return _child is not null;
        }
    }

    private ChildProcess? TryStart()
    {
        lock (_lock)
        {
            return _stopping ? null : _child = ChildProcess.Start(Plan, guard, log);
        }
    }

    private bool Release()
    {
        lock (_lock)
        {
            _child = null;
            return !_stopping;
        }
    }

    private async Task ProbeAsync(long started, int attempt, CancellationToken cancellationToken)
    {
        try
        {
            var warned = false;
            while (Plan.Probe is not null && await Plan.Probe.AskAsync(cancellationToken) is { } problem)
            {
                if (!warned && time.GetElapsedTime(started) > SlowAfter)
                {
                    warned = true;
                    log.Say($"{Plan.Name} is not ready after {SlowAfter.TotalSeconds:0} s: {problem}. Waiting on.");
                }

                await Task.Delay(ProbePause, time, cancellationToken);
            }

            if (!Ready.IsCompleted)
            {
                TimeToReady = time.GetElapsedTime(started);
                _ready.TrySetResult();
            }
            else if (attempt > 1)
            {
                log.Say($"{Plan.Name} is ready again.");
            }
        }
        catch (OperationCanceledException)
        {
            // It ended, or it is to end.
        }
    }
}
