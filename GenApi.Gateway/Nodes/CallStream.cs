using GenApi.Gateway.Nodes.Links;

namespace GenApi.Gateway.Nodes;

/// <summary>A stream whose first part has been read already.</summary>
internal sealed class CallStream(PendingStream stream, StreamPart first)
{
    private bool _firstRead;

    /// <summary>The next part; after the one with an end there is none.</summary>
    /// <exception cref="OperationCanceledException">The reader gave up.</exception>
    public ValueTask<StreamPart> ReadAsync(CancellationToken cancellationToken)
    {
        if (_firstRead)
        {
            return stream.ReadAsync(cancellationToken);
        }

        _firstRead = true;
        return new(first);
    }

    /// <summary>The bytes that wait for the reader.</summary>
    public long BufferedBytes => stream.BufferedBytes;

    /// <summary>Nobody reads any more: unless the stream has ended, its producer is stopped.</summary>
    public void Stop() => stream.Stop();
}
