namespace GenApi.Gateway.Telemetry.Events;

/// <summary>
/// Lets code of the gateway's own process hear its events (the seed's <c>attach_telemetry</c> and <c>detach_telemetry</c>).
/// Code that knows nothing of GenApi can subscribe to the diagnostic listener <see cref="EventNames.ListenerName"/> instead.
/// </summary>
public interface IGatewayTelemetry
{
    /// <summary>The ids of the handlers that are attached.</summary>
    IReadOnlyList<string> Handlers { get; }

    /// <summary>
    /// Calls a handler for each event, on the thread on which it happens and before the gateway goes on, so it should be quick
    /// and must not wait. A handler that throws is detached, with a line in the log.
    /// </summary>
    /// <param name="handlerId">The handler's own id, by which it is detached.</param>
    /// <param name="handler">What to call.</param>
    /// <param name="events">
    /// Names of events, with <c>*</c> for any letters, such as <c>executor.*</c>; <c>genapi.</c> may be left out. None: all events.
    /// </param>
    /// <exception cref="ArgumentException">The id is empty, or no event has such a name; the message lists the names.</exception>
    /// <exception cref="InvalidOperationException">A handler of that id is attached.</exception>
    void Attach(string handlerId, Action<GatewayEvent> handler, params IReadOnlyCollection<string> events);

    /// <summary>Ends what <see cref="Attach"/> began. Events that are being handled at this moment may still be on their way.</summary>
    /// <returns>False: no handler of that id is attached.</returns>
    bool Detach(string handlerId);

    /// <summary>
    /// The events as they happen, from the first step of the enumeration on and until it ends. They wait for the reader in a buffer of
    /// <c>GenApi:Telemetry:EventBuffer</c> events; what finds no room is dropped, and told by an event <see cref="EventNames.EventsDropped"/>.
    /// </summary>
    /// <param name="events">As in <see cref="Attach"/>.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <exception cref="ArgumentException">No event has such a name; the message lists the names.</exception>
    /// <exception cref="InvalidOperationException">At the first step: <c>GenApi:Telemetry:MaxEventListeners</c> read already.</exception>
    IAsyncEnumerable<GatewayEvent> ReadAsync(IReadOnlyCollection<string> events, CancellationToken cancellationToken = default);
}
