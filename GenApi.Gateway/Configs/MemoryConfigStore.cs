using GenApi.Protocol.Configs;

namespace GenApi.Gateway.Configs;

/// <summary>The embedded store: one gateway, nothing to install. After a restart the nodes push again.</summary>
internal sealed class MemoryConfigStore : IConfigStore
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, StoredService> _services = [];
    private readonly HashSet<FunctionKey> _disabled = [];

    public Task<IReadOnlyList<StoredService>> LoadAsync(CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            return Task.FromResult<IReadOnlyList<StoredService>>([.. _services.Values.Select(WithSwitches)]);
        }
    }

    public Task<StoredService?> FindAsync(string service, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            return Task.FromResult(_services.TryGetValue(service, out var stored) ? WithSwitches(stored) : null);
        }
    }

    public Task SaveAsync(string service, string configVersion, IReadOnlyList<FunConfig> functions, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            var kept = _services.TryGetValue(service, out var stored)
                ? stored.Functions.ExceptBy(functions.Select(function => function.Key), function => function.Key)
                : [];
            _services[service] = new StoredService(service, configVersion, [.. functions, .. kept]);
        }

        return Task.CompletedTask;
    }

    public Task<bool> SetDisabledAsync(FunctionKey function, bool disabled, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            if (!Has(function))
            {
                return Task.FromResult(false);
            }

            if (disabled)
            {
                _disabled.Add(function);
                return Task.FromResult(true);
            }

            // Also where the push itself said "disabled".
            _disabled.Remove(function);
            var stored = _services[function.Service];
            _services[function.Service] = stored with
            {
                Functions = [.. stored.Functions.Select(config => config.Key == function ? config with { Disabled = false } : config)],
            };
            return Task.FromResult(true);
        }
    }

    public Task<bool> DeleteAsync(FunctionKey function, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            if (!Has(function))
            {
                return Task.FromResult(false);
            }

            _disabled.Remove(function);
            var stored = _services[function.Service];
            _services[function.Service] = stored with { Functions = [.. stored.Functions.Where(config => config.Key != function)] };
            return Task.FromResult(true);
        }
    }

    private bool Has(FunctionKey function) =>
        _services.TryGetValue(function.Service, out var stored) && stored.Functions.Any(config => config.Key == function);

    private StoredService WithSwitches(StoredService stored) => stored with
    {
        Functions = [.. stored.Functions.Select(config => _disabled.Contains(config.Key) ? config with { Disabled = true } : config)],
    };
}
