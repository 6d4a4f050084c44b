using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using GenApi.Node.Calls;
using GenApi.Protocol.Calls;

namespace GenApi.Node.Signatures;

/// <summary>What the invoker needs of a stream writer whose chunk type it does not know.</summary>
internal interface IStreamWriterCompletion
{
    /// <summary>Completes the stream unless the function has done so itself.</summary>
    ValueTask CompleteAsync();
}

/// <summary>An <see cref="IStreamWriter{T}"/> over the output of one call.</summary>
internal sealed class StreamWriter<T>(ICallOutput output, JsonTypeInfo<T> type, CancellationToken cancellationToken)
    : IStreamWriter<T>, IStreamWriterCompletion
{
    private int _complete;

    public ValueTask SendResultAsync(T chunk)
    {
        ThrowIfComplete(Volatile.Read(ref _complete));
        return output.ItemAsync(chunk, type, cancellationToken);
    }

    public ValueTask SendLastResultAsync(T chunk)
    {
        ThrowIfComplete(Interlocked.Exchange(ref _complete, 1));
        return output.LastItemAsync(chunk, type, cancellationToken);
    }

    public ValueTask SendCompleteAsync()
    {
        ThrowIfComplete(Interlocked.Exchange(ref _complete, 1));
        return output.EndAsync(cancellationToken);
    }

    public ValueTask SendErrorAsync(string message)
    {
        ThrowIfComplete(Interlocked.Exchange(ref _complete, 1));
        return output.ErrorAsync(new CallError(ErrorCode.FunctionError, message), cancellationToken);
    }

    public ValueTask CompleteAsync() =>
        Interlocked.Exchange(ref _complete, 1) == 0 ? output.EndAsync(cancellationToken) : ValueTask.CompletedTask;

    private static void ThrowIfComplete(int complete)
    {
        if (complete != 0)
        {
            throw new InvalidOperationException("The stream is complete; nothing can be sent on it any more.");
        }
    }
}

/// <summary>Makes stream writers of one chunk type.</summary>
internal abstract class StreamWriterFactory
{
    public abstract IStreamWriterCompletion Create(ICallOutput output, CancellationToken cancellationToken);

    public static StreamWriterFactory For(Type writerType, JsonSerializerOptions options)
    {
        var chunk = writerType.GetGenericArguments()[0];
        return (StreamWriterFactory)Activator.CreateInstance(typeof(Of<>).MakeGenericType(chunk), options.GetTypeInfo(chunk))!;
    }

    private sealed class Of<T>(JsonTypeInfo<T> type) : StreamWriterFactory
    {
        public override IStreamWriterCompletion Create(ICallOutput output, CancellationToken cancellationToken) =>
            new StreamWriter<T>(output, type, cancellationToken);
    }
}
