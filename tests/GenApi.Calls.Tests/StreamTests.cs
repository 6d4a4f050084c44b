using System.Text.Json;
using GenApi.Calls.Tests.Clients;
using GenApi.Calls.Tests.Running;
using GenApi.Node;
using GenApi.Testing.SignalR;
using Microsoft.AspNetCore.SignalR.Client;

namespace GenApi.Calls.Tests;

/// <summary>Long streams: complete, in order, and only as fast as their reader.</summary>
public sealed class StreamTests
{
    [Fact]
    public async Task A_million_chunks_arrive_complete_and_in_order()
    {
        const int Chunks = 1_000_000;
        await using var cluster = await Cluster.StartAsync();
        await using var client = await HubClients.ConnectAsync(cluster.Gateway.Address, cluster.Alice);
        var request = JsonElement.Parse(HubWire.Request(Functions.Service, "count", $$"""{"count":{{Chunks}}}""", "million"));
        var expected = 0;
        await foreach (var response in client.StreamAsync<Chunk>("Stream", request, Wait.Ended))
        {
            expected++;
            if (expected <= Chunks)
            {
                Assert.True(response == new Chunk("million", true, true, expected), $"Chunk {expected} is {response}.");
            }
            else
            {
                Assert.Equal(new Chunk("million", true, false, null), response);
            }
        }

        Assert.Equal(Chunks + 1, expected);
    }

    [Fact]
    public async Task By_event_200_000_chunks_arrive_complete_and_in_order()
    {
        const int Chunks = 200_000;
        await using var cluster = await Cluster.StartAsync();
        await using var hub = await cluster.HubAsync();
        var events = hub.EventsOf("many");
        var acknowledgement = await hub.CallAsync(HubWire.Request(Functions.Service, "count", $$"""{"count":{{Chunks}}}""", "many"));
        Assert.True(acknowledgement is { Success: true, IsAsync: true, HasMore: true });
        for (var n = 1; n <= Chunks; n++)
        {
            Assert.Equal(n, (await events.ReadAsync(Wait.Ended)).GetProperty("result").GetInt32());
        }

        Assert.False((await events.ReadAsync(Wait.Ended)).GetProperty("has_more").GetBoolean());
        Assert.Equal(1, hub.Seen("many").Finals);
    }

    [Fact]
    public async Task By_server_sent_events_200_000_chunks_arrive_complete_and_in_order()
    {
        const int Chunks = 200_000;
        await using var cluster = await Cluster.StartAsync();
        using var response = await cluster.Api.OpenAsync(Functions.Service, "count", $$"""{"count":{{Chunks}}}""", cluster.Alice);
        var n = 0;
        await foreach (var part in ApiClient.EventsAsync(response, Wait.Ended))
        {
            n++;
            Assert.Equal(n <= Chunks, part.HasMore);
            if (part.HasMore)
            {
                Assert.Equal(n, part.Result.GetInt32());
            }
        }

        Assert.Equal(Chunks + 1, n);
    }

    [Fact]
    public async Task A_hundred_streams_at_once_do_not_mix()
    {
        await using var cluster = await Cluster.StartAsync();
        await using var hub = await cluster.HubAsync();
        await Task.WhenAll(Enumerable.Range(0, 100).Select(async index =>
        {
            var stream = hub.OpenStream(HubWire.Request(Functions.Service, "count", $$"""{"count":{{500 + index}}}""", $"stream-{index}"));
            for (var n = 1; n <= 500 + index; n++)
            {
                var part = await stream.NextAsync();
                Assert.Equal(($"stream-{index}", n), (part!.RequestId, part.Result.GetInt32()));
            }

            Assert.False((await stream.NextAsync())!.HasMore);
            Assert.Null(await stream.NextAsync());
        }));
    }

