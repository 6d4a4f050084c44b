using System.Globalization;
using System.Runtime.CompilerServices;
using GenApi.Gateway.Storage;
using Microsoft.Extensions.Options;
using StackExchange.Redis;

namespace GenApi.Gateway.RateLimits;

/// <summary>
/// Counts in Redis, for all gateways together: one round trip for all limits that count by the same value, at the same time for
/// several values. While Redis is away, or hangs, it counts in this process, or refuses, as <c>fail_open</c> says.
/// </summary>
internal sealed partial class RedisRateLimitCounters : IRateLimitCounters
{
    private const long MillisecondsPerSecond = 1000;
    private const string AllCounters = "genapi:rl:{*";

    private readonly RedisConnection _redis;
    private readonly MemoryRateLimitCounters _local;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly RateLimitScripts _scripts;
    private readonly Func<long>? _clock;
    private readonly TimeSpan _pause;
    private readonly long _askInterval;
    private long _pausedUntil = long.MinValue;
    private int _isLocal;

    public RedisRateLimitCounters(RedisConnection redis, MemoryRateLimitCounters local, TimeProvider time, IOptions<GenApiGatewayOptions> options, ILogger<RedisRateLimitCounters> logger)
        : this(redis, local, time, options, logger, null)
    {
    }

    /// <param name="redis">The connection.</param>
    /// <param name="local">What counts while Redis is away.</param>
    /// <param name="time">The gateway's clock.</param>
    /// <param name="options">The gateway's options.</param>
    /// <param name="logger">Told when counting moves to this process and back.</param>
    /// <param name="clock">The time in milliseconds by which to count; null: the clock of the Redis server.</param>
    internal RedisRateLimitCounters(
        RedisConnection redis,
        MemoryRateLimitCounters local,
        TimeProvider time,
        IOptions<GenApiGatewayOptions> options,
        ILogger<RedisRateLimitCounters> logger,
        Func<long>? clock)
    {
        _redis = redis;
        _local = local;
        _time = time;
        _logger = logger;
        _clock = clock;
        _scripts = clock is null ? RateLimitScripts.ByServerTime() : RateLimitScripts.ByArgument();
        _pause = options.Value.Storage.CommandTimeout / 2;
        _askInterval = Ticks(options.Value.Storage.ReconcileInterval);
    }

    public bool IsShared => true;

    public bool CountsAlone => !_redis.IsConnected || Volatile.Read(ref _isLocal) == 1;

    public ValueTask<RateLimitDenial?> TakeAsync(RateLimitPlan plan, in RateLimitSubject subject)
    {
        var groups = plan.Groups;
        var takes = groups.Length > 1 ? new List<Take>(groups.Length) : null;
        var only = default(Take);
        RateLimitDenial? denied = null;
        foreach (var group in groups)
        {
            if (group.Source.ReadText(subject) is { } value)
            {
                only = new Take(group, value);
                takes?.Add(only);
                FindDenial(only, ref denied);
            }
        }

        if (denied is not null || only.Group is null)
        {
            return new(denied);
        }

        if (!MayAsk())
        {
            EnterLocal();
            return new(plan.Rules.Config.FailOpen ? _local.Take(plan, subject) : RateLimitDenial.Unavailable);
        }

        return takes is null or { Count: 1 } ? TakeOneAsync(only, subject) : TakeAllAsync(takes, subject);
    }

    public async Task<IReadOnlyList<RateLimitStatus>> StatusAsync(string value, IReadOnlyList<ScopedLimit> limits, CancellationToken cancellationToken)
    {
        if (limits.Count == 0)
        {
            return [];
        }

        var found = (RedisResult[])(await _redis.EvaluateAsync(_scripts.Status, Keys(value, limits), Timed([]), cancellationToken).ConfigureAwait(false))!;
        return
        [
            .. limits.Select((limit, index) => MemoryRateLimitCounters.StatusOf(
                value, limit, (long)found[2 * index], (long)found[(2 * index) + 1] is > 0 and var wait ? wait : null)),
        ];
    }

    public async Task ResetAsync(string value, IReadOnlyList<ScopedLimit> limits, CancellationToken cancellationToken)
    {
        if (limits.Count > 0)
        {
            await _redis.EvaluateAsync(_scripts.Reset, Keys(value, limits), [], cancellationToken).ConfigureAwait(false);
        }

        foreach (var limit in limits)
        {
            Forget(value, limit);
        }
    }

