using System.Runtime.CompilerServices;
using GenApi.Gateway.Diagnostics.Live;
using Microsoft.Extensions.Options;

namespace GenApi.Gateway.Telemetry.Events;

/// <summary>Those who read events as they happen, each with a buffer of its own.</summary>
internal sealed class EventFeeds(GatewayEvents events, IOptions<GenApiGatewayOptions> options, TimeProvider time)
{
    private int _open;

    /// <summary>Those who read now.</summary>
    public int Open => Volatile.Read(ref _open);

    /// <summary>The events that happen from the first step of the enumeration on, which fails where too many read already.</summary>
    public async IAsyncEnumerable<GatewayEvent> ReadAsync(EventFilter filter, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var most = options.Value.Telemetry.MaxEventListeners;
        if (Interlocked.Increment(ref _open) > most)
        {
            Interlocked.Decrement(ref _open);
            throw new InvalidOperationException($"{most} clients listen to events already, the most that GenApi:Telemetry:MaxEventListeners allows.");
        }

        try
        {
            var buffer = new LiveBuffer<GatewayEvent>(options.Value.Telemetry.EventBuffer);
            using var subscription = events.Subscribe(new Feed(buffer), filter);
            await foreach (var happened in buffer.ReadAllAsync(Dropped, cancellationToken).ConfigureAwait(false))
            {
                yield return happened;
            }
        }
        finally
        {
            Interlocked.Decrement(ref _open);
        }
    }

    private GatewayEvent Dropped(long count, long total) =>
        new GatewayEvent<DroppedMeasurements, NoMetadata>(EventNames.EventsDropped, time.GetUtcNow(), new(count, total), NoMetadata.Instance);

    private sealed class Feed(LiveBuffer<GatewayEvent> buffer) : IObserver<KeyValuePair<string, object?>>
    {
        public void OnNext(KeyValuePair<string, object?> happened)
        {
            if (happened.Value is GatewayEvent gatewayEvent)
            {
                buffer.Add(gatewayEvent);
            }
        }

        public void OnCompleted() => buffer.Complete();

        public void OnError(Exception error) => buffer.Complete();
    }
}
