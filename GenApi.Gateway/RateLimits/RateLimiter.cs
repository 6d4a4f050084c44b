using System.Security.Claims;
using System.Text.Json;
using GenApi.Gateway.Storage;
using GenApi.Gateway.Telemetry;
using GenApi.Protocol.Json;

namespace GenApi.Gateway.RateLimits;

/// <summary>Holds calls against the limits, and is the one place for every operation on them.</summary>
internal sealed partial class RateLimiter : IRateLimits
{
    private readonly RateLimitBook _book;
    private readonly IRateLimitCounters _counters;
    private readonly IChangeNotices _notices;
    private readonly RateLimitTelemetry _telemetry;
    private readonly ILogger _logger;
    private readonly Tally _checks = new();
    private readonly Tally _denied = new();
    private readonly Tally _unavailable = new();

    public RateLimiter(RateLimitBook book, IRateLimitCounters counters, IChangeNotices notices, RateLimitTelemetry telemetry, ILogger<RateLimiter> logger)
    {
        _book = book;
        _counters = counters;
        _notices = notices;
        _telemetry = telemetry;
        _logger = logger;
    }

    /// <summary>The limits in force.</summary>
    public RateLimitRules Rules => _book.Current;

    public RateLimitConfig Config => _book.Current.Config;

    /// <summary>Counts something that is no function call, such as a plain HTTP request to a service.</summary>
    /// <param name="subject">Whose request it is.</param>
    /// <param name="service">The service.</param>
    /// <param name="requestType">The function, for the limits of that function; null: only global limits apply.</param>
    /// <returns>Null: admitted. Else why it is not.</returns>
    public ValueTask<RateLimitDenial?> CheckAsync(in RateLimitSubject subject, string service, string? requestType)
    {
        var plan = Rules.PlanFor(service, requestType);
        return plan.IsEmpty ? default : CheckAsync(plan, subject);
    }

    /// <summary>Counts a call under all limits of a plan, or under none of them.</summary>
    /// <returns>Null: admitted. Else why it is not.</returns>
    public ValueTask<RateLimitDenial?> CheckAsync(RateLimitPlan plan, in RateLimitSubject subject)
    {
        var started = _telemetry.Start();
        var check = _counters.TakeAsync(plan, subject);
        if (!check.IsCompletedSuccessfully)
        {
            return WaitAsync(check, started, subject.UserId);
        }

        var denial = check.Result;
        Checked(started, subject.UserId, denial);
        return new(denial);
    }

    public Task UpdateAsync(RateLimitChanges changes, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(changes);
        return _book.ChangeAsync(_ => changes, cancellationToken);
    }

    public Task SetGlobalLimitsAsync(IReadOnlyList<RateLimit> limits, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(limits);
        return _book.ChangeAsync(_ => new() { GlobalLimits = limits }, cancellationToken);
    }

    public Task AddGlobalLimitAsync(RateLimit limit, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(limit);
        return _book.ChangeAsync(config => new() { GlobalLimits = [.. config.Global.Where(other => other.Key != limit.Key), limit] }, cancellationToken);
    }

    public Task RemoveGlobalLimitAsync(string key, CancellationToken cancellationToken) =>
        _book.ChangeAsync(config => new() { GlobalLimits = [.. config.Global.Where(other => other.Key != key)] }, cancellationToken);

    public Task<IReadOnlyList<RateLimitStatus>> StatusAsync(string keyValue, string? scope, string rateLimitKey, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(keyValue);
        ArgumentException.ThrowIfNullOrEmpty(rateLimitKey);
        return _counters.StatusAsync(KeySource.Fit(keyValue.AsSpan()).ToString(), Find(scope, rateLimitKey), cancellationToken);
    }

    /// <summary>How far a call's own values have used the limits of a plan. Counts nothing.</summary>
    public async Task<IReadOnlyList<RateLimitStatus>> UseOfAsync(RateLimitPlan plan, RateLimitSubject subject, CancellationToken cancellationToken)
    {
        var use = new List<RateLimitStatus>();
        foreach (var (value, limits) in ValuesOf(plan, subject))
        {
            use.AddRange(await _counters.StatusAsync(value, limits, cancellationToken).ConfigureAwait(false));
        }

        return use;
    }

    /// <summary>What was counted under a limit for all values; null: that is not known here.</summary>
    public RateLimitCounted? Counted(ScopedLimit limit) => _counters.Counted(limit);

