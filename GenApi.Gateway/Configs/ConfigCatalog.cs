using GenApi.Gateway.Arguments;
using GenApi.Gateway.Nodes.Selection;
using GenApi.Gateway.Permissions;
using GenApi.Protocol.Configs;
using Microsoft.Extensions.Options;

namespace GenApi.Gateway.Configs;

/// <summary>
/// The functions that this gateway serves: a snapshot in memory that a call reads without lock or I/O, and that is swapped
/// whole when the store changes.
/// </summary>
internal sealed class ConfigCatalog(IConfigStore store, PermissionCheckFactory permissions, NodeChooserFactory choosers, IOptions<GenApiGatewayOptions> options) : IDisposable
{
    private readonly SemaphoreSlim _refreshing = new(1, 1);
    private volatile ConfigSnapshot _current = ConfigSnapshot.Empty;

    public ConfigSnapshot Current => _current;

    /// <summary>Takes over what the store has for one service.</summary>
    public async Task RefreshAsync(string service, CancellationToken cancellationToken)
    {
        await _refreshing.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (await store.FindAsync(service, cancellationToken).ConfigureAwait(false) is { } stored)
            {
                _current = _current.With(Compile(stored));
            }
        }
        finally
        {
            _refreshing.Release();
        }
    }

    public void Dispose() => _refreshing.Dispose();

    private ServiceSnapshot Compile(StoredService stored)
    {
        var before = _current.Services.GetValueOrDefault(stored.Name)?.Functions.ToDictionary(function => function.Config.Key) ?? [];
        return new(stored.Name, stored.ConfigVersion, stored.Functions.Select(config => Compile(config, before.GetValueOrDefault(config.Key))));
    }

    /// <summary>The chooser of the entry before stays where the mode does: it knows which keys stick to which nodes.</summary>
    private FunctionEntry Compile(FunConfig config, FunctionEntry? before) => new(
        config,
        new ArgumentValidator(config, options.Value.Arguments),
        permissions.For(config),
        before?.Config.ChooseNodeMode == config.ChooseNodeMode ? before.Chooser : choosers.For(config));
}
