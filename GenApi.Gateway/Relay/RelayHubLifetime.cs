using GenApi.Gateway.Entry;
using GenApi.Gateway.Security;
using Microsoft.AspNetCore.SignalR;
using Microsoft.Extensions.Options;

namespace GenApi.Gateway.Relay;

/// <summary>SignalR's own keeper of connections, which also shows those of verified users to the groups.</summary>
internal sealed class RelayHubLifetime(
    RelayUsers users,
    RelayTelemetry telemetry,
    IOptionsMonitor<GenApiGatewayOptions> options,
    ILogger<DefaultHubLifetimeManager<GenApiHub>> logger) : DefaultHubLifetimeManager<GenApiHub>(logger)
{
    public override async Task OnConnectedAsync(HubConnectionContext connection)
    {
        await base.OnConnectedAsync(connection).ConfigureAwait(false);
        if (Caller.Of(connection.User, null).UserId is { } userId)
        {
            var relay = new RelayConnection(userId, new HubMessageSink(connection), options.CurrentValue.Relay, telemetry);
            connection.Features.Set(relay);
            users.Add(relay);
        }
    }

    public override async Task OnDisconnectedAsync(HubConnectionContext connection)
    {
        if (connection.Features.Get<RelayConnection>() is { } relay)
        {
            users.Remove(relay);
        }

        await base.OnDisconnectedAsync(connection).ConfigureAwait(false);
    }
}
