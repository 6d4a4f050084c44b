using GenApi.Calls.Tests.Clients;
using GenApi.Calls.Tests.Running;

namespace GenApi.Calls.Tests;

/// <summary>The pools of async calls and of streams: their size, their queue, their breaker.</summary>
public sealed class PoolTests
{
    private const string Hold = """
        {"request_type":"later","function":"hold","response_type":"async","timeout":"infinity","arg_types":{"key":"string"}},
        {"request_type":"later_soon","function":"hold","response_type":"async","timeout":200,"arg_types":{"key":"string"}},
        {"request_type":"stream_soon","function":"count_and_hold","response_type":"stream","timeout":200,"arg_types":{"key":"string","count":"num"}},
        {"request_type":"never","function":"hold","response_type":"none","timeout":"infinity","arg_types":{"key":"string"}},
        {"request_type":"flaky","response_type":"async","arg_types":{"key":"string","fail_times":"num"}},
        {"request_type":"flaky_stream","function":"flaky","response_type":"stream","arg_types":{"key":"string","fail_times":"num"}},
        {"request_type":"fail","response_type":"async"}
        """;

    [Fact]
    public async Task The_async_pool_runs_so_many_queues_so_many_and_refuses_the_rest_at_once()
    {
        await using var cluster = await StartAsync(("AsyncPool:Size", "2"), ("AsyncPool:QueueLimit", "1"));
        await using var hub = await cluster.HubAsync();
        var gates = Enumerable.Range(0, 5).Select(_ => cluster.Gates.New()).ToList();
        var events = Enumerable.Range(0, 5).Select(n => hub.EventsOf($"r{n}")).ToList();
        for (var n = 0; n < 3; n++)
        {
            Assert.True((await CallAsync(n)).IsAsync);
        }

        await Wait.For(Task.WhenAll(gates[0].Gate.Started, gates[1].Gate.Started));
        Assert.Empty(gates[2].Gate.Visits);

        // Full, by either door and in every mode that uses the pool; the other modes go on.
        (await CallAsync(3)).AssertFailed("unavailable", "async pool is full");
        (await cluster.CallAsync("pool", "later", $$"""{"key":"{{gates[3].Key}}"}""")).AssertFailed("unavailable", "async pool is full");
        (await cluster.CallAsync("pool", "never", $$"""{"key":"{{gates[3].Key}}"}""")).AssertFailed("unavailable", "async pool is full");
        (await cluster.CallAsync(Functions.Service, "node")).AssertResult("\"a\"");

        gates[0].Gate.Release();
        Assert.True((await FinalAsync(0)).Success);
        await Wait.For(gates[2].Gate.Started);
        Assert.True((await CallAsync(4)).IsAsync);
        foreach (var (_, gate) in gates)
        {
            gate.Release();
        }

        foreach (var n in (int[])[1, 2, 4])
        {
            Assert.True((await FinalAsync(n)).Success);
            Assert.Equal(1, hub.Seen($"r{n}").Finals);
        }

        Task<Answer> CallAsync(int n) => hub.CallAsync(HubWire.Request("pool", "later", $$"""{"key":"{{gates[n].Key}}"}""", $"r{n}"));

        async Task<Answer> FinalAsync(int n) => new(await events[n].ReadAsync(Wait.Ended));
    }

    [Fact]
    public async Task A_client_that_leaves_gives_back_its_place_in_the_queue()
    {
        await using var cluster = await StartAsync(("AsyncPool:Size", "1"), ("AsyncPool:QueueLimit", "1"));
        await using var first = await cluster.HubAsync();
        var second = await cluster.HubAsync();
        await using var third = await cluster.HubAsync();
        var (key, gate) = cluster.Gates.New();
        var (key2, gate2) = cluster.Gates.New();
        var (key3, gate3) = cluster.Gates.New();
        Assert.True((await first.CallAsync(Request(key))).IsAsync);
        await Wait.For(gate.Started);
        Assert.True((await second.CallAsync(Request(key2))).IsAsync);
        (await third.CallAsync(Request(key3))).AssertFailed("unavailable");

        await second.DisposeAsync();
        await Wait.UntilAsync(async () => (await third.CallAsync(Request(key3))).Success, "the place is free");
        gate.Release();
        await Wait.For(gate3.Started);
        gate3.Release();

        // What its client gave up while it waited never ran.
        Assert.Empty(gate2.Visits);

        static string Request(string key) => HubWire.Request("pool", "later", $$"""{"key":"{{key}}"}""", key);
    }

