using GenApi.Gateway.Diagnostics;
using GenApi.Gateway.Telemetry.Events;
using GenApi.Gateway.Tests.Cluster;
using Microsoft.Extensions.DependencyInjection;

namespace GenApi.Gateway.Tests.Events;

/// <summary><c>GET /admin/events</c>.</summary>
public sealed class EventStreamTests
{
    [Fact]
    public async Task Events_come_as_lines_of_JSON_as_they_happen_and_only_those_asked_for()
    {
        await using var cluster = await TestCluster.StartAsync("a");
        using var lines = await LineReader.OpenAsync(cluster, "/admin/events?filter=executor.request.*,hook.*");
        Assert.Equal("application/x-ndjson", lines.ContentType);
        (await cluster.Api.CallAsync("echo", """{"message":"x"}""")).AssertResult("\"x\"");

        var start = await lines.NextAsync();
        var stop = await lines.NextAsync();
        Assert.Equal("genapi.executor.request.start", start!.Value.GetProperty("event").GetString());
        Assert.Equal("genapi.executor.request.stop", stop!.Value.GetProperty("event").GetString());
        Assert.InRange(stop.Value.GetProperty("measurements").GetProperty("duration_us").GetInt64(), 1, 60_000_000);
        var metadata = stop.Value.GetProperty("metadata");
        Assert.Equal(("test", "echo", "alice", true), (
            metadata.GetProperty("service").GetString(),
            metadata.GetProperty("request_type").GetString(),
            metadata.GetProperty("user_id").GetString(),
            metadata.GetProperty("success").GetBoolean()));
    }

    [Theory]
    [InlineData("/admin/events", null, 401, "admin token")]
    [InlineData("/admin/events", "wrong", 401, "admin token")]
    [InlineData("/admin/events?filter=nonsense", TestCluster.AdminToken, 400, "executor.request.start")]
    public async Task Wrong_requests_are_refused(string path, string? token, int status, string words)
    {
        await using var cluster = await TestCluster.StartAsync();
        var answer = await cluster.Api.GetAsync(path, token);

        Assert.Equal(status, answer.Status);
        Assert.Contains(words, answer.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Listeners_are_bounded_and_one_that_leaves_makes_room()
    {
        await using var cluster = await TestCluster.StartAsync(new TestClusterOptions
        {
            GatewaySettings = new Dictionary<string, string?> { ["GenApi:Telemetry:MaxEventListeners"] = "1" },
        });
        var feeds = cluster.Gateway.Services.GetRequiredService<EventFeeds>();
        using (await LineReader.OpenAsync(cluster, "/admin/events"))
        {
            var refused = await cluster.Api.GetAsync("/admin/events", TestCluster.AdminToken);
            Assert.Equal((503, "unavailable"), (refused.Status, refused.Code));
            Assert.Equal(1, feeds.Open);
        }

        await Wait.UntilAsync(() => feeds.Open == 0);
        using var again = await LineReader.OpenAsync(cluster, "/admin/events");
        Assert.Equal(1, feeds.Open);
    }

    [Fact]
    public async Task The_same_by_the_interface()
    {
        await using var cluster = await TestCluster.StartAsync(new TestClusterOptions
        {
            Nodes = ["a"],
            GatewaySettings = new Dictionary<string, string?> { ["GenApi:Telemetry:MaxEventListeners"] = "1" },
        });
        var diagnostics = cluster.Gateway.Services.GetRequiredService<IGatewayDiagnostics>();
        Assert.Contains("executor.request.start", Assert.Throws<ArgumentException>(() => diagnostics.ReadEventsAsync(["nonsense"], Wait.Ended)).Message, StringComparison.Ordinal);
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(Wait.Ended);
        var events = diagnostics.ReadEventsAsync(["executor.request.st*"], enough.Token).GetAsyncEnumerator(enough.Token);
        var first = events.MoveNextAsync().AsTask();
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await diagnostics.ReadEventsAsync([], Wait.Ended).GetAsyncEnumerator(Wait.Ended).MoveNextAsync());
        (await cluster.Api.CallAsync("node", "{}")).AssertResult("\"a\"");

        Assert.True(await Wait.For(first));
        Assert.Equal(EventNames.RequestStart, events.Current.Name);
        Assert.True(await Wait.For(events.MoveNextAsync().AsTask()));
        Assert.True(Assert.IsType<GatewayEvent<DurationMeasurements, RequestStopMetadata>>(events.Current).Metadata.Success);
        await enough.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await events.MoveNextAsync());
        Assert.Equal(0, cluster.Gateway.Services.GetRequiredService<EventFeeds>().Open);
    }

    [Fact]
    public async Task What_does_not_fit_is_dropped_and_counted()
    {
        const int Raised = 20_000;
        await using var cluster = await TestCluster.StartAsync(new TestClusterOptions
        {
            GatewaySettings = new Dictionary<string, string?> { ["GenApi:Telemetry:EventBuffer"] = "1" },
        });
        using var lines = await LineReader.OpenAsync(cluster, "/admin/events?filter=rate_limiter.*");
        var events = cluster.Gateway.Services.GetRequiredService<GatewayEvents>();
        for (var i = 0; i < Raised; i++)
        {
            events.LimitReset("user_id", "u", "global");
        }

        var came = 0L;
        var dropped = 0L;
        while (came + dropped < Raised)
        {
            var line = (await lines.NextAsync())!.Value;
            if (line.GetProperty("event").GetString() == "genapi.events.dropped")
            {
                dropped += line.GetProperty("measurements").GetProperty("count").GetInt64();
                Assert.Equal(dropped, line.GetProperty("measurements").GetProperty("total").GetInt64());
            }
            else
            {
                came++;
            }
        }

        Assert.Equal(Raised, came + dropped);
        Assert.NotEqual(0, came);
        Assert.NotEqual(0, dropped);
    }

    [Fact]
    public async Task A_gateway_that_stops_ends_the_lines()
    {
        await using var cluster = await TestCluster.StartAsync();
        using var lines = await LineReader.OpenAsync(cluster, "/admin/events");
        await Wait.For(cluster.Gateway.StopAsync());

        Assert.Empty(await lines.RestAsync());
    }

    [Fact]
    public async Task Every_event_there_is_can_be_told()
    {
        await using var cluster = await TestCluster.StartAsync();
        using var lines = await LineReader.OpenAsync(cluster, "/admin/events");
        EveryEvent.Raise(cluster.Gateway.Services.GetRequiredService<GatewayEvents>());

        var names = new List<string>();
        while (names.Count < EventNames.All.Count)
        {
            var line = (await lines.NextAsync())!.Value;
            Assert.Equal(["event", "time", "measurements", "metadata"], line.EnumerateObject().Select(member => member.Name));
            names.Add(line.GetProperty("event").GetString()!);
        }

        Assert.Equal(EventNames.All.Order(StringComparer.Ordinal), names.Distinct().Order(StringComparer.Ordinal));
    }
}
