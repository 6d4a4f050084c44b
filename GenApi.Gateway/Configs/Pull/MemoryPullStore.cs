using System.Collections.Concurrent;
using GenApi.Protocol.Configs;

namespace GenApi.Gateway.Configs.Pull;

/// <summary>The embedded store: one gateway, which may pull whatever there is.</summary>
internal sealed class MemoryPullStore(TimeProvider time) : IPullStore
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, ServiceConfig> _registered = [];
    private readonly Dictionary<string, (string Owner, DateTimeOffset Until)> _holds = [];
    private readonly ConcurrentDictionary<string, PullState> _states = new();

    public Task<bool> RegisterAsync(ServiceConfig config, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            if (!_registered.ContainsKey(config.Service) && _registered.Count >= IPullStore.MaxRegistered)
            {
                return Task.FromResult(false);
            }

            _registered[config.Service] = config;
            return Task.FromResult(true);
        }
    }

    public Task<IReadOnlyList<ServiceConfig>> RegisteredAsync(CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            return Task.FromResult<IReadOnlyList<ServiceConfig>>([.. _registered.Values]);
        }
    }

    public Task<PullHold> HoldAsync(string service, string owner, TimeSpan expiry, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            var now = time.GetUtcNow();
            var hold = !_holds.TryGetValue(service, out var held) || held.Until <= now ? PullHold.Taken
                : held.Owner == owner ? PullHold.Kept
                : PullHold.Denied;
            if (hold != PullHold.Denied)
            {
                _holds[service] = (owner, now + expiry);
            }

            return Task.FromResult(hold);
        }
    }

    public Task ReleaseAsync(string service, string owner, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            if (_holds.TryGetValue(service, out var held) && held.Owner == owner)
            {
                _holds.Remove(service);
            }
        }

        return Task.CompletedTask;
    }

    public Task<IReadOnlyDictionary<string, PullState>> StatesAsync(CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyDictionary<string, PullState>>(_states.ToDictionary());

    public Task SaveAsync(string service, PullState state, CancellationToken cancellationToken)
    {
        _states[service] = state;
        return Task.CompletedTask;
    }
}
