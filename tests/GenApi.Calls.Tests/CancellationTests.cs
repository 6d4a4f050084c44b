using System.Text.Json;
using GenApi.Calls.Tests.Clients;
using GenApi.Calls.Tests.Running;
using GenApi.Testing.SignalR;
using Microsoft.AspNetCore.SignalR.Client;

namespace GenApi.Calls.Tests;

/// <summary>A gateway that hosts the functions itself, with a node that has them too.</summary>
public sealed class CancellationCluster : IAsyncLifetime
{
    internal Cluster Cluster { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Cluster = await Cluster.StartAsync(new ClusterOptions { Nodes = ["a"], HostsFunctions = true });
        foreach (var (service, place) in new[] { ("node", ""), ("local", ""","nodes":"local" """) })
        {
            var functions = string.Join(',', ((string[])["sync", "async", "none"])
                .SelectMany(mode => ((string[])["", "_soon"]).Select(soon => Config($"{mode}{soon}", "hold", mode, """{"key":"string"}""")))
                .Concat([Config("stream", "count_and_hold", "stream", Types), Config("stream_soon", "count_and_hold", "stream", Types)]));
            await Cluster.PushAsync(service, functions, service == "node" ? ["a"] : []);

            string Config(string name, string function, string mode, string types) => $$"""
                {"request_type":"{{name}}","function":"{{function}}","response_type":"{{mode}}","arg_types":{{types}},
                 "timeout":{{(name.EndsWith("_soon", StringComparison.Ordinal) ? "200" : "\"infinity\"")}}{{place}}}
                """;
        }
    }

    public ValueTask DisposeAsync() => Cluster.DisposeAsync();

    private const string Types = """{"key":"string","count":"num"}""";
}

/// <summary>However a call is given up, the function learns of it.</summary>
public sealed class CancellationTests(CancellationCluster shared) : IClassFixture<CancellationCluster>
{
    private const string Id = "the-call";

    private Cluster Cluster => shared.Cluster;

