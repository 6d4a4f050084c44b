namespace GenApi.Gateway.Storage;

/// <summary>
/// Ends waits that last too long. A timer for each of very many short waits costs more than the waits; so all that begin within a
/// quarter of the timeout share one, and end after the timeout or up to a quarter of it later.
/// </summary>
internal sealed class SharedTimeout(TimeSpan timeout, TimeProvider time) : IDisposable
{
    private readonly Lock _renewing = new();
    private volatile Slice _current = new(long.MinValue, new());

    /// <summary>Ends when a wait that begins now has lasted too long.</summary>
    public CancellationToken Token
    {
        get
        {
            var slice = _current;
            return time.GetTimestamp() < slice.Until ? slice.Source.Token : Renew();
        }
    }

    public void Dispose() => _current.Source.Dispose();

    private CancellationToken Renew()
    {
        lock (_renewing)
        {
            var now = time.GetTimestamp();
            if (now >= _current.Until)
            {
                var length = timeout / 4;

                // The one before is still waited for, and goes when its time is up.
                _current = new(now + (long)(length.TotalSeconds * time.TimestampFrequency), new CancellationTokenSource(timeout + length, time));
            }

            return _current.Source.Token;
        }
    }

    private sealed record Slice(long Until, CancellationTokenSource Source);
}
