using GenApi.Calls.Tests.Clients;
using GenApi.Calls.Tests.Running;

namespace GenApi.Calls.Tests;

/// <summary>The breaker of a node: opens when the node hangs, lets one call look now and then, and closes when that is answered.</summary>
public sealed class BreakerTests
{
    [Fact]
    public async Task Failures_in_a_row_take_a_node_out_until_it_is_well()
    {
        using var faults = new Faults();
        await using var cluster = await StartAsync(faults, ("ConsecutiveFailures", "3"), ("OpenFor", "00:00:00.5"));
        var address = cluster.Nodes["a"].Address.ToString().TrimEnd('/');
        faults.Hung = "a";
        await Wait.UntilAsync(async () =>
        {
            await WorkAsync(cluster);
            return IsLogged(cluster, $"{address} is open");
        });

        // Between two looks no call goes there.
        var failures = 0;
        for (var n = 0; n < 100; n++)
        {
            failures += (await WorkAsync(cluster)).Success ? 0 : 1;
        }

        Assert.InRange(failures, 0, 10);
        faults.Hung = "";
        await Wait.UntilAsync(async () =>
        {
            await WorkAsync(cluster);
            return IsLogged(cluster, $"{address} is closed again");
        });
        await Wait.UntilAsync(async () => (await WorkAsync(cluster)) is { Success: true } answer && answer.Result.GetString() == "a", "a is called again");
    }

    [Fact]
    public async Task A_share_of_failures_is_enough()
    {
        using var faults = new Faults();
        await using var cluster = await StartAsync(
            faults, ("ConsecutiveFailures", "1000"), ("MinimumCalls", "10"), ("FailureRate", "0.4"), ("OpenFor", "00:10:00"), ("Window", "00:10:00"));
        var address = cluster.Nodes["a"].Address.ToString().TrimEnd('/');
        faults.Hung = "every second of a";
        await Wait.UntilAsync(async () =>
        {
            await WorkAsync(cluster);
            return IsLogged(cluster, $"{address} is open");
        });
        for (var n = 0; n < 50; n++)
        {
            (await WorkAsync(cluster)).AssertResult("\"b\"");
        }
    }

    [Fact]
    public async Task With_every_breaker_open_calls_are_refused_at_once()
    {
        using var faults = new Faults { Hung = "all" };
        await using var cluster = await StartAsync(faults, ("ConsecutiveFailures", "2"), ("OpenFor", "00:10:00"));
        await Wait.UntilAsync(async () =>
        {
            await WorkAsync(cluster);
            return cluster.Gateway.Log.Count(line => line.Contains(" is open", StringComparison.Ordinal)) == 2;
        });
        var visits = faults.Calls.Visits.Count;
        await using var hub = await cluster.HubAsync();
        for (var n = 0; n < 20; n++)
        {
            (await WorkAsync(cluster)).AssertFailed("unavailable", "No node of fns/work can take the call");
            (await hub.CallAsync(HubWire.Request(Functions.Service, "work", "{}", $"{n}"))).AssertFailed("unavailable");
        }

        Assert.Equal(visits, faults.Calls.Visits.Count);
    }

    [Fact]
    public async Task What_functions_answer_does_not_count_nor_that_one_of_them_is_slow()
    {
        using var faults = new Faults();
        await using var cluster = await StartAsync(faults, ("ConsecutiveFailures", "2"), ("MinimumCalls", "2"), ("FailureRate", "0.01"));
        await cluster.PushAsync("slow", """{"request_type":"hold","timeout":100,"arg_types":{"key":"string"}}""", "a", "b");
        for (var n = 0; n < 20; n++)
        {
            (await cluster.CallAsync(Functions.Service, "fail")).AssertFailed("function_error");
            (await cluster.CallAsync(Functions.Service, "flaky", $$"""{"key":"{{Guid.NewGuid()}}","fail_times":1}""")).AssertFailed("unavailable");
        }

        // While the nodes answer others, a function that takes too long is no fault of theirs.
        var slow = Task.WhenAll(Enumerable.Range(0, 8).Select(n => cluster.CallAsync("slow", "hold", $$"""{"key":"never-{{n}}"}""")));
        await Wait.UntilAsync(async () =>
        {
            await cluster.ReachableAsync("a", "b");
            return slow.IsCompleted;
        });
        Assert.All(await slow, answer => answer.AssertFailed("timeout"));
        Assert.False(IsLogged(cluster, " is open"), string.Join('\n', cluster.Gateway.Log));
    }

    private static Task<Answer> WorkAsync(Cluster cluster) => cluster.CallAsync(Functions.Service, "work");

    private static bool IsLogged(Cluster cluster, string words) => cluster.Gateway.Log.Any(line => line.Contains(words, StringComparison.Ordinal));

    private static async Task<Cluster> StartAsync(Faults faults, params IReadOnlyList<(string Key, string Value)> settings) =>
        await Cluster.StartAsync(new ClusterOptions
        {
            GatewaySettings = settings.ToDictionary(setting => $"GenApi:Nodes:Breaker:{setting.Key}", setting => (string?)setting.Value),
            ConfigureNode = (node, name) => node.Map("work", async () =>
            {
                faults.Calls.Visit(name);
                if (faults.IsHung(name))
                {
                    // Deaf to its token, or the node would say that the call has ended.
                    await faults.Over;
                }

                return name;
            }).WithTimeout(TimeSpan.FromMilliseconds(100)),
        });

    /// <summary>Which nodes hang.</summary>
    private sealed class Faults : IDisposable
    {
        private readonly TaskCompletionSource _over = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private volatile string _hung = "";

        public string Hung
        {
            get => _hung;
            set => _hung = value;
        }

        public Gate Calls { get; } = new();

        /// <summary>Never completes while the test runs.</summary>
        public Task Over => _over.Task;

        public bool IsHung(string node) => Hung == "all" || Hung == node
            || (Hung == $"every second of {node}" && Calls.Visits.Count(visit => visit == node) % 2 == 0);

        public void Dispose() => _over.TrySetResult();
    }
}
