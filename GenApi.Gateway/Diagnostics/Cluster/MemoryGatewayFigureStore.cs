namespace GenApi.Gateway.Diagnostics.Cluster;

/// <summary>Without Redis there is only this gateway.</summary>
internal sealed class MemoryGatewayFigureStore : IGatewayFigureStore
{
    private volatile GatewayFigures? _own;

    public Task PutAsync(GatewayFigures figures, CancellationToken cancellationToken)
    {
        _own = figures;
        return Task.CompletedTask;
    }

    public Task<GatewayFigures?> FindAsync(string gateway, CancellationToken cancellationToken) =>
        Task.FromResult(_own is { } own && own.Gateway == gateway ? own : null);
}
