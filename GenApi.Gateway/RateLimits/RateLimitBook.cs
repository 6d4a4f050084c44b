using GenApi.Gateway.Storage;
using Microsoft.Extensions.Options;

namespace GenApi.Gateway.RateLimits;

/// <summary>
/// The limits in force: those of the configuration, and over them what was changed at runtime, by whichever gateway. A call
/// reads them without lock or I/O. <see cref="RateLimitSync"/> keeps them in line with the store.
/// </summary>
internal sealed partial class RateLimitBook : IDisposable
{
    private const int Attempts = 16;

    private readonly IRateLimitOverrideStore _store;
    private readonly IChangeNotices _notices;
    private readonly IOptions<GenApiGatewayOptions> _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly SemaphoreSlim _changing = new(1, 1);
    private RateLimitOverrides _overrides = RateLimitOverrides.None;
    private volatile RateLimitRules _current;

    public RateLimitBook(IRateLimitOverrideStore store, IChangeNotices notices, IOptions<GenApiGatewayOptions> options, TimeProvider time, ILogger<RateLimitBook> logger)
    {
        _store = store;
        _notices = notices;
        _options = options;
        _time = time;
        _logger = logger;
        _current = Compile(_overrides, null);
    }

    public RateLimitRules Current => _current;

    /// <summary>Changes the limits, here, in the store and on every gateway.</summary>
    /// <param name="change">What to change, given the limits as they are.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="ArgumentException">The limits would be wrong; the message has a sentence for each fault.</exception>
    /// <exception cref="StorageUnavailableException">Redis is away.</exception>
    public async Task ChangeAsync(Func<RateLimitConfig, RateLimitChanges> change, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            await ReconcileAsync(cancellationToken).ConfigureAwait(false);
            var before = _overrides;
            var changes = change(before.Over(_options.Value.RateLimits));
            Check(changes);
            var changed = before.With(changes);
            if (await _store.TrySaveAsync(changed, cancellationToken).ConfigureAwait(false))
            {
                await ApplyAsync(changed, cancellationToken).ConfigureAwait(false);
                await _notices.NotifyAsync(ChangeKind.Limits, "", cancellationToken).ConfigureAwait(false);
                return;
            }

            if (attempt == Attempts)
            {
                throw new StorageUnavailableException("Others are changing the limits at the same time; try again.");
            }
        }
    }

    /// <summary>Takes over what the store has, and gives it what it has lost.</summary>
    /// <exception cref="StorageUnavailableException">Redis is away.</exception>
    public async Task ReconcileAsync(CancellationToken cancellationToken)
    {
        var stored = await _store.LoadAsync(cancellationToken).ConfigureAwait(false);
        if (stored.Revision < _overrides.Revision)
        {
            await _store.RestoreAsync(_overrides, cancellationToken).ConfigureAwait(false);
            stored = await _store.LoadAsync(cancellationToken).ConfigureAwait(false);
        }

        await ApplyAsync(stored, cancellationToken).ConfigureAwait(false);
    }

    public void Dispose() => _changing.Dispose();

    private static void Check(RateLimitChanges changes)
    {
        string[] faults =
        [
            .. RateLimitValidation.GlobalFaults("global_limits", changes.GlobalLimits ?? []),
            .. RateLimitValidation.ApiFaults("api_limits", changes.ApiLimits ?? []),
        ];
        if (faults.Length > 0)
        {
            throw new ArgumentException(string.Join(' ', faults));
        }
    }

    private async Task ApplyAsync(RateLimitOverrides overrides, CancellationToken cancellationToken)
    {
        await _changing.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            // Another change may have been taken over meanwhile. Of two with one revision, the stored one is true.
            if (overrides.Revision < _overrides.Revision || Same(overrides, _overrides))
            {
                return;
            }

            _overrides = overrides;
            _current = Compile(overrides, _current);
            Log.Changed(_logger, overrides.Revision, _current.Config.Global.Count, _current.Config.Api.Count, _current.Config.Enabled);
        }
        finally
        {
            _changing.Release();
        }
    }

    private static bool Same(RateLimitOverrides left, RateLimitOverrides right) =>
        left.Revision == right.Revision && left.Enabled == right.Enabled && left.FailOpen == right.FailOpen && Same(left.Global, right.Global) && Same(left.Api, right.Api);

    private static bool Same(IReadOnlyList<RateLimit>? left, IReadOnlyList<RateLimit>? right) =>
        left is null || right is null ? left is null && right is null : left.SequenceEqual(right);

    private RateLimitRules Compile(RateLimitOverrides overrides, RateLimitRules? before)
    {
        var options = _options.Value.RateLimits;
        return new(overrides.Over(options), before, options.MaxKeysPerLimit, _time.TimestampFrequency);
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "Rate limits are now those of change {Revision}: {Global} global, {Api} of functions, enabled {Enabled}.")]
        public static partial void Changed(ILogger logger, long revision, int global, int api, bool enabled);
    }
}
