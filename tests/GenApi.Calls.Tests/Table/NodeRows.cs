namespace GenApi.Calls.Tests.Table;

/// <summary>Where a function runs, and how one of its nodes is chosen.</summary>
internal static class NodeRows
{
    private const int Many = 40;

    public static IEnumerable<Row> All =>
    [
        new("nodes: addresses, one", """ "nodes":["$a"],"function":"node" """, run => AlwaysAsync(run, "a")),
        new("nodes: addresses, the other", """ "nodes":["$b/"],"function":"node" """, run => AlwaysAsync(run, "b")),
        new("nodes: addresses, both", """ "nodes":["$a","$b"],"function":"node" """, async run => Assert.Equal(["a", "b"], (await NodesAsync(run)).Distinct().Order())),
        new("nodes: addresses, one of which nobody answers", """ "nodes":["$a","http://127.0.0.1:1"],"function":"node" """, run => AlwaysAsync(run, "a")),
        new("nodes: addresses that nobody answers", """ "nodes":["http://127.0.0.1:1"],"function":"node" """, run => run.Fails("{}", "unavailable")),
        new("nodes: addresses that nobody answers, async", """ "nodes":["http://127.0.0.1:1"],"response_type":"async","function":"node" """, run => run.Fails("{}", "unavailable")),
        new("nodes: addresses that nobody answers, stream", """ "nodes":["http://127.0.0.1:1"],"response_type":"stream","function":"node" """, run => run.Fails("{}", "unavailable")),
        new("nodes: addresses that nobody answers, none", """ "nodes":["http://127.0.0.1:1"],"response_type":"none","function":"node" """, run => run.Fails("{}", "unavailable")),
        new("nodes: resolver config", """ "nodes":{"resolver":"config","args":["only_a"]},"function":"node" """, run => AlwaysAsync(run, "a")),
        new("nodes: resolver config, a list that is not there", """ "nodes":{"resolver":"config","args":["no_such_list"]},"function":"node" """, run => run.Fails("{}", "unavailable")),
        new("nodes: resolver dns", """ "nodes":{"resolver":"dns","args":["http://localhost:$a_port"]},"function":"node" """, run => AlwaysAsync(run, "a")),
        new("nodes: resolver dns, a name that is not there", """ "nodes":{"resolver":"dns","args":["http://no-such-name.invalid:80"]},"function":"node" """, run => run.Fails("{}", "unavailable")),
        new("nodes: a resolver of the gateway's own", """ "nodes":{"resolver":"as_given","args":["$b/"]},"function":"node" """, run => AlwaysAsync(run, "b")),
        new("nodes: a resolver that names what is no address", """ "nodes":{"resolver":"as_given","args":["ftp://nowhere","$b"]},"function":"node" """, run => AlwaysAsync(run, "b")),
        new("nodes: a resolver that throws", """ "nodes":{"resolver":"throw"},"function":"node" """, run => run.Fails("{}", "unavailable")),
        new("nodes: a resolver that is not there", """ "nodes":{"resolver":"no_such_resolver"},"function":"node" """, run => run.Fails("{}", "unavailable")),

        new("nodes: local", """ "nodes":"local","function":"node" """, run => AlwaysAsync(run, "gateway")),
        new("nodes: local, told who calls", """ "nodes":"local","request_info":true,"function":"whoami" """, async run =>
            Assert.Equal("carol", (await run.CallAsync("{}", "carol")).Final.Result.GetProperty("user_id").GetString())),
        new("nodes: local, async", """ "nodes":"local","response_type":"async","function":"node" """, run => run.Returns("{}", "\"gateway\"")),
        new("nodes: local, stream", """ "nodes":"local","response_type":"stream","function":"count","arg_types":{"count":"num"} """, run =>
            run.Streams("""{"count":20000}""", [.. Enumerable.Range(1, 20_000).Select(n => $"{n}"), "null"])),
        new("nodes: local, stream by the four verbs", """ "nodes":"local","response_type":"stream","function":"verbs","arg_types":{"script":"string"} """, async run =>
        {
            await run.Streams("""{"script":"rl"}""", "\"r0\"", "\"l1\"");
            await run.Streams("""{"script":"rc"}""", "\"r0\"", "null");
            await run.Streams("""{"script":"r"}""", "\"r0\"", "null");
            await run.StreamFails("""{"script":"re"}""", 1, "function_error");
            await run.StreamFails("""{"script":"rt"}""", 1, "function_error");
            await run.Streams("""{"script":"rlt"}""", "\"r0\"", "\"l1\"");
            await run.Streams("""{"script":"rce"}""", "\"r0\"", "null");
        }),
        new("nodes: local, stream, the last chunk does not wait for the function's end", """ "response_type":"stream","nodes":"local","function":"last_and_hold","arg_types":{"key":"string"} """, async run =>
        {
            var (key, gate) = run.Gates.New();
            await run.Streams($$"""{"key":"{{key}}"}""", "1");
            gate.Release();
            await Testing.Wait.For(gate.Left);
        }),
        new("nodes: local, none", """ "nodes":"local","response_type":"none","function":"visit","arg_types":{"key":"string"} """, async run =>
        {
            var (key, gate) = run.Gates.New();
            Assert.NotNull((await run.CallAsync($$"""{"key":"{{key}}"}""")).Acknowledgement);
            Assert.Equal("gateway", await Testing.Wait.For(gate.Started));
        }),
        new("nodes: local, fails", """ "nodes":"local","function":"fail" """, run => run.Fails("{}", "function_error")),
        new("nodes: local, throws", """ "nodes":"local","function":"throw" """, run => run.Fails("{}", "function_error")),
        new("nodes: local, too late", """ "nodes":"local","timeout":100,"function":"hold","arg_types":{"key":"string"} """, async run =>
        {
            var (key, gate) = run.Gates.New();
            await run.Fails($$"""{"key":"{{key}}"}""", "timeout");
            await Testing.Wait.For(gate.Cancelled);
        }),
        new("nodes: local, sync, but the function streams", """ "nodes":"local","function":"count","arg_types":{"count":"num"} """, run => run.Fails("""{"count":3}""", "function_error")),
        new("nodes: local, stream, but the function returns a value", """ "nodes":"local","response_type":"stream","function":"node" """, run => run.Streams("{}", "\"gateway\"")),
        new("nodes: local, a function that is not there", """ "nodes":"local","function":"no_such_function" """, run => run.Fails("{}", "not_found", "no_such_function")),

        new("choose_node_mode: random", """ "choose_node_mode":"random","function":"node" """, async run => Assert.Equal(["a", "b"], (await NodesAsync(run)).Distinct().Order())),
        new("choose_node_mode: hash of the request id", """ "choose_node_mode":"hash","function":"node" """, async run =>
        {
            var keys = Enumerable.Range(0, 20).Select(n => $"{run.Door}-{n}").ToList();
            var once = await NodesAsync(run, keys);
            Assert.Equal(["a", "b"], once.Distinct().Order());
            Assert.Equal(once, await NodesAsync(run, keys));
        }),
        new("choose_node_mode: hash of an argument", """ "choose_node_mode":{"hash":"value"},"function":"node_of","arg_types":{"value":{"type":"any","allow_nil":true}} """, KeyedAsync),
        new("choose_node_mode: round_robin", """ "choose_node_mode":"round_robin","function":"node" """, async run =>
        {
            var nodes = await NodesAsync(run);
            Assert.All(nodes.Zip(nodes.Skip(1)), pair => Assert.NotEqual(pair.First, pair.Second));
        }),
        new("choose_node_mode: sticky", """ "choose_node_mode":{"sticky":"value"},"function":"node_of","arg_types":{"value":{"type":"any","allow_nil":true}} """, KeyedAsync),
        new("choose_node_mode: least_busy", """ "choose_node_mode":"least_busy","response_type":"async","function":"hold","arg_types":{"key":"string"},"timeout":"infinity" """, async run =>
        {
            // Of two nodes, one with a call under way and one without, the latter is chosen.
            var (key, gate) = run.Gates.New();
            var (key2, gate2) = run.Gates.New();
            var first = run.CallAsync($$"""{"key":"{{key}}"}""");
            var busy = await Testing.Wait.For(gate.Started);
            var second = run.CallAsync($$"""{"key":"{{key2}}"}""");
            Assert.NotEqual(busy, await Testing.Wait.For(gate2.Started));
            gate.Release();
            gate2.Release();
            Assert.NotEqual((await first).Final.Result.GetString(), (await second).Final.Result.GetString());
        }),
        new("choose_node_mode: custom", """ "choose_node_mode":{"custom":"last"},"function":"node" """, async run => Assert.Single((await NodesAsync(run)).Distinct())),
        new("choose_node_mode: custom, chooses none", """ "choose_node_mode":{"custom":"none"},"function":"node" """, async run => Assert.Equal(["a", "b"], (await NodesAsync(run)).Distinct().Order())),
        new("choose_node_mode: custom, throws", """ "choose_node_mode":{"custom":"throw"},"function":"node" """, async run => Assert.Equal(["a", "b"], (await NodesAsync(run)).Distinct().Order())),
        new("choose_node_mode: custom, is not there", """ "choose_node_mode":{"custom":"no_such_selector"},"function":"node" """, async run =>
            Assert.Equal(["a", "b"], (await NodesAsync(run)).Distinct().Order())),
        new("choose_node_mode: for streams too", """ "choose_node_mode":{"custom":"last"},"response_type":"stream","function":"node" """, async run => Assert.Single((await NodesAsync(run)).Distinct())),
        new("choose_node_mode: of nodes by address", """ "nodes":["$a","$b"],"choose_node_mode":"round_robin","function":"node" """, async run =>
        {
            var nodes = await NodesAsync(run);
            Assert.All(nodes.Zip(nodes.Skip(1)), pair => Assert.NotEqual(pair.First, pair.Second));
        }),
    ];

