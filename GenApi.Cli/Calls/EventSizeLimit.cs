namespace GenApi.Cli.Calls;

/// <summary>
/// Bounds each event of a stream. The parser collects an event whole, however large it grows; it reads on only for the sake of
/// the event it is at, so the bytes read since the last event are a measure of it.
/// </summary>
/// <param name="inner">The stream of events.</param>
/// <param name="maxEventBytes">The largest event, in bytes.</param>
internal sealed class EventSizeLimit(Stream inner, int maxEventBytes) : Stream
{
    private long _sinceEvent;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>An event is complete; the next one begins.</summary>
    public void StartEvent() => _sinceEvent = 0;

    public override int Read(byte[] buffer, int offset, int count) => Counted(inner.Read(buffer, offset, count));

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        Counted(await inner.ReadAsync(buffer, cancellationToken));

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override void Flush()
    {
        // Nothing is written here.
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            inner.Dispose();
        }

        base.Dispose(disposing);
    }

    private int Counted(int read)
    {
        _sinceEvent += read;
        return _sinceEvent <= maxEventBytes
            ? read
            : throw new CliException($"The stream carries an event larger than {maxEventBytes / (1024 * 1024)} MiB, the most that genapi takes.");
    }
}
