using FsCheck.Fluent;
using GenApi.Calls.Tests.Clients;
using GenApi.Calls.Tests.Running;

namespace GenApi.Calls.Tests;

/// <summary>Eight nodes behind one gateway.</summary>
public sealed class EightNodes : IAsyncLifetime
{
    internal static IReadOnlyList<string> Names { get; } = [.. "abcdefgh".Select(letter => letter.ToString())];

    internal Cluster Cluster { get; private set; } = null!;

    internal HubWire Hub { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Cluster = await Cluster.StartAsync(new ClusterOptions { Nodes = Names });
        Hub = await Cluster.HubAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await Hub.DisposeAsync();
        await Cluster.DisposeAsync();
    }
}

/// <summary>How nodes are chosen among many, as seen from outside: by who answers.</summary>
public sealed class SelectionTests(EightNodes shared) : IClassFixture<EightNodes>
{
    private const int InFlight = 64;

    /// <summary>
    /// How far a share may be from its mean: six times the standard deviation of a fair choice, which a fair one exceeds
    /// once in a billion times.
    /// </summary>
    private const double Deviations = 6;

    [Fact]
    public async Task Random_gives_each_node_its_share()
    {
        var function = await PushAsync("\"random\"", EightNodes.Names);
        var answers = await AskAsync(function, 4000, n => $"{n}");
        AssertFairShares(answers);

        // And no node waits for its turn: pairs in a row are as mixed as all.
        Assert.InRange(answers.Zip(answers.Skip(1)).Count(pair => pair.First == pair.Second), 500 - 126, 500 + 126);
    }

    [Fact]
    public async Task Round_robin_gives_each_node_exactly_its_share()
    {
        var function = await PushAsync("\"round_robin\"", EightNodes.Names);
        var answers = await AskAsync(function, 4000, n => $"{n}");
        Assert.All(EightNodes.Names, name => Assert.Equal(500, answers.Count(answer => answer == name)));
    }

    [Fact]
    public async Task Least_busy_never_takes_the_busiest()
    {
        var service = $"busy-{Guid.NewGuid():N}";
        await shared.Cluster.PushAsync(service, """
            {"request_type":"node","choose_node_mode":"least_busy"},
            {"request_type":"hold","response_type":"async","timeout":"infinity","arg_types":{"key":"string"}}
            """, EightNodes.Names);
        var (key, gate) = shared.Cluster.Gates.New();
        Assert.True((await shared.Hub.CallAsync(HubWire.Request(service, "hold", $$"""{"key":"{{key}}"}""", key))).IsAsync);
        var busy = await Wait.For(gate.Started);
        var answers = new List<string>();
        for (var n = 0; n < 400; n++)
        {
            answers.Add((await shared.Hub.CallAsync(HubWire.Request(service, "node", "{}", $"{n}"))).Result.GetString()!);
        }

        Assert.Equal(EightNodes.Names.Where(name => name != busy), answers.Distinct().Order());
        gate.Release();
    }

    [Theory]
    [InlineData("\"hash\"")]
    [InlineData("""{"hash":"value"}""")]
    public async Task Hash_is_fair_and_stable_and_moves_only_the_keys_of_a_node_that_goes(string mode)
    {
        const int Keys = 2000;
        var byArgument = mode.StartsWith('{');
        var all = await PlacesAsync(EightNodes.Names);
        AssertFairShares(all);
        Assert.Equal(all, await PlacesAsync(EightNodes.Names));

        foreach (var gone in (string[])["a", "d", "h"])
        {
            // Without one node only its own keys move, and they go to all of the others; with it again they all come back.
            var fewer = await PlacesAsync([.. EightNodes.Names.Where(name => name != gone)]);
            Assert.All(all.Zip(fewer), key => Assert.True(key.First == gone ? key.Second != gone : key.First == key.Second));
            var moved = all.Zip(fewer).Where(key => key.First != key.Second).Select(key => key.Second).ToList();
            AssertNear(Keys, 1.0 / 8, moved.Count);
            Assert.All(EightNodes.Names.Where(name => name != gone), name => AssertNear(moved.Count, 1.0 / 7, moved.Count(place => place == name)));
        }

        async Task<IReadOnlyList<string>> PlacesAsync(IReadOnlyList<string> nodes) => byArgument
            ? await AskAsync(await PushAsync(mode, nodes), Keys, _ => Guid.NewGuid().ToString("N"), n => $"\"user-{n}\"")
            : await AskAsync(await PushAsync(mode, nodes), Keys, n => $"request-{n}");
    }

