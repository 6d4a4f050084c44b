namespace GenApi.Gateway.Storage;

/// <summary>Without Redis there is no other gateway to tell.</summary>
internal sealed class MemoryChangeNotices : IChangeNotices
{
    public Task NotifyAsync(ChangeKind kind, string subject, CancellationToken cancellationToken) => Task.CompletedTask;

    public Task SubscribeAsync(Action<ChangeKind, string> changed, CancellationToken cancellationToken) => Task.CompletedTask;
}
