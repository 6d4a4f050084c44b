using System.Net;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.SignalR.Client;
using Microsoft.Extensions.DependencyInjection;

namespace GenApi.Testing.SignalR;

/// <summary>Microsoft's SignalR client, an implementation of the protocol that is not ours. Its core has no transport, so a WebSocket is brought to it here.</summary>
public static class HubClients
{
    /// <summary>A connection to the hub, which is still to be started.</summary>
    /// <param name="gateway">The gateway's base address.</param>
    /// <param name="token">The client's token; null: none.</param>
    /// <param name="tokenInQuery">Whether the token goes in the query rather than the Authorization header.</param>
    public static HubConnection To(Uri gateway, string? token, bool tokenInQuery = false)
    {
        var address = new UriBuilder(gateway)
        {
            Scheme = Uri.UriSchemeWs,
            Path = "/genapi",
            Query = tokenInQuery && token is not null ? $"access_token={Uri.EscapeDataString(token)}" : "",
        };
        var builder = new HubConnectionBuilder();
        builder.Services.AddSingleton<EndPoint>(new UriEndPoint(address.Uri));
        builder.Services.AddSingleton<IConnectionFactory>(new WebSocketConnectionFactory(tokenInQuery ? null : token));
        return builder.Build();
    }

    /// <summary>Connects to the hub.</summary>
    /// <inheritdoc cref="To" />
    public static async Task<HubConnection> ConnectAsync(Uri gateway, string? token, bool tokenInQuery = false)
    {
        var connection = To(gateway, token, tokenInQuery);
        await connection.StartAsync(Wait.Ended);
        return connection;
    }
}
