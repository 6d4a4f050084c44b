namespace GenApi.Node.Calls;

/// <summary>
/// Sends a stream's chunks from wherever the function produces them, for functions that do not read well as an
/// <see cref="IAsyncEnumerable{T}"/>. A function that takes a parameter of this type is a stream; when it returns, the
/// stream is complete.
/// </summary>
/// <typeparam name="T">The type of the chunks.</typeparam>
public interface IStreamWriter<in T>
{
    /// <summary>Sends one chunk (the seed's <c>send_result</c>). Completes when the client can take the next.</summary>
    /// <exception cref="InvalidOperationException">The stream is complete already.</exception>
    /// <exception cref="OperationCanceledException">Nobody reads the stream any more.</exception>
    ValueTask SendResultAsync(T chunk);

    /// <summary>Sends the last chunk and completes the stream (the seed's <c>send_last_result</c>).</summary>
    /// <exception cref="InvalidOperationException">The stream is complete already.</exception>
    ValueTask SendLastResultAsync(T chunk);

    /// <summary>Completes the stream without a further chunk (the seed's <c>send_complete</c>).</summary>
    /// <exception cref="InvalidOperationException">The stream is complete already.</exception>
    ValueTask SendCompleteAsync();

    /// <summary>Ends the stream with an error (the seed's <c>send_error</c>).</summary>
    /// <param name="message">Why; shown to the caller only where the gateway runs with <c>detail_error</c> on.</param>
    /// <exception cref="InvalidOperationException">The stream is complete already.</exception>
    ValueTask SendErrorAsync(string message);
}
