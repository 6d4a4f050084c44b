using GenApi.Protocol.Calls;

namespace GenApi.Gateway.Entry;

/// <summary>What became of an async call that came by HTTP.</summary>
internal enum ResultState
{
    /// <summary>No such call, or not this user's.</summary>
    Unknown,

    /// <summary>The answer is not there yet.</summary>
    Pending,

    /// <summary>The answer is there.</summary>
    Ready,

    /// <summary>The answer was fetched, or its time is over.</summary>
    Gone,
}

/// <summary>Where the answers of async calls wait to be fetched, for one gateway or for many.</summary>
internal interface IResultStore
{
    /// <summary>Notes a call whose answer will come. False: a call of that id is there already, or the store is full.</summary>
    Task<bool> TryBeginAsync(string owner, string requestId, CancellationToken cancellationToken);

    /// <summary>Keeps the answer until it is fetched or its time is over.</summary>
    Task CompleteAsync(string owner, string requestId, CallResponse response, CancellationToken cancellationToken);

    /// <summary>Forgets a call that did not come about.</summary>
    Task AbandonAsync(string owner, string requestId, CancellationToken cancellationToken);

    /// <summary>Fetches an answer, which can be done once.</summary>
    /// <exception cref="Storage.StorageUnavailableException">The store is away.</exception>
    Task<(ResultState State, CallResponse? Response)> TakeAsync(string owner, string requestId, CancellationToken cancellationToken);
}
