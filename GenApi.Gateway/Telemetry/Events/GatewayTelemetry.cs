using System.Collections.Concurrent;

namespace GenApi.Gateway.Telemetry.Events;

/// <summary>The handlers that are attached in this process.</summary>
internal sealed partial class GatewayTelemetry(GatewayEvents events, EventFeeds feeds, ILogger<GatewayTelemetry> logger) : IGatewayTelemetry, IDisposable
{
    private readonly ConcurrentDictionary<string, Handler> _handlers = new(StringComparer.Ordinal);

    public IReadOnlyList<string> Handlers => [.. _handlers.Keys.Order(StringComparer.Ordinal)];

    public void Attach(string handlerId, Action<GatewayEvent> handler, params IReadOnlyCollection<string> wanted)
    {
        ArgumentException.ThrowIfNullOrEmpty(handlerId);
        ArgumentNullException.ThrowIfNull(handler);
        ArgumentNullException.ThrowIfNull(wanted);
        var filter = Filter(wanted);
        var attached = new Handler(this, handlerId, handler);
        if (!_handlers.TryAdd(handlerId, attached))
        {
            throw new InvalidOperationException($"A handler with the id '{handlerId}' is attached; detach it first, or use another id.");
        }

        attached.Start(events.Subscribe(attached, filter));
    }

    public bool Detach(string handlerId)
    {
        if (!_handlers.TryRemove(handlerId, out var handler))
        {
            return false;
        }

        handler.Dispose();
        return true;
    }

    public IAsyncEnumerable<GatewayEvent> ReadAsync(IReadOnlyCollection<string> wanted, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(wanted);
        return feeds.ReadAsync(Filter(wanted), cancellationToken);
    }

    public void Dispose()
    {
        foreach (var handlerId in _handlers.Keys)
        {
            Detach(handlerId);
        }
    }

    private static EventFilter Filter(IReadOnlyCollection<string> wanted) => EventFilter.Read(wanted, out var fault) ?? throw new ArgumentException(fault);

    private sealed class Handler(GatewayTelemetry owner, string id, Action<GatewayEvent> handler) : IObserver<KeyValuePair<string, object?>>, IDisposable
    {
        private readonly Lock _gate = new();
        private IDisposable? _subscription;
        private volatile bool _detached;

        public void Start(IDisposable subscription)
        {
            lock (_gate)
            {
                if (!_detached)
                {
                    _subscription = subscription;
                    return;
                }
            }

            // It was detached while it was being attached.
            subscription.Dispose();
        }

        public void OnNext(KeyValuePair<string, object?> happened)
        {
            if (_detached || happened.Value is not GatewayEvent gatewayEvent)
            {
                return;
            }

            try
            {
                handler(gatewayEvent);
            }
            catch (Exception fault)
            {
                // It would throw again at the next event, and each of those may be a call.
                Log.HandlerThrew(owner.Logger, fault, id, happened.Key);
                if (owner._handlers.TryRemove(new(id, this)))
                {
                    Dispose();
                }
            }
        }

        public void OnCompleted()
        {
            // The gateway has ended.
        }

        public void OnError(Exception error)
        {
            // The diagnostic listener has no errors to report.
        }

        public void Dispose()
        {
            lock (_gate)
            {
                _detached = true;
                _subscription?.Dispose();
            }
        }
    }

    private ILogger Logger => logger;

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "The telemetry handler {Handler} threw at the event {Event}; it is detached.")]
        public static partial void HandlerThrew(ILogger logger, Exception fault, string handler, string @event);
    }
}
