using System.Collections.Concurrent;
using GenApi.Gateway.Telemetry.Events;
using GenApi.Gateway.Tests.Cluster;
using Microsoft.Extensions.DependencyInjection;

namespace GenApi.Gateway.Tests.Events;

/// <summary>Keeps the events of a gateway from its creation on.</summary>
internal sealed class Heard : IDisposable
{
    private readonly ConcurrentQueue<GatewayEvent> _events = new();
    private readonly IGatewayTelemetry _telemetry;
    private readonly string _id = Guid.NewGuid().ToString("N");

    public Heard(TestCluster cluster, params IReadOnlyCollection<string> filter)
    {
        _telemetry = cluster.Gateway.Services.GetRequiredService<IGatewayTelemetry>();
        _telemetry.Attach(_id, _events.Enqueue, filter);
    }

    public IReadOnlyList<GatewayEvent> All => [.. _events];

    /// <summary>Waits for an event of that name whose metadata fits.</summary>
    public async Task<GatewayEvent<TMeasurements, TMetadata>> OneAsync<TMeasurements, TMetadata>(string name, Func<TMetadata, bool> fits)
        where TMeasurements : class
        where TMetadata : class
    {
        GatewayEvent<TMeasurements, TMetadata>? found = null;
        await Wait.UntilAsync(
            () => (found = _events.OfType<GatewayEvent<TMeasurements, TMetadata>>().FirstOrDefault(happened => happened.Name == name && fits(happened.Metadata))) is not null,
            name);
        return found!;
    }

    public void Dispose() => _telemetry.Detach(_id);
}
