using System.Collections.Concurrent;
using GenApi.Gateway.Gateways;
using GenApi.Gateway.Nodes;
using GenApi.Gateway.Storage;
using GenApi.Gateway.Telemetry.Events;
using GenApi.Protocol.Cluster;
using GenApi.Protocol.Configs;
using GenApi.Protocol.Json;
using Microsoft.Extensions.Options;

namespace GenApi.Gateway.Configs.Pull;

/// <summary>
/// Fetches the configs of services from their nodes (the seed's <c>ConfigPuller</c>), and hands them on as a push would. Of
/// several gateways only one pulls a service at a time.
/// </summary>
internal sealed partial class ConfigPuller(
    PullRegister register,
    IPullStore store,
    PullClient client,
    ConfigReceiver receiver,
    NodeDirectory directory,
    GatewayIdentity identity,
    GatewayEvents events,
    IOptions<GenApiGatewayOptions> options,
    TimeProvider time,
    ILogger<ConfigPuller> logger) : BackgroundService
{
    /// <summary>The largest config of a service, in bytes; as large as a push may be.</summary>
    public const int MaxConfigBytes = 16 * 1024 * 1024;

    /// <summary>The largest answer about a version, in bytes.</summary>
    public const int MaxVersionBytes = 4 * 1024;

    private const int MaxAtOnce = 8;
    private const int MaxErrorLength = 1000;

    private static readonly TimeSpan LookInterval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan GoodbyePatience = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<string, PulledService> _services = new();
    private readonly SemaphoreSlim _places = new(MaxAtOnce, MaxAtOnce);

    /// <summary>Tells this process from all others, also from one before it with the same name.</summary>
    private readonly string _owner = $"{identity.Id}/{Guid.NewGuid():N}";
    private volatile IReadOnlyList<PullStatus> _seen = [];
    private bool _away;

    /// <summary>How long a gateway that died keeps others from pulling its services.</summary>
    public static TimeSpan HoldExpiry { get; } = TimeSpan.FromSeconds(15);

    /// <summary>All services that are pulled, in the order of their names, and how that went, by whichever gateway: as the store has it now.</summary>
    public async Task<IReadOnlyList<PullStatus>> StatusAsync(CancellationToken cancellationToken)
    {
        try
        {
            await LookAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (StorageUnavailableException)
        {
            // What was seen last is better than nothing.
        }

        return Known;
    }

    /// <summary>The same as it was seen a moment ago, without asking the store.</summary>
    public IReadOnlyList<PullStatus> Known => _seen;

    /// <summary>Pulls what is due, and completes when that is done.</summary>
    public async Task PullDueAsync(CancellationToken cancellationToken) =>
        await Task.WhenAll(await StartDueAsync(cancellationToken).ConfigureAwait(false)).ConfigureAwait(false);

    /// <summary>Gives up the right to pull, so that another gateway need not wait for it to expire.</summary>
    public async Task ReleaseAsync()
    {
        using var patience = new CancellationTokenSource(GoodbyePatience);
        foreach (var service in _services.Values.Where(service => service.IsHeld))
        {
            try
            {
                service.IsHeld = false;
                await store.ReleaseAsync(service.Config.Service, _owner, patience.Token).ConfigureAwait(false);
            }
            catch (Exception error) when (error is StorageUnavailableException or OperationCanceledException)
            {
                // It expires by itself.
                return;
            }
        }
    }

    public override void Dispose()
    {
        _places.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(LookInterval, time);
        try
        {
            do
            {
                await StartDueAsync(stoppingToken).ConfigureAwait(false);
            }
            while (await timer.WaitForNextTickAsync(stoppingToken).ConfigureAwait(false));
        }
        catch (OperationCanceledException)
        {
            // The gateway stops.
        }

        await Task.WhenAll(_services.Values.Select(service => service.Pulling)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await ReleaseAsync().ConfigureAwait(false);
    }

    /// <summary>Starts the pulls that are due.</summary>
    private async Task<IReadOnlyList<Task>> StartDueAsync(CancellationToken cancellationToken)
    {
        var started = new List<Task>();
        try
        {
            await UpdateAsync(cancellationToken).ConfigureAwait(false);
            foreach (var service in _services.Values)
            {
                if (!await HoldAsync(service, cancellationToken).ConfigureAwait(false) || !service.Pulling.IsCompleted)
                {
                    continue;
                }

                await KeepLeaseAsync(service, cancellationToken).ConfigureAwait(false);
                if (service.State.NextAtMs <= time.GetUtcNow().ToUnixTimeMilliseconds())
                {
                    service.Pulling = PullAsync(service, cancellationToken);
                    started.Add(service.Pulling);
                }
            }

            _away = false;
        }
        catch (StorageUnavailableException error)
        {
            // Nobody can store new configs now, so there is no point in fetching them.
            if (!_away)
            {
                Log.Away(logger, error.Message);
                _away = true;
            }
        }
        catch (Exception error) when (!cancellationToken.IsCancellationRequested)
        {
            // Without this loop nothing would be pulled ever again.
            Log.LookFailed(logger, error);
        }

        return started;
    }

    /// <summary>What is to be pulled. How that went is remembered for those who ask.</summary>
    private async Task<IReadOnlyList<(ServiceConfig Config, string By)>> LookAsync(CancellationToken cancellationToken)
    {
        var all = await register.AllAsync(cancellationToken).ConfigureAwait(false);
        var states = all.Count == 0 ? new Dictionary<string, PullState>() : await store.StatesAsync(cancellationToken).ConfigureAwait(false);
        _seen =
        [
            .. all
                .Select(service => new PullStatus(
                    service.Config.Service, service.By, service.Config.Nodes, service.Config.Interval, states.GetValueOrDefault(service.Config.Service) ?? new PullState()))
                .OrderBy(status => status.Service, StringComparer.Ordinal),
        ];
        return all;
    }

    private async Task UpdateAsync(CancellationToken cancellationToken)
    {
        var all = await LookAsync(cancellationToken).ConfigureAwait(false);
        foreach (var (config, by) in all)
        {
            if (_services.TryGetValue(config.Service, out var known))
            {
                known.Update(config, by);
            }
            else
            {
                _services[config.Service] = new PulledService(config, by);
            }
        }

        // Nothing is ever unregistered: what is missing was lost with the store's data, and who pulls it puts it back.
        foreach (var lost in _services.Values.ExceptBy(all.Select(service => service.Config.Service), service => service.Config.Service).ToList())
        {
            if (lost.IsHeld)
            {
                await register.RestoreAsync(lost.Config, cancellationToken).ConfigureAwait(false);
                lost.State = lost.State with { NextAtMs = 0 };
            }
            else
            {
                _services.TryRemove(lost.Config.Service, out _);
            }
        }
    }

    /// <summary>Whether it is this gateway that pulls the service.</summary>
    private async Task<bool> HoldAsync(PulledService service, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        if (now < service.NextHold)
        {
            return service.IsHeld;
        }

        var hold = await store.HoldAsync(service.Config.Service, _owner, HoldExpiry, cancellationToken).ConfigureAwait(false);
        service.NextHold = now + (HoldExpiry / 3);
        service.IsHeld = hold != PullHold.Denied;
        if (hold == PullHold.Taken)
        {
            // Goes on where another gateway stopped, whose clock may be ahead.
            var states = await store.StatesAsync(cancellationToken).ConfigureAwait(false);
            var state = states.GetValueOrDefault(service.Config.Service) ?? service.State with { NextAtMs = 0 };
            var latest = now + (service.Interval > PullBackoff.Longest ? service.Interval : PullBackoff.Longest);
            service.State = state with { NextAtMs = Math.Min(state.NextAtMs, latest.ToUnixTimeMilliseconds()) };
        }

        return service.IsHeld;
    }

    /// <summary>A pulled node may not know how to keep up a lease. As long as it answers pulls, it counts as alive.</summary>
    private async Task KeepLeaseAsync(PulledService service, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        if (service.State is { Node: { } node, ConfigVersion: { } version, ConsecutiveFailures: 0 } && now >= service.NextLease)
        {
            service.NextLease = now + (options.Value.Nodes.LeaseExpiry / 3);
            await directory.RenewAsync(service.Config.Service, node, version, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task PullAsync(PulledService service, CancellationToken cancellationToken)
    {
        await _places.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            var before = service.State;
            var started = time.GetTimestamp();
            service.Came = default;
            events.PullStarted(service.Config.Service, service.Config.Nodes[service.FirstNode % service.Config.Nodes.Count]);
            var after = await TryAsync(service, cancellationToken).ConfigureAwait(false);
            TellEnd(service, before, after, started);
            var now = time.GetUtcNow();
            var pause = PullBackoff.After(service.Interval, after.ConsecutiveFailures, Random.Shared.NextDouble());
            service.State = after with { Gateway = identity.Id, NextAtMs = (now + pause).ToUnixTimeMilliseconds() };
            Tell(service, before, pause);
            await store.SaveAsync(service.Config.Service, service.State, cancellationToken).ConfigureAwait(false);
            _seen = [.. _seen.Select(seen => seen.Service == service.Config.Service ? service.Status(service.State) : seen)];
        }
        catch (StorageUnavailableException)
        {
            // The state is kept here, and written after the next pull.
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The gateway stops.
        }
        finally
        {
            _places.Release();
        }
    }

    /// <summary>One pull, and the state after it.</summary>
    private async Task<PullState> TryAsync(PulledService service, CancellationToken cancellationToken)
    {
        var failures = new List<string>();
        for (var i = 0; i < service.Config.Nodes.Count; i++)
        {
            var index = (service.FirstNode + i) % service.Config.Nodes.Count;
            try
            {
                var state = await AskAsync(service, service.Config.Nodes[index], cancellationToken).ConfigureAwait(false);
                service.FirstNode = index;
                return state with { LastSuccessAtMs = time.GetUtcNow().ToUnixTimeMilliseconds(), ConsecutiveFailures = 0 };
            }
            catch (PullException error)
            {
                failures.Add(error.Message);
            }
            catch (StorageUnavailableException error)
            {
                // The other nodes would fare no better.
                failures.Add(error.Message.TrimEnd('.'));
                break;
            }
            catch (Exception error) when (!cancellationToken.IsCancellationRequested)
            {
                // Whatever went wrong, the next node or the next pull may do better.
                Log.PullFaulted(logger, error, service.Config.Service);
                failures.Add($"{service.Config.Nodes[index]}: {error.Message}");
            }
        }

        var told = string.Join("; ", failures);
        return service.State with
        {
            LastError = told.Length > MaxErrorLength ? $"{told[..(MaxErrorLength - 1)]}…" : told,
            LastErrorAtMs = time.GetUtcNow().ToUnixTimeMilliseconds(),
            ConsecutiveFailures = service.State.ConsecutiveFailures + 1,
        };
    }

    /// <summary>Pulls from one node.</summary>
    /// <exception cref="PullException">It has no configs that could be used.</exception>
    private async Task<PullState> AskAsync(PulledService service, string node, CancellationToken cancellationToken)
    {
        var config = service.Config;
        using var timeout = new CancellationTokenSource(TimeSpan.FromMilliseconds(config.Timeout), time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timeout.Token);
        PushConfig push;
        try
        {
            if (config.VersionPath.Length > 0)
            {
                var version = (await client.GetAsync(node, config.VersionPath, ProtocolJson.Default.ConfigVersionAnswer, MaxVersionBytes, either.Token).ConfigureAwait(false)).ConfigVersion;
                if (string.IsNullOrEmpty(version))
                {
                    throw new PullException($"{node}{config.VersionPath} answered no config_version");
                }

                if (await IsKnownAsync(service, version, cancellationToken).ConfigureAwait(false))
                {
                    return service.State with { ConfigVersion = version };
                }
            }

            push = await client.GetAsync(node, config.Path, ProtocolJson.Default.PushConfig, MaxConfigBytes, either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (timeout.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new PullException($"{node} did not answer within {config.Timeout} ms");
        }

        if (push.Service != config.Service)
        {
            throw new PullException($"{node}{config.Path} answered configs of the service '{push.Service}', but '{config.Service}' was asked for");
        }

        var result = await receiver.TakeAsync(push, force: false, new ConfigOrigin(ConfigSource.Pull, push.Node?.Address ?? node), cancellationToken).ConfigureAwait(false);
        if (result.Status == PushResult.Error)
        {
            throw new PullException($"{node}{config.Path} answered configs that were refused: {result.Reason}");
        }

        service.Came = (push.FunConfigs.Count - result.Rejected.Count, result.Rejected.Count);
        return service.State with
        {
            ConfigVersion = push.ConfigVersion,
            Node = push.Node,
            LastChangeAtMs = result.Status == PushResult.Accepted ? time.GetUtcNow().ToUnixTimeMilliseconds() : service.State.LastChangeAtMs,
        };
    }

    /// <summary>Whether there is nothing to fetch: the version is stored, and the node that came with it has its lease.</summary>
    private async Task<bool> IsKnownAsync(PulledService service, string version, CancellationToken cancellationToken)
    {
        var verified = await receiver.VerifyAsync(service.Config.Service, version, cancellationToken).ConfigureAwait(false);
        return verified.Status == VerifyResult.Matched
            && (service.State.Node is not { } node
                || await directory.RenewAsync(service.Config.Service, node, version, cancellationToken).ConfigureAwait(false));
    }

    private void TellEnd(PulledService service, PullState before, PullState after, long started)
    {
        var (result, reason) = after.ConsecutiveFailures > 0 ? ("error", after.LastError)
            : after.LastChangeAtMs != before.LastChangeAtMs ? ("stored", null)
            : ("skipped", "version_matches");
        events.PullEnded(
            service.Config.Service,
            service.Config.Nodes[service.FirstNode % service.Config.Nodes.Count],
            started,
            result,
            reason,
            result == "stored" ? service.Came.Functions : 0,
            service.Came.Rejected);
    }

    private void Tell(PulledService service, PullState before, TimeSpan pause)
    {
        var after = service.State;
        if (after.ConsecutiveFailures > 0)
        {
            // One line for each new reason; the rest is in the status.
            if (before.ConsecutiveFailures == 0 || before.LastError != after.LastError)
            {
                Log.Failed(logger, service.Config.Service, after.LastError!, (int)pause.TotalSeconds);
            }
        }
        else if (after.LastChangeAtMs != before.LastChangeAtMs)
        {
            Log.Pulled(logger, service.Config.Service, after.ConfigVersion!);
        }
        else if (before.ConsecutiveFailures > 0)
        {
            Log.Recovered(logger, service.Config.Service, before.ConsecutiveFailures);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "Pulled the configs of {Service}, config version {ConfigVersion}.")]
        public static partial void Pulled(ILogger logger, string service, string configVersion);

        [LoggerMessage(2, LogLevel.Warning, "The configs of {Service} could not be pulled: {Reason}. Trying again in {Seconds} s.")]
        public static partial void Failed(ILogger logger, string service, string reason, int seconds);

        [LoggerMessage(3, LogLevel.Information, "The configs of {Service} can be pulled again, after {Count} failures.")]
        public static partial void Recovered(ILogger logger, string service, int count);

        [LoggerMessage(4, LogLevel.Warning, "Nothing is pulled for now: {Reason}")]
        public static partial void Away(ILogger logger, string reason);

        [LoggerMessage(5, LogLevel.Error, "The puller could not look for what is due; trying again in a moment.")]
        public static partial void LookFailed(ILogger logger, Exception error);

        [LoggerMessage(6, LogLevel.Error, "A pull of {Service} failed in a way that was not foreseen.")]
        public static partial void PullFaulted(ILogger logger, Exception error, string service);
    }
}
