namespace GenApi.Node.Link;

/// <summary>
/// How many more bytes a stream may send. It may overdraw by one chunk, so that a chunk larger than the window still
/// passes; then it waits for credit.
/// </summary>
internal sealed class StreamWindow(uint initial)
{
    private readonly Lock _gate = new();
    private long _left = initial;
    private TaskCompletionSource? _awaited;

    public void Add(uint bytes)
    {
        lock (_gate)
        {
            _left += bytes;
            if (_left > 0)
            {
                _awaited?.TrySetResult();
                _awaited = null;
            }
        }
    }

    /// <summary>Completes when the bytes may be sent.</summary>
    public async ValueTask TakeAsync(int bytes, CancellationToken cancellationToken)
    {
        while (true)
        {
            Task credit;
            lock (_gate)
            {
                if (_left > 0)
                {
                    _left -= bytes;
                    return;
                }

                _awaited ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                credit = _awaited.Task;
            }

            await credit.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }
}