    [Theory]
    [InlineData("AsyncPool", "later_soon", "{0}")]
    [InlineData("StreamPool", "stream_soon", "{0},\"count\":0")]
    public async Task A_call_in_the_queue_runs_out_of_time(string section, string function, string args)
    {
        await using var cluster = await StartAsync(($"{section}:Size", "1"), ($"{section}:QueueLimit", "5"));
        await using var hub = await cluster.HubAsync();
        var (key, gate) = cluster.Gates.New();
        var (key2, gate2) = cluster.Gates.New();
        var first = section == "AsyncPool" ? HubWire.Request("pool", "later", Args(key), key) : HubWire.Request(Functions.Service, "count_and_hold", Args(key), key);
        Assert.True((await hub.CallAsync(first)).IsAsync);
        await Wait.For(gate.Started);

        var events = hub.EventsOf(key2);
        Assert.True((await hub.CallAsync(HubWire.Request("pool", function, Args(key2), key2))).IsAsync);
        new Answer(await Wait.For(events.ReadAsync(Wait.Ended).AsTask())).AssertFailed("timeout");
        Assert.Empty(gate2.Visits);
        Assert.Equal(1, hub.Seen(key2).Finals);
        gate.Release();

        string Args(string value) => $"{{{args.Replace("{0}", $"\"key\":\"{value}\"", StringComparison.Ordinal)}}}";
    }

    [Fact]
    public async Task The_stream_pool_refuses_one_too_many_by_every_door()
    {
        await using var cluster = await StartAsync(("StreamPool:Size", "1"), ("StreamPool:QueueLimit", "0"));
        await using var hub = await cluster.HubAsync();
        var (key, gate) = cluster.Gates.New();
        var stream = hub.OpenStream(Request(key, "one"));
        Assert.Equal(1, (await stream.NextAsync())!.Result.GetInt32());

        var refused = hub.OpenStream(Request(key, "two"));
        (await refused.NextAsync())!.AssertFailed("unavailable", "stream pool is full");
        Assert.Null(await refused.NextAsync());
        (await hub.CallAsync(Request(key, "three"))).AssertFailed("unavailable", "stream pool is full");
        (await cluster.CallAsync(Functions.Service, "count_and_hold", $$"""{"key":"{{key}}","count":1}""")).AssertFailed("unavailable", "stream pool is full");
        Assert.Single((await cluster.Api.AdminAsync(HttpMethod.Get, "/admin/streams")).Body.EnumerateArray());

        gate.Release();
        Assert.Equal(0, (await stream.NextAsync())!.Result.GetInt32());
        Assert.False((await stream.NextAsync())!.HasMore);
        Assert.Null(await stream.NextAsync());
        await Wait.UntilAsync(async () => (await cluster.CallAsync(Functions.Service, "node")).Success);
        await Wait.UntilAsync(
            async () =>
            {
                var next = hub.OpenStream(Request(key, "four"));
                var first = await next.NextAsync();
                while (await next.NextAsync() is not null)
                {
                }

                return first!.Success;
            },
            "the place is free");

        static string Request(string key, string id) => HubWire.Request(Functions.Service, "count_and_hold", $$"""{"key":"{{key}}","count":1}""", id);
    }

    [Fact]
    public async Task A_stream_in_the_queue_waits_for_its_turn_and_can_be_stopped()
    {
        await using var cluster = await StartAsync(("StreamPool:Size", "1"), ("StreamPool:QueueLimit", "5"));
        await using var hub = await cluster.HubAsync();
        var (key, gate) = cluster.Gates.New();
        var (key2, gate2) = cluster.Gates.New();
        var running = hub.OpenStream(Request(key, "running"));
        Assert.Equal(1, (await running.NextAsync())!.Result.GetInt32());
        var stopped = hub.OpenStream(Request(key2, "stopped"));
        var disposed = hub.OpenStream(Request(key2, "disposed"));
        var waiting = hub.OpenStream(Request(key, "waiting"));
        await Wait.UntilAsync(async () => (await cluster.Api.AdminAsync(HttpMethod.Get, "/admin/streams")).Body.GetArrayLength() == 4);

        Assert.True(await hub.StopStreamAsync("stopped"));
        var last = await stopped.NextAsync();
        Assert.True(last is { HasMore: false }, last?.ToString());
        Assert.Null(await stopped.NextAsync());
        await disposed.CancelAsync();
        await Wait.UntilAsync(async () => (await cluster.Api.AdminAsync(HttpMethod.Get, "/admin/streams")).Body.GetArrayLength() == 2);

        gate.Release();
        Assert.Equal(1, (await waiting.NextAsync())!.Result.GetInt32());
        Assert.Empty(gate2.Visits);
        Assert.Equal(1, hub.Seen("stopped").Finals);

        static string Request(string key, string id) => HubWire.Request(Functions.Service, "count_and_hold", $$"""{"key":"{{key}}","count":1}""", id);
    }

    [Theory]
    [InlineData("async", "AsyncPool", "flaky")]
    [InlineData("stream", "StreamPool", "flaky_stream")]
    public async Task A_pool_whose_calls_all_fail_closes_for_a_while(string pool, string section, string function)
    {
        await using var cluster = await StartAsync(
            ($"{section}:Breaker:ConsecutiveFailures", "3"),
            ($"{section}:Breaker:OpenFor", "00:00:00.3"),
            ("Nodes:Breaker:ConsecutiveFailures", "1000"),
            ("Nodes:Breaker:MinimumCalls", "1000"));
        await using var hub = await cluster.HubAsync();
        for (var n = 0; n < 3; n++)
        {
            (await FinalAsync(failTimes: 1)).AssertFailed("unavailable", "not now");
        }

        (await FinalAsync(failTimes: 0)).AssertFailed("unavailable", $"The {pool} pool is closed for a moment");
        Assert.Contains(cluster.Gateway.Log, line => line.Contains($"The breaker of the {pool} pool is Open.", StringComparison.Ordinal));

        // One attempt that succeeds opens it again.
        await Wait.UntilAsync(async () => (await FinalAsync(failTimes: 0)).Success);
        await Wait.UntilAsync(
            () => cluster.Gateway.Log.Any(line => line.Contains($"The breaker of the {pool} pool is Closed.", StringComparison.Ordinal)), "the breaker is closed");
        for (var n = 0; n < 20; n++)
        {
            Assert.True((await FinalAsync(failTimes: 0)).Success);
        }

        async Task<Answer> FinalAsync(int failTimes)
        {
            var (key, _) = cluster.Gates.New();
            var events = hub.EventsOf(key);
            var first = await hub.CallAsync(HubWire.Request("pool", function, $$"""{"key":"{{key}}","fail_times":{{failTimes}}}""", key));
            return first.IsAsync ? new Answer(await events.ReadAsync(Wait.Ended)) : first;
        }
    }

    [Fact]
    public async Task What_functions_answer_does_not_close_a_pool()
    {
        await using var cluster = await StartAsync(("AsyncPool:Breaker:ConsecutiveFailures", "3"));
        await using var hub = await cluster.HubAsync();
        for (var n = 0; n < 10; n++)
        {
            var events = hub.EventsOf($"r{n}");
            Assert.True((await hub.CallAsync(HubWire.Request("pool", "fail", "{}", $"r{n}"))).IsAsync);
            new Answer(await events.ReadAsync(Wait.Ended)).AssertFailed("function_error");
        }
    }

    private static async Task<Cluster> StartAsync(params IReadOnlyList<(string Key, string Value)> settings)
    {
        var cluster = await Cluster.StartAsync(new ClusterOptions
        {
            Nodes = ["a"],
            GatewaySettings = settings.ToDictionary(setting => $"GenApi:{setting.Key}", setting => (string?)setting.Value),
        });
        await cluster.PushAsync("pool", Hold, "a");
        return cluster;
    }
}