    /// <summary>For any nodes and any keys: one more node takes keys from the others, and gives them none.</summary>
    [Fact]
    public async Task Hash_any_nodes_and_keys()
    {
        var cases =
            from order in Gen.Shuffle(EightNodes.Names.ToArray())
            from count in Gen.Choose(1, 7)
            from keys in Gen.ListOf(Gen.Elements("", "a", "é", "日本", "\\u0041", "\\\"", "0", "x y", new string('k', 900)).Two().Select(pair => pair.Item1 + pair.Item2), 60)
            select (Fewer: order.Take(count).Order().ToList(), More: order[count], Keys: keys.Distinct().ToList());
        foreach (var (fewer, more, keys) in cases.Sample(12, 10))
        {
            var before = await PlacesAsync(fewer, keys);
            var after = await PlacesAsync([.. fewer.Append(more).Order()], keys);
            Assert.All(before.Zip(after), key => Assert.True(key.Second == key.First || key.Second == more, $"{key.First} became {key.Second} when {more} came"));
        }

        async Task<IReadOnlyList<string>> PlacesAsync(IReadOnlyList<string> nodes, List<string> keys) =>
            await AskAsync(await PushAsync("""{"hash":"value"}""", nodes), keys.Count, _ => Guid.NewGuid().ToString("N"), n => $"\"{keys[n]}\"");
    }

    [Fact]
    public async Task Sticky_keys_stay_while_their_node_lives()
    {
        const int Keys = 400;
        const string Functions = """
            {"request_type":"f","function":"node_of","arg_types":{"value":"any"},"choose_node_mode":{"sticky":"value"}},
            {"request_type":"other","function":"node"}
            """;
        await using var cluster = await Cluster.StartAsync();
        await using var hub = await cluster.HubAsync();
        await JoinAsync("a");
        await JoinAsync("b");
        var first = await PlacesAsync();
        Assert.Equal(["a", "b"], first.Distinct().Order());

        // A third node takes no key that has a place, unlike with hash.
        await cluster.StartNodeAsync("c");
        await JoinAsync("c");
        Assert.Equal(first, await PlacesAsync());

        // Nor does anything move when another function of the service changes.
        Assert.Equal(204, (await cluster.Api.AdminAsync(HttpMethod.Post, "/admin/functions/sticky/other/-/disable")).Status);
        Assert.Equal(first, await PlacesAsync());

        // A node that goes gives up its own keys only.
        await cluster.StopNodeAsync("a");
        var without = await PlacesAsync();
        Assert.All(first.Zip(without), key => Assert.True(key.First == "a" ? key.Second != "a" : key.First == key.Second));
        Assert.Equal(without, await PlacesAsync());

        // And they stay where they went when it is there again.
        await cluster.StartNodeAsync("a");
        await JoinAsync("a");
        Assert.Equal(without, await PlacesAsync());

        async Task<IReadOnlyList<string>> PlacesAsync() => await ManyAsync(Keys, n => CallAsync(hub, "sticky", $$"""{"value":"{{n}}"}""", Guid.NewGuid().ToString("N")));

        // As a node does that has the same functions as the others: its push is skipped, and it is one more node.
        async Task JoinAsync(string node)
        {
            Assert.Equal(200, (await cluster.Api.PushAsync("sticky", "1", Functions, cluster.Nodes[node].Address)).Status);
            await cluster.ReachableAsync(node);
        }
    }

    /// <summary>Makes a function that runs on these nodes. Its service.</summary>
    private async Task<string> PushAsync(string mode, IReadOnlyList<string> nodes)
    {
        var service = $"s-{Guid.NewGuid():N}";
        await shared.Cluster.PushAsync(service, $$"""
            {"request_type":"f","function":"node_of","arg_types":{"value":"any"},"choose_node_mode":{{mode}}}
            """, nodes);
        return service;
    }

    private Task<string[]> AskAsync(string service, int count, Func<int, string> requestId, Func<int, string>? value = null) =>
        ManyAsync(count, n => CallAsync(shared.Hub, service, $$"""{"value":{{value?.Invoke(n) ?? "0"}}}""", requestId(n)));

    private static async Task<string[]> ManyAsync(int count, Func<int, Task<string>> ask)
    {
        var answers = new string[count];
        await Parallel.ForAsync(0, count, new ParallelOptions { MaxDegreeOfParallelism = InFlight, CancellationToken = Wait.Ended }, async (n, _) => answers[n] = await ask(n));
        return answers;
    }

    private static async Task<string> CallAsync(HubWire hub, string service, string args, string requestId)
    {
        var answer = await hub.CallAsync(HubWire.Request(service, "f", args, requestId));
        Assert.True(answer.Success, answer.ToString());
        return answer.Result.GetString()!;
    }

    private static void AssertFairShares(IReadOnlyCollection<string> answers) =>
        Assert.All(EightNodes.Names, name => AssertNear(answers.Count, 1.0 / EightNodes.Names.Count, answers.Count(answer => answer == name)));

    private static void AssertNear(int trials, double share, int count)
    {
        var deviation = Math.Sqrt(trials * share * (1 - share));
        Assert.InRange(count, (trials * share) - (Deviations * deviation), (trials * share) + (Deviations * deviation));
    }
}