    /// <summary>
    /// The gateway is a process of its own, so that its memory is its own too; the node is in this process, so that its
    /// handler can be watched.
    /// </summary>
    [Theory]
    [InlineData("hub")]
    [InlineData("events")]
    [InlineData("sse")]
    public async Task A_gigabyte_to_a_client_that_stops_reading_costs_little_memory(string door)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The memory of a process is read from /proc.");
        const int Size = 64 * 1024;
        var chunks = door == "hub" ? 16 * 1024 : 4 * 1024;
        const long Allowed = 64 * 1024 * 1024;
        await using var cluster = await ProcessCluster.StartAsync(0);
        var produced = 0;
        await using var node = await TestApp.StartAsync(
            new Dictionary<string, string?>
            {
                ["GenApi:ClusterToken"] = Secrets.Cluster,
                ["GenApi:Node:Gateways:0"] = cluster.Gateway.Address.ToString(),
                ["GenApi:Node:DrainTimeout"] = "00:00:00",
            },
            builder => builder.AddGenApiNode("bulk", functions =>
            {
                functions.Map("echo", (int n) => n);
                functions.Map("bulk", (int count) => Produce(count));
            }),
            app => app.MapGenApiNode());
        await Wait.UntilAsync(async () => (await cluster.Api.CallAsync("bulk", "echo", """{"n":1}""", cluster.Alice)).Success, "the node is reached");

        // First the gateway gets its working size: the same calls and a quarter of the stream, read at once.
        await using var caller = await HubWire.ConnectAsync(cluster.Gateway.Address, cluster.Alice);
        await EchoAsync(2000);
        await using (var warm = await OpenAsync("warm", chunks / 4))
        {
            await ReadAsync(warm, 1, chunks / 4);
        }

        cluster.Gateway.ForgetPeakMemory();
        var before = cluster.Gateway.Memory("VmRSS");
        Interlocked.Exchange(ref produced, 0);
        await using var stream = await OpenAsync("bulk", chunks);
        await ReadAsync(stream, 1, 10);

        // Nobody reads now. The clock is other calls, over the same link: the producer stands still while they are answered.
        // What the kernel holds of a connection may still grow a little on its own timers, so it is asked again until it stands.
        stream.Pause();
        int last;
        do
        {
            last = Volatile.Read(ref produced);
            await EchoAsync(2500);
        }
        while (Volatile.Read(ref produced) != last);
        Assert.InRange(last, 10, chunks / 2);
        var stalled = cluster.Gateway.Memory("VmRSS");

        stream.Resume();
        await ReadAsync(stream, 11, chunks);
        Assert.Equal(chunks, Volatile.Read(ref produced));
        var peak = cluster.Gateway.Memory("VmHWM");
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"{door}: {before / 1048576} MB before, {stalled / 1048576} MB stalled after {last} chunks, {peak / 1048576} MB at the most");
        Assert.InRange(stalled - before, long.MinValue, Allowed);
        Assert.InRange(peak - before, long.MinValue, Allowed);

        async Task EchoAsync(int count)
        {
            for (var n = 0; n < count; n++)
            {
                (await caller.CallAsync(HubWire.Request("bulk", "echo", """{"n":1}""", "e"))).AssertResult("1");
            }
        }

        async IAsyncEnumerable<Piece> Produce(int count)
        {
            var padding = new string('x', Size);
            for (var n = 1; n <= count; n++)
            {
                Interlocked.Increment(ref produced);
                yield return new Piece(n, padding);
                await Task.CompletedTask;
            }
        }

        Task<PausableStream> OpenAsync(string requestId, int count)
        {
            var args = $$"""{"count":{{count}}}""";
            return door switch
            {
                "hub" => PausableStream.ByHubAsync(cluster.Gateway.Address, cluster.Alice, HubWire.Request("bulk", "bulk", args, requestId)),
                "events" => PausableStream.ByEventsAsync(cluster.Gateway.Address, cluster.Alice, requestId, HubWire.Request("bulk", "bulk", args, requestId)),
                _ => PausableStream.ByHttpAsync(cluster.Api, cluster.Alice, "bulk", "bulk", args),
            };
        }

        static async Task ReadAsync(PausableStream stream, int from, int to)
        {
            for (var n = from; n <= to; n++)
            {
                Assert.Equal(n, (await stream.NextAsync()).Result.GetProperty("n").GetInt32());
            }
        }
    }

    private sealed record Piece(int N, string Padding);

    private sealed record Chunk(
        [property: System.Text.Json.Serialization.JsonPropertyName("request_id")] string RequestId,
        bool Success,
        [property: System.Text.Json.Serialization.JsonPropertyName("has_more")] bool HasMore,
        int? Result);
}
