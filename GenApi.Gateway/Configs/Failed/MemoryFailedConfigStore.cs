using Microsoft.Extensions.Options;

namespace GenApi.Gateway.Configs.Failed;

/// <summary>The embedded store: one gateway, nothing to install. It forgets all when the gateway ends.</summary>
internal sealed class MemoryFailedConfigStore(IOptions<GenApiGatewayOptions> options, TimeProvider time) : IFailedConfigStore
{
    private readonly Lock _gate = new();
    private readonly Queue<FailedConfig> _entries = [];
    private long _lastId;

    public Task AddAsync(IReadOnlyList<FailedConfig> entries, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            foreach (var entry in entries)
            {
                _entries.Enqueue(entry with { Id = ++_lastId });
                if (_entries.Count > options.Value.FailedConfigs.MaxEntries)
                {
                    _entries.Dequeue();
                }
            }
        }

        return Task.CompletedTask;
    }

    public Task<IReadOnlyList<FailedConfig>> ListAsync(FailedConfigQuery query, CancellationToken cancellationToken)
    {
        var found = Live().Where(entry => query.Admits(entry.Source, entry.Service));
        return Task.FromResult<IReadOnlyList<FailedConfig>>([.. (query.OldestFirst ? found : found.Reverse()).Take(query.Limit)]);
    }

    public Task<long> CountAsync(CancellationToken cancellationToken) => Task.FromResult((long)Live().Length);

    public Task<FailedConfigSummary> SummaryAsync(CancellationToken cancellationToken) =>
        Task.FromResult(FailedConfigSummary.Of([.. Live().Select(entry => (entry.Source, entry.Service))]));

    public Task<long> CleanupAsync(CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            var removed = 0L;
            for (var now = Now; _entries.TryPeek(out var oldest) && oldest.ExpiresAtMs <= now; removed++)
            {
                _entries.Dequeue();
            }

            return Task.FromResult(removed);
        }
    }

    public Task<long> ClearAsync(CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            var removed = _entries.Count;
            _entries.Clear();
            return Task.FromResult((long)removed);
        }
    }

    private long Now => time.GetUtcNow().ToUnixTimeMilliseconds();

    private FailedConfig[] Live()
    {
        var now = Now;
        lock (_gate)
        {
            return [.. _entries.Where(entry => entry.ExpiresAtMs > now)];
        }
    }
}
