using GenApi.Gateway.Calls;
using GenApi.Gateway.Calls.Modes;
using GenApi.Protocol.Calls;

namespace GenApi.Gateway.Entry;

/// <summary>Keeps the later answer to a call by HTTP until its user fetches it.</summary>
internal sealed class StoredAnswerSink(IResultStore results, Call call) : IAnswerSink
{
    /// <summary>Only the user who called may fetch the answer.</summary>
    public string Owner { get; } = call.UserId ?? "";

    public CancellationToken Gone => CancellationToken.None;

    public async ValueTask DeliverAsync(CallResponse response) =>
        await results.CompleteAsync(Owner, response.RequestId, response, CancellationToken.None).ConfigureAwait(false);
}
