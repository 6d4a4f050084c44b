using System.Threading.Channels;
using GenApi.Protocol.Json;
using GenApi.Protocol.Link;

namespace GenApi.Gateway.Nodes.Links;

/// <summary>A part of a stream: a chunk, or how the stream ended.</summary>
/// <param name="Chunk">The chunk; empty where there is none.</param>
/// <param name="End">How the stream ended; null while it goes on. The last chunk may come together with the end.</param>
internal readonly record struct StreamPart(RawJson Chunk, LinkReply? End);

/// <summary>What a stream asks of the side that produces it.</summary>
internal interface IStreamSource
{
    /// <summary>The reader has taken that many bytes; as many more may be sent.</summary>
    void Credit(PendingStream stream, uint bytes);

    /// <summary>Nobody reads any more.</summary>
    void Cancel(PendingStream stream);
}

/// <summary>
/// A stream on its way from its producer to one reader. Holds at most a window of bytes: the producer gets credit for more
/// only as the reader takes what is there, so a reader that stops stops the producer.
/// </summary>
internal sealed class PendingStream(IStreamSource source, uint window) : PendingEntry
{
    /// <summary>The bytes that may be under way, unless a single chunk is larger.</summary>
    public const uint DefaultWindow = 256 * 1024;

    private readonly Channel<StreamPart> _parts = Channel.CreateUnbounded<StreamPart>(new UnboundedChannelOptions { SingleReader = true });
    private long _buffered;
    private uint _taken;
    private bool _ended;

    /// <summary>The bytes that wait for the reader.</summary>
    public long BufferedBytes => Volatile.Read(ref _buffered);

    /// <summary>A chunk has come.</summary>
    /// <exception cref="LinkProtocolException">The producer sends more than it may.</exception>
    public void Add(RawJson chunk)
    {
        var size = chunk.Utf8.Length + FrameLayout.HeaderSize;
        if (Interlocked.Add(ref _buffered, size) > window + (long)size)
        {
            throw new LinkProtocolException("A stream sends more than its window allows.");
        }

        _parts.Writer.TryWrite(new StreamPart(chunk, null));
    }

    public override void Complete(in LinkReply reply)
    {
        _parts.Writer.TryWrite(new StreamPart(reply.Result, reply));
        _parts.Writer.TryComplete();
    }

    /// <summary>The next part. After the one with an end there is none.</summary>
    /// <exception cref="OperationCanceledException">The reader gave up.</exception>
    public async ValueTask<StreamPart> ReadAsync(CancellationToken cancellationToken)
    {
        var part = await _parts.Reader.ReadAsync(cancellationToken).ConfigureAwait(false);
        if (part.End is not null)
        {
            _ended = true;
            return part;
        }

        var size = (uint)(part.Chunk.Utf8.Length + FrameLayout.HeaderSize);
        Interlocked.Add(ref _buffered, -size);
        _taken += size;
        if (_taken >= window / 4)
        {
            source.Credit(this, _taken);
            _taken = 0;
        }

        return part;
    }

    /// <summary>Nobody reads any more: unless the stream has ended, its producer is stopped.</summary>
    public void Stop()
    {
        if (!_ended)
        {
            _ended = true;
            source.Cancel(this);
        }
    }
}
