using System.Globalization;
using GenApi.Bench.Load;
using GenApi.Bench.Report;
using GenApi.Bench.Servers;

namespace GenApi.Bench.Scenarios;

/// <summary>A call that is counted in Redis on its way, against a hub that does nothing but answer.</summary>
internal sealed class RedisScenario : IScenario
{
    private const string Subject = "genapi-redis";
    private const string InMemory = "genapi-memory";
    private const string Baseline = "hub";

    /// <summary>One for each connection of the widest load: users whom a limit counts apart do not share connections.</summary>
    private const int Users = 64;

    private static readonly LoadShape[] Loads = [new LoadShape(64, 1), new LoadShape(16, 16)];

    private static readonly Dictionary<string, string> Limit = new()
    {
        ["GenApi__RateLimits__GlobalLimits__0__Key"] = "user_id",
        ["GenApi__RateLimits__GlobalLimits__0__MaxRequests"] = "1000000000",
        ["GenApi__RateLimits__GlobalLimits__0__WindowMs"] = "60000",
    };

    public string Name => "redis";

    public string Title =>
        "sample/echo by hub under a limit for each user that never denies, 64 users, counted in Redis (genapi-redis) and in memory (genapi-memory), "
        + "against a bare SignalR hub with the same messages (hub)";

    public bool RunsByDefault => false;

    public async Task<ScenarioReport> RunAsync(BenchOptions options, IProgress<string> progress, CancellationToken cancellationToken)
    {
        await using var redis = await RedisProcess.StartAsync();
        await using var bare = await BareServer.StartAsync(cancellationToken);
        await using var shared = await Cluster.StartAsync(
            cancellationToken, settings: new Dictionary<string, string>(Limit) { ["ConnectionStrings__redis"] = redis.ConnectionString }, users: Users);
        await using var memory = await Cluster.StartAsync(cancellationToken, settings: Limit, users: Users);
        Contender[] contenders = [bare.Hub(Baseline), shared.Hub(Subject, redis), memory.Hub(InMemory)];

        var loads = new List<LoadReport>();
        var ratios = new List<RatioReport>();
        foreach (var shape in Loads)
        {
            var before = await redis.CountScriptsAsync();
            var load = await Contest.RunAsync(shape, contenders, options, progress, cancellationToken);
            RequireCounted(await redis.CountScriptsAsync() - before, load.Contenders.Single(contender => contender.Name == Subject), options);
            loads.Add(load);
            ratios.AddRange(Contest.Compare(load, Subject, Baseline, new Target(0.45, 0.70)));
            ratios.AddRange(Contest.Compare(load, Subject, InMemory));
        }

        return new ScenarioReport(Name, Title, loads, [], ratios, Fairness.Notes());
    }

    /// <summary>A gateway that finds Redis too slow counts in its own memory for a while. That is not what is to be measured.</summary>
    private static void RequireCounted(long scripts, ContenderReport contender, BenchOptions options)
    {
        // The calls before and between the windows are counted as well, so that there must be more scripts than calls measured.
        var calls = (long)(contender.CallsPerSecond.Sum() * options.Seconds);
        if (scripts < calls)
        {
            throw new InvalidOperationException(string.Create(
                CultureInfo.InvariantCulture, $"Redis counted {scripts:#,0} calls, less than the {calls:#,0} that were answered in the windows."));
        }
    }
}
