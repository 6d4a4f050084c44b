using System.Diagnostics.Metrics;
using GenApi.Gateway.Telemetry;
using GenApi.Gateway.Telemetry.Events;

namespace GenApi.Gateway.Relay;

/// <summary>What is measured of groups, and told of them.</summary>
internal sealed class RelayTelemetry
{
    private readonly Counter<long> _messages;
    private readonly Counter<long> _deliveries;
    private readonly Counter<long> _dropped;
    private readonly GatewayEvents _events;

    public RelayTelemetry(IMeterFactory meters, GatewayEvents events)
    {
        _events = events;
        var meter = meters.Create(CallTelemetry.SourceName);
        _messages = meter.CreateCounter<long>("genapi.relay.messages", unit: "{message}", description: "Messages that members sent, by outcome.");
        _deliveries = meter.CreateCounter<long>("genapi.relay.deliveries", unit: "{message}", description: "Messages handed to connections of this gateway.");
        _dropped = meter.CreateCounter<long>("genapi.relay.dropped", unit: "{message}", description: "Messages that were not delivered, by reason.");
    }

    /// <summary>A member has sent a message, or was not allowed to.</summary>
    /// <param name="groupId">The group.</param>
    /// <param name="userId">The sender.</param>
    /// <param name="sent">What came of it.</param>
    /// <param name="started">When the message came in, as a timestamp.</param>
    public void Sent(string groupId, string userId, in Outcome<RelayedMessage> sent, long started)
    {
        _messages.Add(1, new KeyValuePair<string, object?>("genapi.code", sent.Error?.Code.Name ?? "ok"));
        if (sent.Value is { } relayed)
        {
            _events.MessageRelayed(groupId, null, userId, relayed.RecipientsCount, started);
        }
    }

    /// <summary>A group, or a member of it, has changed.</summary>
    /// <param name="change">How.</param>
    /// <param name="type">The group's type; null: not known here.</param>
    public void Changed(RelayAnswer change, GroupType? type)
    {
        var typeName = type is { } known ? GroupTypes.NameOf(known) : null;
        switch (change)
        {
            case { Status: "created" }:
                _events.GroupCreated(change.GroupId, typeName, change.UserId);
                break;
            case { Status: "deleted" }:
                _events.GroupDeleted(change.GroupId, typeName, change.UserId);
                break;
            default:
                _events.MemberChanged(change.GroupId, typeName, change.UserId, change.State switch
                {
                    MemberState.Pending => "pending",
                    MemberState.Active => "active",
                    MemberState.Muted => "muted",
                    _ => "left",
                });
                break;
        }
    }

    public void Delivered(int connections) => _deliveries.Add(connections);

    /// <summary>Messages of one connection that takes them too slowly.</summary>
    public void DroppedForSlowConnection(string userId, int messages)
    {
        Dropped(messages, "slow_connection");
        _events.MessagesDropped(userId, messages);
    }

    /// <summary>Messages of a group whose members could not be looked up.</summary>
    public void DroppedForUnknownMembers(int messages) => Dropped(messages, "unknown_members");

    private void Dropped(int messages, string reason) => _dropped.Add(messages, new KeyValuePair<string, object?>("genapi.reason", reason));
}