    private static async Task AlwaysAsync(RowRun run, string node)
    {
        // A node that was not known before is linked in a moment.
        await Testing.Wait.UntilAsync(async () => (await run.CallAsync()).Final.Success);
        Assert.Equal([node], (await NodesAsync(run)).Distinct());
    }

    private static Task<List<string>> NodesAsync(RowRun run) => NodesAsync(run, Enumerable.Repeat<string?>(null, Many));

    private static async Task<List<string>> NodesAsync(RowRun run, IEnumerable<string?> requestIds)
    {
        var nodes = new List<string>();
        foreach (var requestId in requestIds)
        {
            nodes.Add((await run.CallAsync("{}", requestId: requestId)).Parts[0].Result.GetString()!);
        }

        return nodes;
    }

    /// <summary>The same value leads to the same node, however it is spelt, and not all values to one.</summary>
    private static async Task KeyedAsync(RowRun run)
    {
        (string, string)[] others = [("7", "7"), ("null", " null"), ("true", "true "), ("[1, 2]", "[1, 2]"), ("""{"k":1}""", """{"k":1}""")];
        var seen = new List<string>();
        foreach (var (value, again) in Enumerable.Range(0, 20).Select(n => ($"\"user {n} é\"", $"\"\\u0075ser {n} \\u00e9\"")).Concat(others))
        {
            var node = await NodeOfAsync(value);
            Assert.Equal(node, await NodeOfAsync(value));
            Assert.Equal(node, await NodeOfAsync(again));
            seen.Add(node);
        }

        Assert.Equal(["a", "b"], seen.Distinct().Order());

        async Task<string> NodeOfAsync(string value) => (await run.CallAsync($$"""{"value":{{value}}}""")).Final.Result.GetString()!;
    }
}
