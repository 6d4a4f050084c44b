using Microsoft.AspNetCore.SignalR;

namespace GenApi.Gateway.Relay;

/// <summary>Where the messages for one connection go.</summary>
internal interface IMessageSink
{
    /// <summary>Sends one message; completes when the next can be sent.</summary>
    ValueTask SendAsync(OutgoingMessage message);
}

/// <summary>A connection to the hub.</summary>
internal sealed class HubMessageSink(HubConnectionContext connection) : IMessageSink
{
    public ValueTask SendAsync(OutgoingMessage message) => connection.WriteAsync(message.Hub, connection.ConnectionAborted);
}
