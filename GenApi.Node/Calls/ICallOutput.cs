using System.Text.Json.Serialization.Metadata;
using GenApi.Protocol.Calls;

namespace GenApi.Node.Calls;

/// <summary>Where a running function's answer goes: over a link, or to a gateway in the same process.</summary>
internal interface ICallOutput
{
    /// <summary>The function has returned this value.</summary>
    ValueTask ResultAsync<T>(T value, JsonTypeInfo<T> type, CancellationToken cancellationToken);

    /// <summary>The function has produced one more chunk. Completes when the receiver can take the next.</summary>
    ValueTask ItemAsync<T>(T item, JsonTypeInfo<T> type, CancellationToken cancellationToken);

    /// <summary>The function has produced a chunk and says that it is the last.</summary>
    ValueTask LastItemAsync<T>(T item, JsonTypeInfo<T> type, CancellationToken cancellationToken);

    /// <summary>The function has no more chunks.</summary>
    ValueTask EndAsync(CancellationToken cancellationToken);

    /// <summary>The function has failed.</summary>
    ValueTask ErrorAsync(CallError error, CancellationToken cancellationToken);
}
