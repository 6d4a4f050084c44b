using GenApi.Gateway.Nodes.Links;
using GenApi.Node.Link;

namespace GenApi.Gateway.Nodes.Local;

/// <summary>The producing end of a stream in this process: the same window as over a link, without the link.</summary>
internal sealed class LocalStreamSource : IStreamSource, IDisposable
{
    private readonly CancellationTokenSource _stopped = new();

    public StreamWindow Window { get; } = new(PendingStream.DefaultWindow);

    /// <summary>Ends when nobody reads any more.</summary>
    public CancellationToken Stopped => _stopped.Token;

    public void Credit(PendingStream stream, uint bytes) => Window.Add(bytes);

    public void Cancel(PendingStream stream)
    {
        try
        {
            _ = _stopped.CancelAsync();
        }
        catch (ObjectDisposedException)
        {
            // The function has just ended by itself.
        }
    }

    public void Dispose() => _stopped.Dispose();
}
