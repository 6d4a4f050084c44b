using Microsoft.Extensions.Options;

namespace GenApi.Gateway.Calls.Modes;

/// <summary>The two pools.</summary>
internal sealed class WorkerPools(IOptions<GenApiGatewayOptions> options, TimeProvider time, ILogger<WorkerPool> logger) : IDisposable
{
    /// <summary>For async and fire-and-forget calls.</summary>
    public WorkerPool Async { get; } = new("async", options.Value.AsyncPool, time, logger);

    /// <summary>For streams.</summary>
    public WorkerPool Stream { get; } = new("stream", options.Value.StreamPool, time, logger);

    public void Dispose()
    {
        Async.Dispose();
        Stream.Dispose();
    }
}