    /// <summary>Each mode, each way to give a call up, on a node and in the gateway.</summary>
    public static TheoryData<string, string, string> Ways
    {
        get
        {
            var ways = new TheoryData<string, string, string>();
            foreach (var place in (string[])["node", "local"])
            {
                foreach (var (mode, each) in new (string Mode, string[] Ways)[]
                {
                    ("sync", ["abort", "close", "http abort", "timeout", "http timeout"]),
                    ("async", ["abort", "close", "timeout", "http timeout"]),
                    ("stream", ["abort", "close", "dispose", "stop_stream", "admin stop", "timeout"]),
                    ("events", ["abort", "close", "stop_stream", "admin stop", "timeout"]),
                    ("sse", ["http abort", "admin stop", "http timeout"]),
                    ("none", ["timeout", "http timeout"]),
                })
                {
                    foreach (var way in each)
                    {
                        ways.Add(place, mode, way);
                    }
                }
            }

            return ways;
        }
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task The_handler_learns_of_it(string place, string mode, string way)
    {
        var (key, gate) = Cluster.Gates.New();
        var function = $"{(mode is "events" or "sse" ? "stream" : mode)}{(way.EndsWith("timeout", StringComparison.Ordinal) ? "_soon" : "")}";
        var args = function.StartsWith("stream", StringComparison.Ordinal) ? $$"""{"key":"{{key}}","count":1}""" : $$"""{"key":"{{key}}"}""";
        await using var hub = await Cluster.HubAsync();
        using var leaving = CancellationTokenSource.CreateLinkedTokenSource(Wait.Ended);
        var id = $"{place}-{mode}-{way.Replace(' ', '-')}";
        var request = HubWire.Request(place, function, args, id);
        HubStream? stream = null;
        Task calling = Task.CompletedTask;
        if (way.StartsWith("http", StringComparison.Ordinal) || mode == "sse")
        {
            calling = ReadAsync(place, function, args, id, leaving.Token);
        }
        else if (mode == "stream")
        {
            stream = hub.OpenStream(request);
            Assert.Equal(1, (await stream.NextAsync())!.Result.GetInt32());
        }
        else
        {
            calling = hub.CallAsync(request);
        }

        await Wait.For(gate.Started);
        switch (way)
        {
            case "abort":
                hub.Abort();
                break;
            case "close":
                await hub.CloseAsync();
                break;
            case "http abort":
                await leaving.CancelAsync();
                break;
            case "dispose":
                await stream!.CancelAsync();
                break;
            case "stop_stream":
                Assert.True(await hub.StopStreamAsync(id));
                break;
            case "admin stop":
                Assert.Equal(204, (await Cluster.Api.AdminAsync(HttpMethod.Post, $"/admin/streams/{id}/stop")).Status);
                break;
        }

        await Wait.For(gate.Cancelled);
        await Wait.For(gate.Left);
        await Wait.ForEndOf(calling);
        await Wait.UntilAsync(async () => (await Cluster.Api.AdminAsync(HttpMethod.Get, "/admin/streams")).Body.GetArrayLength() == 0, "no stream is left");
    }

    [Theory]
    [InlineData("node")]
    [InlineData("local")]
    public async Task Stop_stream_ends_it_with_one_last_answer_that_is_no_failure(string place)
    {
        await using var hub = await Cluster.HubAsync();
        foreach (var byEvents in (bool[])[false, true])
        {
            var (key, gate) = Cluster.Gates.New();
            var id = $"stopped-{byEvents}";
            var request = HubWire.Request(place, "stream", $$"""{"key":"{{key}}","count":2}""", id);
            var next = await StartAsync(hub, request, id, byEvents);
            Assert.Equal(1, (await next())!.Result.GetInt32());
            Assert.Equal(2, (await next())!.Result.GetInt32());
            await Wait.For(gate.Started);

            Assert.True(await hub.StopStreamAsync(id));
            var last = await next();
            Assert.True(last is { Success: true, HasMore: false }, last?.ToString());
            await Wait.For(gate.Cancelled);

            // Nothing is left to be stopped, and nothing more is said.
            await Wait.UntilAsync(async () => !await hub.StopStreamAsync(id));
            Assert.Equal(1, hub.Seen(id).Finals);
        }
    }

    [Fact]
    public async Task Only_the_connection_that_has_a_stream_can_stop_it()
    {
        await using var owner = await Cluster.HubAsync();
        await using var other = await Cluster.HubAsync();
        var (key, gate) = Cluster.Gates.New();
        var stream = owner.OpenStream(HubWire.Request("node", "stream", $$"""{"key":"{{key}}","count":1}""", Id));
        Assert.Equal(1, (await stream.NextAsync())!.Result.GetInt32());
        await Wait.For(gate.Started);

        Assert.False(await other.StopStreamAsync(Id));
        Assert.False(await owner.StopStreamAsync("another"));
        Assert.False(gate.Cancelled.IsCompleted);
        gate.Release();
        Assert.Equal(0, (await stream.NextAsync())!.Result.GetInt32());
        Assert.False((await stream.NextAsync())!.HasMore);
        Assert.Null(await stream.NextAsync());
    }

    [Fact]
    public async Task One_connection_has_one_stream_of_a_request_id()
    {
        await using var hub = await Cluster.HubAsync();
        var (key, gate) = Cluster.Gates.New();
        var request = HubWire.Request("node", "stream", $$"""{"key":"{{key}}","count":1}""", Id);
        var stream = hub.OpenStream(request);
        Assert.Equal(1, (await stream.NextAsync())!.Result.GetInt32());

        (await hub.CallAsync(request)).AssertFailed("invalid_request", "request_id");
        var second = hub.OpenStream(request);
        (await second.NextAsync())!.AssertFailed("invalid_request", "request_id");
        Assert.Null(await second.NextAsync());

        gate.Release();
        Assert.Equal(0, (await stream.NextAsync())!.Result.GetInt32());
    }

    [Fact]
    public async Task Another_client_disposes_of_a_stream_and_of_its_connection()
    {
        var (key, gate) = Cluster.Gates.New();
        var (key2, gate2) = Cluster.Gates.New();
        var client = await HubClients.ConnectAsync(Cluster.Gateway.Address, Cluster.Alice);
        await using (client)
        {
            // This client says that it wants no more only when its token says so.
            using var enough = CancellationTokenSource.CreateLinkedTokenSource(Wait.Ended);
            var reader = await client.StreamAsChannelAsync<JsonElement>("Stream", Request(key, "one"), enough.Token);
            Assert.Equal(1, (await reader.ReadAsync(Wait.Ended)).GetProperty("result").GetInt32());
            await Wait.For(gate.Started);
            await enough.CancelAsync();
            await Wait.For(gate.Cancelled);
            Assert.True((await client.InvokeAsync<JsonElement>("Call", Request(key2, "two"), Wait.Ended)).GetProperty("success").GetBoolean());
            await Wait.For(gate2.Started);
        }

        await Wait.For(gate2.Cancelled);

        static JsonElement Request(string key, string id) => JsonElement.Parse(HubWire.Request("node", "stream", $$"""{"key":"{{key}}","count":1}""", id));
    }

    [Theory]
    [InlineData("node")]
    [InlineData("local")]
    public async Task An_async_call_by_http_outlives_its_request(string place)
    {
        var (key, gate) = Cluster.Gates.New();
        var acknowledgement = await Cluster.Api.CallAsync(place, "async", $$"""{"key":"{{key}}"}""", Cluster.Alice, requestId: $"later-{place}");
        Assert.Equal(202, acknowledgement.Status);
        await Wait.For(gate.Started);
        Assert.Equal(202, (await Cluster.Api.GetAsync($"/api/results/later-{place}", Cluster.Alice)).Status);

        // Nobody else may fetch it, nor learn of it.
        Assert.Equal(404, (await Cluster.Api.GetAsync($"/api/results/later-{place}", await Cluster.Api.TokenAsync("bob"))).Status);

        gate.Release();
        Answer? result = null;
        await Wait.UntilAsync(async () => (result = await Cluster.Api.GetAsync($"/api/results/later-{place}", Cluster.Alice)).Status != 202);
        result!.AssertResult(place == "node" ? "\"a\"" : "\"gateway\"");
        Assert.Equal(410, (await Cluster.Api.GetAsync($"/api/results/later-{place}", Cluster.Alice)).Status);
        Assert.False(gate.Cancelled.IsCompleted);
    }

    [Fact]
    public async Task A_gateway_that_goes_takes_its_calls_along()
    {
        await using var cluster = await Cluster.StartAsync(new ClusterOptions { Nodes = ["a"], NodeSettings = new Dictionary<string, string?> { ["GenApi:Node:DrainTimeout"] = "00:00:00" } });
        await using var hub = await cluster.HubAsync();
        var (key, gate) = cluster.Gates.New();
        var calling = hub.CallAsync(HubWire.Request(Functions.Service, "hold", $$"""{"key":"{{key}}"}""", Id));
        await Wait.For(gate.Started);

        await cluster.Gateway.StopAsync();
        await Wait.For(gate.Cancelled);
        await Wait.ForEndOf(calling);
    }

    private static async Task<Func<Task<Answer?>>> StartAsync(HubWire hub, string request, string id, bool byEvents)
    {
        if (!byEvents)
        {
            var stream = hub.OpenStream(request);
            return stream.NextAsync;
        }

        var events = hub.EventsOf(id);
        Assert.True((await hub.CallAsync(request)).Success);
        return async () => new Answer(await events.ReadAsync(Wait.Ended));
    }

    private async Task ReadAsync(string service, string function, string args, string id, CancellationToken cancellationToken)
    {
        using var response = await Cluster.Api.OpenAsync(service, function, args, Cluster.Alice, requestId: id, cancellation: cancellationToken);
        await foreach (var part in ApiClient.EventsAsync(response, cancellationToken))
        {
            Assert.NotNull(part);
        }
    }
}
