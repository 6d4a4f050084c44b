namespace GenApi.Gateway.Telemetry.Events;

/// <summary>Hands on what the filter wants: a diagnostic listener tells every observer what any of them has asked for.</summary>
internal sealed class WantedEvents(IObserver<KeyValuePair<string, object?>> observer, EventFilter filter) : IObserver<KeyValuePair<string, object?>>
{
    public void OnNext(KeyValuePair<string, object?> happened)
    {
        if (filter.Wants(happened.Key))
        {
            observer.OnNext(happened);
        }
    }

    public void OnCompleted() => observer.OnCompleted();

    public void OnError(Exception error) => observer.OnError(error);
}
