using GenApi.Protocol.Calls;
using GenApi.Protocol.Json;
using Microsoft.AspNetCore.SignalR;
using Microsoft.AspNetCore.SignalR.Protocol;

namespace GenApi.Gateway.Relay;

/// <summary>A message on its way to connections: written once, however many they are.</summary>
internal sealed class OutgoingMessage(string eventName, GroupNotice notice)
{
    public int Bytes { get; } = notice.Message.Length;

    public SerializedHubMessage Hub { get; } = new(new InvocationMessage(
        eventName,
        [new CallResponse { RequestId = notice.MessageId, Success = true, Async = true, Result = new RawJson(notice.Message) }]));
}
