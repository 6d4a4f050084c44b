using GenApi.Gateway.Arguments;
using GenApi.Gateway.Nodes.Selection;
using GenApi.Gateway.Permissions;
using GenApi.Gateway.Storage;
using GenApi.Protocol.Configs;
using Microsoft.Extensions.Options;

namespace GenApi.Gateway.Configs;

/// <summary>
/// The functions that this gateway serves: a snapshot in memory that a call reads without lock or I/O, and that is swapped
/// whole when the store changes.
/// </summary>
internal sealed class ConfigCatalog(
    IConfigStore store,
    IChangeNotices notices,
    PermissionCheckFactory permissions,
    NodeChooserFactory choosers,
    IOptions<GenApiGatewayOptions> options) : IDisposable
{
    private readonly SemaphoreSlim _refreshing = new(1, 1);
    private volatile ConfigSnapshot _current = ConfigSnapshot.Empty;
    private string? _epoch;

    public ConfigSnapshot Current => _current;

    /// <summary>The snapshot was swapped. Handlers must not throw.</summary>
    public event Action? Changed;

    /// <summary>Whether the store has been read, at least once.</summary>
    public bool IsLoaded => Volatile.Read(ref _epoch) is not null;

    /// <summary>What the store has of one service now; null: nothing.</summary>
    /// <exception cref="StorageUnavailableException">The store is away.</exception>
    public Task<StoredService?> FindAsync(string service, CancellationToken cancellationToken) => store.FindAsync(service, cancellationToken);

    /// <summary>Changes one service, here at once and on the other gateways in a moment; see <see cref="IConfigStore.UpdateAsync"/>.</summary>
    /// <exception cref="StorageUnavailableException">The store is away; nothing has changed.</exception>
    public async Task UpdateAsync(string service, Func<StoredService?, StoredService?> change, CancellationToken cancellationToken)
    {
        var changed = false;
        await store.UpdateAsync(
            service,
            stored =>
            {
                var after = change(stored);
                changed = after is not null;
                return after;
            },
            cancellationToken).ConfigureAwait(false);
        await RefreshAsync(service, cancellationToken).ConfigureAwait(false);
        if (changed)
        {
            await notices.NotifyAsync(ChangeKind.Configs, service, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Takes over what the store has for one service.</summary>
    /// <exception cref="StorageUnavailableException">The store is away.</exception>
    public async Task RefreshAsync(string service, CancellationToken cancellationToken)
    {
        await _refreshing.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (await store.EpochAsync(cancellationToken).ConfigureAwait(false) != _epoch)
            {
                // What the store has now may be less than what is known here.
                await ReconcileCoreAsync(cancellationToken).ConfigureAwait(false);
            }
            else if (await store.FindAsync(service, cancellationToken).ConfigureAwait(false) is { } stored && !IsCurrent(service, stored.Revision))
            {
                _current = _current.With([Compile(stored)]);
                Changed?.Invoke();
            }
        }
        finally
        {
            _refreshing.Release();
        }
    }

    /// <summary>Takes over all that the store has, and puts back what it has lost.</summary>
    /// <exception cref="StorageUnavailableException">The store is away.</exception>
    public async Task ReconcileAsync(CancellationToken cancellationToken)
    {
        await _refreshing.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            await ReconcileCoreAsync(cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _refreshing.Release();
        }
    }

    public void Dispose() => _refreshing.Dispose();

    private async Task ReconcileCoreAsync(CancellationToken cancellationToken)
    {
        var there = await store.RevisionsAsync(cancellationToken).ConfigureAwait(false);
        var known = _current.Services.Values.Select(service => service.Stored).ToDictionary(service => service.Name);
        var lost = _epoch is not null && _epoch != there.Epoch;
        var changed = new List<ServiceSnapshot>();
        foreach (var name in there.Services.Keys.Union(known.Keys))
        {
            var memory = known.GetValueOrDefault(name);

            // No service is ever removed. One that is known here and not there has been lost, even where the epoch is the same:
            // one server of a Redis Cluster can come back empty, and the others with all they had.
            var stored = there.Services.TryGetValue(name, out var revision) && revision == memory?.Revision ? memory
                : memory is not null && (lost || revision is null) ? await store.UpdateAsync(name, found => found?.WithMemoryOf(memory) ?? memory, cancellationToken).ConfigureAwait(false)
                : await store.FindAsync(name, cancellationToken).ConfigureAwait(false);
            if (stored is not null && !ReferenceEquals(stored, memory))
            {
                changed.Add(Compile(stored));
            }
        }

        if (changed.Count > 0)
        {
            _current = _current.With(changed);
            Changed?.Invoke();
        }

        Volatile.Write(ref _epoch, there.Epoch);
    }

    private bool IsCurrent(string service, string revision) =>
        _current.Services.TryGetValue(service, out var known) && known.Stored.Revision == revision;

    private ServiceSnapshot Compile(StoredService stored)
    {
        var before = _current.Services.GetValueOrDefault(stored.Name)?.Functions.ToDictionary(function => function.Config.Key) ?? [];
        return new(stored, stored.Functions.Select(config => Compile(config, before.GetValueOrDefault(config.Key))));
    }

    /// <summary>The chooser of the entry before stays where the mode does: it knows which keys stick to which nodes.</summary>
    private FunctionEntry Compile(FunConfig config, FunctionEntry? before) => new(
        config,
        new ArgumentValidator(config, options.Value.Arguments),
        permissions.For(config),
        before?.Config.ChooseNodeMode == config.ChooseNodeMode ? before.Chooser : choosers.For(config)) { Counts = before?.Counts ?? new() };
}
