using GenApi.Gateway.Calls.Modes;
using GenApi.Protocol.Calls;
using Microsoft.AspNetCore.SignalR;

namespace GenApi.Gateway.Entry;

/// <summary>Delivers later answers to one hub connection by event.</summary>
internal sealed class HubAnswerSink(ISingleClientProxy client, string connectionId, string eventName, CancellationToken gone) : IAnswerSink
{
    public string Owner => connectionId;

    public CancellationToken Gone => gone;

    public async ValueTask DeliverAsync(CallResponse response)
    {
        try
        {
            await client.SendAsync(eventName, response, gone).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // The connection has just ended; there is nobody to deliver to.
        }
    }
}