    public async Task ResetAsync(string keyValue, string? scope, string rateLimitKey, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(keyValue);
        ArgumentException.ThrowIfNullOrEmpty(rateLimitKey);
        var value = KeySource.Fit(keyValue.AsSpan()).ToString();
        var limits = Find(scope, rateLimitKey);
        await _counters.ResetAsync(value, limits, cancellationToken).ConfigureAwait(false);
        await _notices.NotifyAsync(ChangeKind.LimitReset, new RateLimitReset(rateLimitKey, value, scope).ToString(), cancellationToken).ConfigureAwait(false);
        foreach (var limit in limits)
        {
            _telemetry.Reset(limit, value);
            Log.Reset(_logger, rateLimitKey, limit.Scope);
        }
    }

    public async Task<long> ResetAllAsync(CancellationToken cancellationToken)
    {
        var reset = await _counters.ResetAllAsync(Rules.Limits, cancellationToken).ConfigureAwait(false);
        await _notices.NotifyAsync(ChangeKind.AllLimitsReset, "", cancellationToken).ConfigureAwait(false);
        _telemetry.AllReset(reset);
        Log.AllReset(_logger, reset);
        return reset;
    }

    /// <summary>Forgets what this gateway alone knows, when another one has reset everything.</summary>
    public void ForgetAll()
    {
        foreach (var limit in Rules.Limits)
        {
            _counters.ForgetAll(limit);
        }
    }

    /// <summary>Forgets what this gateway alone knows of a value that another one has reset.</summary>
    public void Forget(RateLimitReset reset)
    {
        foreach (var limit in Find(reset.Scope, reset.Key))
        {
            _counters.Forget(reset.KeyValue, limit);
        }
    }

    public async Task<RateLimitCheck> CheckAsync(RateLimitRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        var keys = new ClaimsIdentity((request.Keys ?? new Dictionary<string, string>()).Select(key => new Claim(key.Key, key.Value)));
        var args = JsonObject(request.Keys);
        var subject = new RateLimitSubject(request.UserId, request.DeviceId, request.IpAddress, new ClaimsPrincipal(keys), args);
        var denial = await CheckAsync(subject, request.Service, request.RequestType).ConfigureAwait(false);
        return denial switch
        {
            null => new(true, null, null, null, null, null, null),
            { Limit: { } limit } => new(false, limit.Rule.Key, limit.Scope, limit.MaxRequests, limit.Rule.WindowMs, denial.Current, denial.RetryAfterMs),
            _ => throw new InvalidOperationException(denial.ToError().Message),
        };
    }

    /// <summary>What was done so far, and what is kept. Asks nobody.</summary>
    public RateLimitFigures Figures()
    {
        var alone = _counters.CountsAlone;
        return new(
            Config,
            _counters.IsShared && !alone,
            alone,
            _checks.Read(),
            _denied.Read(),
            _unavailable.Read(),
            [.. Rules.Limits.Select(limit => new LimitFigures(limit, limit.State.Denied, limit.State.Windows.Count, limit.State.Denials.Count))]);
    }

    private static RawJson JsonObject(IReadOnlyDictionary<string, string>? keys) => keys is null
        ? RawJson.EmptyObject
        : RawJson.FromString(JsonSerializer.Serialize(keys, RateLimitJson.Default.IReadOnlyDictionaryStringString));

    /// <summary>A limit whose key the call has no value for does not apply to it.</summary>
    private static List<(string Value, IReadOnlyList<ScopedLimit> Limits)> ValuesOf(RateLimitPlan plan, in RateLimitSubject subject)
    {
        var values = new List<(string, IReadOnlyList<ScopedLimit>)>();
        Span<char> buffer = stackalloc char[KeySource.MaxLength];
        foreach (var group in plan.Groups)
        {
            var value = group.Source.Read(subject, buffer);
            if (!value.IsEmpty)
            {
                values.Add((value.ToString(), group.Limits));
            }
        }

        return values;
    }

    private ScopedLimit[] Find(string? scope, string key) =>
        [.. Rules.Limits.Where(limit => limit.Rule.Key == key && (scope is null || limit.Scope == scope)).OrderBy(limit => limit.State.Order)];

    private async ValueTask<RateLimitDenial?> WaitAsync(ValueTask<RateLimitDenial?> check, long started, string? userId)
    {
        var denial = await check.ConfigureAwait(false);
        Checked(started, userId, denial);
        return denial;
    }

    private void Checked(long started, string? userId, RateLimitDenial? denial)
    {
        _checks.Increment();
        if (denial is not null)
        {
            (denial.Limit is null ? _unavailable : _denied).Increment();
            denial.Limit?.State.CountDenied();
        }

        _telemetry.Checked(started, userId, denial);
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "The calls counted for one {Key} under the limit {Scope} are forgotten.")]
        public static partial void Reset(ILogger logger, string key, string scope);

        [LoggerMessage(2, LogLevel.Information, "All calls counted under rate limits are forgotten. Counters: {Counters}.")]
        public static partial void AllReset(ILogger logger, long counters);
    }
}
