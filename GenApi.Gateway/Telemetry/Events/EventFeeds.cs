using System.Text.Json;
using GenApi.Gateway.Diagnostics.Live;
using Microsoft.Extensions.Options;

namespace GenApi.Gateway.Telemetry.Events;

/// <summary>The clients that listen to <c>GET /admin/events</c>, each with a buffer of its own.</summary>
internal sealed class EventFeeds(GatewayEvents events, IOptions<GenApiGatewayOptions> options)
{
    private int _open;

    /// <summary>The clients that listen now.</summary>
    public int Open => Volatile.Read(ref _open);

    /// <summary>Starts to gather events for one more client; null: too many listen already.</summary>
    public IResult? TryOpen(EventFilter filter)
    {
        if (Interlocked.Increment(ref _open) > options.Value.Telemetry.MaxEventListeners)
        {
            Interlocked.Decrement(ref _open);
            return null;
        }

        return new Feed(this, new LiveBuffer<GatewayEvent>(options.Value.Telemetry.EventBuffer), filter);
    }

    private sealed class Feed : LiveLines<GatewayEvent>, IObserver<KeyValuePair<string, object?>>
    {
        /// <summary>What a client that reads too slowly is told.</summary>
        private const string DroppedName = EventNames.Prefix + "events.dropped";

        private readonly EventFeeds _owner;
        private readonly LiveBuffer<GatewayEvent> _buffer;
        private readonly IDisposable _subscription;

        public Feed(EventFeeds owner, LiveBuffer<GatewayEvent> buffer, EventFilter filter)
            : base(buffer)
        {
            _owner = owner;
            _buffer = buffer;
            _subscription = owner.Events.Subscribe(this, filter);
        }

        public void OnNext(KeyValuePair<string, object?> happened)
        {
            if (happened.Value is GatewayEvent gatewayEvent)
            {
                _buffer.Add(gatewayEvent);
            }
        }

        public void OnCompleted() => _buffer.Complete();

        public void OnError(Exception error) => _buffer.Complete();

        protected override void Write(Utf8JsonWriter writer, GatewayEvent item) => EventJson.Write(writer, item);

        protected override void WriteDropped(Utf8JsonWriter writer, long dropped, long total)
        {
            writer.WriteStartObject();
            writer.WriteString("event", DroppedName);
            writer.WriteStartObject("measurements");
            writer.WriteNumber("count", dropped);
            writer.WriteNumber("total", total);
            writer.WriteEndObject();
            writer.WriteStartObject("metadata");
            writer.WriteEndObject();
            writer.WriteEndObject();
        }

        protected override void Left()
        {
            _subscription.Dispose();
            _buffer.Complete();
            Interlocked.Decrement(ref _owner._open);
        }
    }

    private GatewayEvents Events => events;
}