    public async Task<long> ResetAllAsync(IEnumerable<ScopedLimit> limits, CancellationToken cancellationToken)
    {
        var reset = 0L;
        await foreach (var keys in _redis.FindKeysAsync(AllCounters, cancellationToken).ConfigureAwait(false))
        {
            var answers = await Task.WhenAll(keys.Select(key => _redis.EvaluateAsync(_scripts.ResetEither, [key], [], cancellationToken))).ConfigureAwait(false);
            reset += answers.Sum(answer => (long)answer);
        }

        foreach (var limit in limits)
        {
            ForgetAll(limit);
        }

        return reset;
    }

    public void Forget(string value, ScopedLimit limit)
    {
        limit.State.Denials.Remove(value);
        _local.Forget(value, limit);
    }

    public long ForgetAll(ScopedLimit limit)
    {
        limit.State.Denials.Clear();
        return _local.ForgetAll(limit);
    }

    /// <summary>Whether a value is known to be denied; of several limits the one with the longest wait says so.</summary>
    private void FindDenial(Take take, ref RateLimitDenial? denied)
    {
        foreach (var limit in take.Group.Limits)
        {
            if (limit.State.Denials.Count > 0 && _time.GetTimestamp() is var now && limit.State.Denials.Find(take.Value, now) is { } known)
            {
                var wait = Math.Max(1, (long)Math.Ceiling(_time.GetElapsedTime(now, known.Until).TotalMilliseconds));
                denied = denied is null || wait > denied.RetryAfterMs ? new RateLimitDenial(limit, known.Current, wait) : denied;
            }
        }
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<RateLimitDenial?> TakeOneAsync(Take take, RateLimitSubject subject)
    {
        try
        {
            var answer = _redis.StartKnown(_scripts.Take, take.Group.RedisKeys(take.Value), Timed(take.Group.RedisArguments));
            await ((Task)answer).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await Task.Yield();
            var result = await answer.ConfigureAwait(false);
            _redis.Succeeded();
            LeaveLocal();
            return result.IsNull ? null : Read(result, take, out _);
        }
        catch (Exception error) when (_redis.Explain(error, out var unknownScript) is { } fault)
        {
            return unknownScript ? await TeachAsync(take, subject).ConfigureAwait(false) : NotCounted(fault, take, subject);
        }
    }

    /// <summary>Redis does not know the script yet, or has forgotten it.</summary>
    private async ValueTask<RateLimitDenial?> TeachAsync(Take take, RateLimitSubject subject)
    {
        try
        {
            var result = await _redis.EvaluateAsync(
                _scripts.Take, take.Group.RedisKeys(take.Value), Timed(take.Group.RedisArguments), CancellationToken.None).ConfigureAwait(false);
            LeaveLocal();
            return result.IsNull ? null : Read(result, take, out _);
        }
        catch (StorageUnavailableException fault)
        {
            return NotCounted(fault, take, subject);
        }
    }

    private RateLimitDenial? NotCounted(StorageUnavailableException fault, Take take, in RateLimitSubject subject)
    {
        Failed(fault);
        var plan = take.Group.Alone;
        return plan.Rules.Config.FailOpen ? _local.Take(plan, subject) : RateLimitDenial.Unavailable;
    }

    /// <summary>Asks for all values at once; where one is denied, the others get their admission back.</summary>
    private async ValueTask<RateLimitDenial?> TakeAllAsync(List<Take> takes, RateLimitSubject subject)
    {
        var answers = takes.ConvertAll(AskAsync);
        RateLimitDenial? denied = null;
        var admitted = new List<(Take Take, long Time)>(takes.Count);
        var unasked = new List<LimitGroup>();
        for (var index = 0; index < takes.Count; index++)
        {
            try
            {
                if (Read(await answers[index].ConfigureAwait(false), takes[index], out var time) is not { } denial)
                {
                    admitted.Add((takes[index], time));
                }
                else if (denied is null || denial.RetryAfterMs > denied.RetryAfterMs)
                {
                    denied = denial;
                }
            }
            catch (StorageUnavailableException fault)
            {
                Failed(fault);
                unasked.Add(takes[index].Group);
            }
        }

        var rules = takes[0].Group.Alone.Rules;
        if (denied is null && unasked.Count > 0)
        {
            denied = rules.Config.FailOpen ? _local.Take(new RateLimitPlan(rules, unasked), subject) : RateLimitDenial.Unavailable;
        }
        else if (unasked.Count == 0)
        {
            LeaveLocal();
        }

        if (denied is not null)
        {
            foreach (var (take, time) in admitted)
            {
                _ = GiveBackAsync(take, time);
            }
        }

        return denied;
    }

    private Task<RedisResult> AskAsync(Take take) =>
        _redis.EvaluateAsync(_scripts.TakeTimed, take.Group.RedisKeys(take.Value), Timed(take.Group.RedisArguments), CancellationToken.None);

    private async Task GiveBackAsync(Take take, long time)
    {
        try
        {
            await _redis.EvaluateAsync(
                _scripts.GiveBack, take.Group.RedisKeys(take.Value), Timed([.. take.Group.RedisArguments, time]), CancellationToken.None).ConfigureAwait(false);
        }
        catch (StorageUnavailableException)
        {
            // It stays counted. That may deny a call more, and never admits one too many.
        }
    }

    private RateLimitDenial? Read(RedisResult answer, Take take, out long time)
    {
        var text = (string)answer!;
        if (text[0] != '-')
        {
            time = long.Parse(text, CultureInfo.InvariantCulture);
            return null;
        }

        time = 0;
        var parts = text.Split(' ');
        var limit = take.Group.Limits[-int.Parse(parts[0], CultureInfo.InvariantCulture) - 1];
        var current = long.Parse(parts[1], CultureInfo.InvariantCulture);
        var wait = long.Parse(parts[2], CultureInfo.InvariantCulture);
        if (_clock is null)
        {
            var now = _time.GetTimestamp();
            var until = now + (wait * _time.TimestampFrequency / MillisecondsPerSecond);
            limit.State.Denials.Set(take.Value, new(until, Math.Min(until, now + _askInterval), current));
        }

        return new RateLimitDenial(limit, current, wait);
    }

    private RedisValue[] Timed(RedisValue[] arguments) => _clock is null ? arguments : [.. arguments, _clock()];

    /// <summary>
    /// Whether to ask Redis. Not while there is no connection; and after it has let a call wait in vain, one call in each
    /// pause finds out whether it answers again.
    /// </summary>
    private bool MayAsk()
    {
        if (!_redis.IsConnected)
        {
            return false;
        }

        var until = Volatile.Read(ref _pausedUntil);
        if (until == long.MinValue)
        {
            return true;
        }

        var now = _time.GetTimestamp();
        return now >= until && Interlocked.CompareExchange(ref _pausedUntil, now + Ticks(_pause), until) == until;
    }

    private void Failed(StorageUnavailableException fault)
    {
        if (fault.InnerException is TimeoutException)
        {
            Volatile.Write(ref _pausedUntil, _time.GetTimestamp() + Ticks(_pause));
        }

        EnterLocal();
    }

    private void EnterLocal()
    {
        if (Interlocked.Exchange(ref _isLocal, 1) == 0)
        {
            Log.WentLocal(_logger);
        }
    }

    private void LeaveLocal()
    {
        if (Volatile.Read(ref _isLocal) == 0)
        {
            return;
        }

        Volatile.Write(ref _pausedUntil, long.MinValue);
        if (Interlocked.Exchange(ref _isLocal, 0) == 1)
        {
            Log.WentShared(_logger);
        }
    }

    private long Ticks(TimeSpan time) => (long)(time.TotalSeconds * _time.TimestampFrequency);

    private static RedisKey[] Keys(string value, IReadOnlyList<ScopedLimit> limits) => [.. limits.Select(limit => (RedisKey)LimitGroup.RedisKey(value, limit))];

    private readonly record struct Take(LimitGroup Group, string Value);

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "Redis cannot count calls now. While that lasts, this gateway enforces rate limits on its own, or refuses limited calls where fail_open is off.")]
        public static partial void WentLocal(ILogger logger);

        [LoggerMessage(2, LogLevel.Information, "Redis counts calls again; rate limits hold over all gateways.")]
        public static partial void WentShared(ILogger logger);
    }
}
