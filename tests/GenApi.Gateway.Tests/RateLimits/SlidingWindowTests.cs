using System.Globalization;
using FsCheck;
using FsCheck.Fluent;
using GenApi.Gateway.RateLimits;
using GenApi.Gateway.Storage;
using GenApi.Gateway.Tests.Storage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace GenApi.Gateway.Tests.RateLimits;

/// <summary>Both limiters against a reference that remembers every admission, for random limits, clocks and traces.</summary>
public sealed class SlidingWindowTests
{
    private static readonly RateLimitSubject Alice = new("alice", null, null, null, default);

    [Fact]
    public void The_memory_limiter_keeps_the_bounds()
    {
        var traces = Trace.Generator([1000, 3_579_545, 10_000_000, 1_000_000_000], [100, 101, 999, 1000, 60_000, 86_400_000]).ToArbitrary();
        Prop.ForAll(traces, trace =>
        {
            var clock = new HandClock(trace.TicksPerSecond);
            var limiter = new MemoryRateLimitCounters(clock);
            var fault = Run(trace, new Reference(trace, inRedis: false), clock, Plan(trace), plan => limiter.Take(plan, Alice));
            return (fault is null).Label(fault ?? "");
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(5000).WithEndSize(150));
    }

    [Fact]
    public void The_memory_limiter_keeps_the_bound_while_the_limit_changes()
    {
        var traces = (
            from trace in Trace.Generator([1_000_000], [100, 1000, 5000])
            from other in Trace.Generator([1_000_000], [100, 1000, 5000])
            from at in Gen.Choose(0, 100)
            select (Trace: trace with { Limits = [trace.Limits[0]] }, Other: other.Limits[0], At: at)).ToArbitrary();
        Prop.ForAll(traces, change =>
        {
            var clock = new HandClock(change.Trace.TicksPerSecond);
            var limiter = new MemoryRateLimitCounters(clock);
            var fault = ChangedLimitFault(change.Trace, change.Other, change.At, clock, limiter.Take);
            return (fault is null).Label(fault ?? "");
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(3000).WithEndSize(150));
    }

    [RedisFact]
    public async Task The_redis_limiter_keeps_the_bounds()
    {
        await BoundsAsync(StoreKind.Redis, 1000);
    }

    [RedisFact]
    public async Task The_redis_limiter_keeps_the_bounds_on_a_cluster()
    {
        await BoundsAsync(StoreKind.RedisCluster, 300);
    }

    [RedisFact]
    public async Task The_redis_limiter_keeps_the_bound_while_the_limit_changes()
    {
        await using var services = await StoreServices.StartAsync(StoreKind.Redis);
        var gateway = await GatewayAsync(services);
        var traces = (
            from trace in Trace.Generator([1000], [100, 193, 1000, 5000])
            from other in Trace.Generator([1000], [100, 193, 1000, 5000])
            from at in Gen.Choose(0, 100)
            select (Trace: trace with { Limits = [trace.Limits[0]] }, Other: other.Limits[0], At: at)).ToArbitrary();
        var number = 0;
        Prop.ForAll(traces, change =>
        {
            var clock = new HandClock(change.Trace.TicksPerSecond);
            var limiter = Limiter(gateway, clock);
            var user = Alice with { UserId = $"user-{number++}" };
            var fault = ChangedLimitFault(change.Trace, change.Other, change.At, clock, (RateLimitPlan plan, in RateLimitSubject _) => Answer(limiter.TakeAsync(plan, user)));
            return (fault is null).Label(fault ?? "");
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(200).WithEndSize(100));
    }

    [RedisFact]
    public async Task The_redis_limiter_keeps_the_bound_when_the_clock_of_the_server_is_set_back()
    {
        await using var services = await StoreServices.StartAsync(StoreKind.Redis);
        var gateway = await GatewayAsync(services);
        var traces = (
            from trace in Trace.Generator([1000], [100, 193, 1000, 5000])
            from steps in Gen.Frequency((8, Gen.Constant(0)), (1, Gen.Choose(0, 30)), (1, Gen.Choose(0, 10_000))).ListOf(trace.Pauses.Length)
            select (Trace: trace, BackMs: steps.ToArray())).ToArbitrary();
        var number = 0;
        Prop.ForAll(traces, pair =>
        {
            var (trace, back) = pair;
            var clock = new HandClock(trace.TicksPerSecond) { Ticks = 1_900_000_000_000 };
            var limiter = Limiter(gateway, clock);
            var user = Alice with { UserId = $"user-{number++}" };
            var plan = Plan(trace);
            var admitted = new List<long>();
            var elapsed = 0L;
            for (var call = 0; call < Math.Min(trace.Pauses.Length, back.Length); call++)
            {
                elapsed += trace.Pauses[call];
                clock.Ticks += trace.Pauses[call] - back[call];
                var denial = Answer(limiter.TakeAsync(plan, user));
                if (denial is not null && call % 3 == 0)
                {
                    // Also after the clock was set back, whoever waits is admitted.
                    elapsed += denial.RetryAfterMs;
                    clock.Ticks += denial.RetryAfterMs;
                    denial = Answer(limiter.TakeAsync(plan, user));
                    if (denial is not null)
                    {
                        return false.Label($"call {call}: denied again after the time it was told, set back {string.Join(' ', back)}");
                    }
                }

                if (denial is null)
                {
                    admitted.Add(elapsed);
                }

                if (trace.Limits.Any(limit => admitted.Count(time => time >= elapsed - limit.WindowMs) > limit.MaxRequests))
                {
                    return false.Label($"call {call}, set back {string.Join(' ', back)}");
                }
            }

            return true.Label("");
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(300).WithEndSize(100));
    }

    private static async Task BoundsAsync(StoreKind kind, int traces)
    {
        await using var services = await StoreServices.StartAsync(kind);
        var gateway = await GatewayAsync(services);
        var number = 0;

        Prop.ForAll(Trace.Generator([1000], [100, 101, 193, 1000, 4097, 60_000, 2_678_400_000]).ToArbitrary(), trace =>
        {
            var clock = new HandClock(trace.TicksPerSecond) { Ticks = 1_900_000_000_000 };
            var limiter = Limiter(gateway, clock);
            var user = Alice with { UserId = string.Create(CultureInfo.InvariantCulture, $"user-{number++}") };
            var fault = Run(trace, new Reference(trace, inRedis: true), clock, Plan(trace), plan => Answer(limiter.TakeAsync(plan, user)));
            return (fault is null).Label(fault ?? "");
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(traces).WithEndSize(120));
    }

    /// <summary>Runs a trace. Once in a while it waits as long as it was told, and must be admitted then.</summary>
    private static string? Run(Trace trace, Reference reference, HandClock clock, RateLimitPlan plan, Func<RateLimitPlan, RateLimitDenial?> take)
    {
        for (var call = 0; call < trace.Pauses.Length; call++)
        {
            clock.Ticks += trace.Pauses[call];
            var denial = take(plan);
            if (reference.Fault(clock.Ticks, denial) is { } fault)
            {
                return $"call {call}: {fault}";
            }

            if (denial is not null && call % 3 == 0)
            {
                clock.Ticks += ((denial.RetryAfterMs * trace.TicksPerSecond) + 999) / 1000;
                denial = take(plan);
                if (denial is not null)
                {
                    return $"call {call}: denied again after the time it was told";
                }

                if (reference.Fault(clock.Ticks, denial) is { } later)
                {
                    return $"call {call}, later: {later}";
                }
            }
        }

        return null;
    }

    /// <summary>The first limit holds until the change, and from then on the second one, over all that the first one still had to count as well.</summary>
    private static string? ChangedLimitFault(Trace trace, RateLimit other, int at, HandClock clock, TakeCall take)
    {
        var before = new RateLimitRules(new RateLimitConfig(true, false, trace.Limits, []), null, 100, trace.TicksPerSecond);
        var after = new RateLimitRules(new RateLimitConfig(true, false, [other], []), before, 100, trace.TicksPerSecond);
        var admitted = new List<long>();
        var known = long.MinValue;
        for (var call = 0; call < trace.Pauses.Length; call++)
        {
            clock.Ticks += trace.Pauses[call];
            if (call == at)
            {
                known = clock.Ticks - (trace.Limits[0].WindowMs * trace.TicksPerSecond / 1000);
            }

            var rules = call < at ? before : after;
            if (take(rules.PlanFor("s", "t"), Alice) is not null)
            {
                continue;
            }

            admitted.Add(clock.Ticks);
            var rule = rules.Config.Global[0];
            if (admitted.Count(time => time >= known && time >= clock.Ticks - (rule.WindowMs * trace.TicksPerSecond / 1000)) > rule.MaxRequests)
            {
                return $"call {call}: more than {rule.MaxRequests} in {rule.WindowMs} ms; the change was at {at}";
            }
        }

        return null;
    }

    private delegate RateLimitDenial? TakeCall(RateLimitPlan plan, in RateLimitSubject subject);

    /// <summary>On a busy machine a Redis that is slow must not count as away.</summary>
    private static async Task<ServiceProvider> GatewayAsync(StoreServices services)
    {
        var gateway = services.Gateway(("GenApi:Storage:CommandTimeout", "00:00:30"));
        await gateway.GetRequiredService<RedisConnection>().RunAsync(database => database.PingAsync(), Wait.Ended);
        return gateway;
    }

    private static RateLimitPlan Plan(Trace trace) => new RateLimitRules(
        new RateLimitConfig(true, false, [.. trace.Limits.Where(limit => limit.Service is null)], [.. trace.Limits.Where(limit => limit.Service is not null)]),
        null,
        100,
        trace.TicksPerSecond).PlanFor("s", "t");

    private static RedisRateLimitCounters Limiter(ServiceProvider gateway, HandClock clock) => new(
        gateway.GetRequiredService<RedisConnection>(),
        gateway.GetRequiredService<MemoryRateLimitCounters>(),
        TimeProvider.System,
        gateway.GetRequiredService<IOptions<GenApiGatewayOptions>>(),
        NullLogger<RedisRateLimitCounters>.Instance,
        () => clock.Ticks);

    private static RateLimitDenial? Answer(ValueTask<RateLimitDenial?> check) => Wait.For(check.AsTask()).GetAwaiter().GetResult();
}
