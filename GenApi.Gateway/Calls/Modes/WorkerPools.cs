using GenApi.Gateway.Telemetry.Events;
using Microsoft.Extensions.Options;

namespace GenApi.Gateway.Calls.Modes;

/// <summary>The two pools.</summary>
internal sealed class WorkerPools(IOptions<GenApiGatewayOptions> options, GatewayEvents events, TimeProvider time, ILogger<WorkerPool> logger) : IDisposable
{
    /// <summary>For async and fire-and-forget calls.</summary>
    public WorkerPool Async { get; } = new("async", options.Value.AsyncPool, events, time, logger);

    /// <summary>For streams.</summary>
    public WorkerPool Stream { get; } = new("stream", options.Value.StreamPool, events, time, logger);

    public void Dispose()
    {
        Async.Dispose();
        Stream.Dispose();
    }
}
