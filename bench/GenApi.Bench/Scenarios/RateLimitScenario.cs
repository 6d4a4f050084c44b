using System.Diagnostics;
using System.Globalization;
using GenApi.Bench.Report;
using GenApi.Gateway;
using GenApi.Gateway.RateLimits;
using GenApi.Gateway.Storage;
using GenApi.Protocol.Json;
using GenApi.Testing.Redis;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace GenApi.Bench.Scenarios;

/// <summary>
/// What a rate limit check costs: in memory as a rate of one thread, and in Redis against the client's own EVALSHA of a one-line script,
/// on the same connection and with as many in flight.
/// </summary>
internal sealed class RateLimitScenario : IScenario
{
    private const int Users = 1000;
    private const int InFlight = 256;

    /// <summary>Checks between two looks at the clock.</summary>
    private const int Batch = 1000;

    private const string OneLine = "return redis.call('INCR', KEYS[1])";

    private static readonly RateLimit PerUser = new() { Key = "user_id", MaxRequests = 1_000_000_000, WindowMs = 60_000 };

    public string Name => "limits";

    public string Title => "rate limit checks, 1000 users in turn, windows of 60 s: one thread in memory; in Redis with 256 in flight on one connection";

    public bool RunsByDefault => false;

    public async Task<ScenarioReport> RunAsync(BenchOptions options, IProgress<string> progress, CancellationToken cancellationToken)
    {
        if (RedisServer.Missing is { } missing)
        {
            throw new InvalidOperationException(missing);
        }

        await using var server = await RedisServer.StartAsync("--appendonly", "no");
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration.AddInMemoryCollection([new("ConnectionStrings:redis", server.ConnectionString)]);
        builder.Services.AddLogging();
        builder.AddGenApiGateway();
        await using var gateway = builder.Services.BuildServiceProvider();
        var database = await gateway.GetRequiredService<RedisConnection>().RunAsync(Task.FromResult, cancellationToken);
        var oneLine = new RedisScript(OneLine).Hash;
        await database.ScriptEvaluateAsync(OneLine, ["first"]);

        var memory = new MemoryRateLimitCounters(TimeProvider.System);
        var shared = gateway.GetRequiredService<IRateLimitCounters>();
        var one = Plan([PerUser]);
        var two = Plan([PerUser, PerUser with { Service = "s", RequestType = "t" }]);
        var three = Plan([PerUser, PerUser with { Key = "ip_address" }, PerUser with { Key = "tenant", Source = "argument" }]);
        RateLimitSubject[] users =
        [
            .. Enumerable.Range(0, Users).Select(user => new RateLimitSubject(
                $"user-{user:0000}", null, $"10.0.{user / 250}.{user % 250}", null, RawJson.FromString($$"""{"text":"hello","tenant":"t{{user}}"}"""))),
        ];
        (string Name, Func<Task<Figures>> Run)[] contenders =
        [
            ("memory, one limit", () => Task.FromResult(InMemory(memory, one, users, options.Window))),
            ("memory, global and of the function", () => Task.FromResult(InMemory(memory, two, users, options.Window))),
            ("memory, user, address and argument", () => Task.FromResult(InMemory(memory, three, users, options.Window))),
            ("redis, one line by the client", () => InRedisAsync(user => database.ScriptEvaluateAsync(oneLine, [users[user].UserId]), options.Window)),
            ("redis, one limit", () => InRedisAsync(user => CheckAsync(shared, one, users[user]), options.Window)),
            ("redis, global and of the function", () => InRedisAsync(user => CheckAsync(shared, two, users[user]), options.Window)),
        ];

        var rounds = contenders.Select(_ => new List<Figures>()).ToArray();
        foreach (var contender in contenders)
        {
            await contender.Run();
        }

        for (var round = 1; round <= options.Rounds; round++)
        {
            for (var index = 0; index < contenders.Length; index++)
            {
                cancellationToken.ThrowIfCancellationRequested();
                var figures = await contenders[index].Run();
                rounds[index].Add(figures);
                progress.Report(string.Create(
                    CultureInfo.InvariantCulture, $"round {round} of {options.Rounds}, {contenders[index].Name} {figures.PerSecond:#,0}/s, {figures.BytesEach:0.0} bytes"));
            }
        }

        double[][] rates = [.. rounds.Select(list => list.Select(figures => figures.PerSecond).ToArray())];
        double[] million = [.. Enumerable.Repeat(1_000_000.0, options.Rounds)];
        return new ScenarioReport(
            Name,
            Title,
            [],
            [],
            [
                Statistics.Compare("memory, one limit: million checks/s of one thread", rates[0], million, new Target(5, 10)),
                Statistics.Compare("redis, one limit / one line by the client: per second", rates[4], rates[3], new Target(0.7, 0.9)),
                Statistics.Compare("redis, global and of the function / one line by the client: per second", rates[5], rates[3], null),
            ],
            [])
        {
            Rates =
            [
                .. contenders.Select((contender, index) => new RateReport(
                    contender.Name, rates[index], Statistics.Median(rates[index]), Statistics.Median(rounds[index].Select(figures => figures.BytesEach)))),
            ],
        };
    }

    private static RateLimitPlan Plan(IReadOnlyList<RateLimit> limits) => new RateLimitRules(
        new RateLimitConfig(true, true, [.. limits.Where(limit => limit.Service is null)], [.. limits.Where(limit => limit.Service is not null)]),
        null,
        10_000,
        TimeProvider.System.TimestampFrequency).PlanFor("s", "t");

    private static Figures InMemory(MemoryRateLimitCounters limiter, RateLimitPlan plan, RateLimitSubject[] users, TimeSpan window)
    {
        var checks = 0L;
        var before = GC.GetAllocatedBytesForCurrentThread();
        var started = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(started) < window)
        {
            for (var check = 0; check < Batch; check++)
            {
                if (limiter.Take(plan, users[check % Users]) is not null)
                {
                    throw new InvalidOperationException("A check that has room was denied.");
                }
            }

            checks += Batch;
        }

        var elapsed = Stopwatch.GetElapsedTime(started);
        return new Figures(checks / elapsed.TotalSeconds, (double)(GC.GetAllocatedBytesForCurrentThread() - before) / checks);
    }

    private static async Task CheckAsync(IRateLimitCounters limiter, RateLimitPlan plan, RateLimitSubject user)
    {
        if (await limiter.TakeAsync(plan, user) is not null)
        {
            throw new InvalidOperationException("A check that has room was denied, or Redis was away.");
        }
    }

    private static async Task<Figures> InRedisAsync(Func<int, Task> check, TimeSpan window)
    {
        var checks = 0L;
        var before = GC.GetTotalAllocatedBytes();
        var started = Stopwatch.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, InFlight).Select(async caller =>
        {
            for (var user = caller; Stopwatch.GetElapsedTime(started) < window; user += InFlight)
            {
                await check(user % Users).ConfigureAwait(false);
                Interlocked.Increment(ref checks);
            }
        }));
        var elapsed = Stopwatch.GetElapsedTime(started);
        return new Figures(checks / elapsed.TotalSeconds, (double)(GC.GetTotalAllocatedBytes() - before) / checks);
    }

    private readonly record struct Figures(double PerSecond, double BytesEach);
}
