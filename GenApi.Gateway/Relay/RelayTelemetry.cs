using System.Diagnostics.Metrics;
using GenApi.Gateway.Telemetry;
using GenApi.Protocol.Calls;

namespace GenApi.Gateway.Relay;

/// <summary>What is measured of groups.</summary>
internal sealed class RelayTelemetry
{
    private readonly Counter<long> _messages;
    private readonly Counter<long> _deliveries;
    private readonly Counter<long> _dropped;

    public RelayTelemetry(IMeterFactory meters)
    {
        var meter = meters.Create(CallTelemetry.SourceName);
        _messages = meter.CreateCounter<long>("genapi.relay.messages", unit: "{message}", description: "Messages that members sent, by outcome.");
        _deliveries = meter.CreateCounter<long>("genapi.relay.deliveries", unit: "{message}", description: "Messages handed to connections of this gateway.");
        _dropped = meter.CreateCounter<long>("genapi.relay.dropped", unit: "{message}", description: "Messages that were not delivered, by reason.");
    }

    public void Sent(CallError? error) => _messages.Add(1, new KeyValuePair<string, object?>("genapi.code", error?.Code.Name ?? "ok"));

    public void Delivered(int connections) => _deliveries.Add(connections);

    /// <summary>Messages of one connection that takes them too slowly.</summary>
    public void DroppedForSlowConnection(int messages) => Dropped(messages, "slow_connection");

    /// <summary>Messages of a group whose members could not be looked up.</summary>
    public void DroppedForUnknownMembers(int messages) => Dropped(messages, "unknown_members");

    private void Dropped(int messages, string reason) => _dropped.Add(messages, new KeyValuePair<string, object?>("genapi.reason", reason));
}
