using GenApi.Gateway.Diagnostics;
using GenApi.Gateway.RateLimits;
using GenApi.Gateway.Telemetry.Events;
using GenApi.Gateway.Tests.Cluster;
using Microsoft.Extensions.DependencyInjection;

namespace GenApi.Gateway.Tests.Events;

/// <summary>What a call does on its way raises events, with their figures and their subject.</summary>
public sealed class CallEventTests(EventCluster shared) : IClassFixture<EventCluster>
{
    private TestCluster Cluster => shared.Cluster;

    [Fact]
    public async Task A_call_starts_and_stops()
    {
        using var heard = new Heard(Cluster);
        var id = await CallAsync("versioned", "{}", "1.9.0");

        var start = await heard.OneAsync<StartMeasurements, RequestMetadata>(EventNames.RequestStart, call => call.RequestId == id);
        var stop = await heard.OneAsync<DurationMeasurements, RequestStopMetadata>(EventNames.RequestStop, call => call.RequestId == id);
        Assert.Equal(new RequestMetadata(id, "test", "versioned", "1.9.0", "alice"), start.Metadata);
        Assert.InRange(DateTimeOffset.UnixEpoch.AddTicks(start.Measurements.SystemTimeUs * TimeSpan.TicksPerMicrosecond), start.Time.AddMinutes(-1), start.Time.AddMinutes(1));
        Assert.Equal(new RequestStopMetadata(id, "test", "versioned", "1.9.0", "alice", Success: true, Async: false, Code: null), stop.Metadata);
        Assert.InRange(stop.Measurements.DurationUs, 1, 60_000_000);
    }

    [Fact]
    public async Task A_refused_call_stops_with_its_code()
    {
        using var heard = new Heard(Cluster);
        var id = await CallAsync("add", """{"a":"x"}""");
        var unknown = await CallAsync("no_such_function", "{}");

        var stop = await heard.OneAsync<DurationMeasurements, RequestStopMetadata>(EventNames.RequestStop, call => call.RequestId == id);
        Assert.Equal((false, "invalid_arguments"), (stop.Metadata.Success, stop.Metadata.Code));
        stop = await heard.OneAsync<DurationMeasurements, RequestStopMetadata>(EventNames.RequestStop, call => call.RequestId == unknown);
        Assert.Equal((false, "not_found", "no_such_function"), (stop.Metadata.Success, stop.Metadata.Code, stop.Metadata.RequestType));
    }

    [Theory]
    [InlineData("throw", "function_error", "The secret fault.")]
    [InlineData("breaks_the_gateway", "internal", "The gateway failed; the fault is logged under this request_id.")]
    public async Task A_call_that_fails_ends_with_an_exception_and_without_a_stop(string function, string kind, string reason)
    {
        using var heard = new Heard(Cluster);
        var id = await CallAsync(function, "{}");

        var exception = await heard.OneAsync<DurationMeasurements, RequestExceptionMetadata>(EventNames.RequestException, call => call.RequestId == id);
        Assert.Equal((kind, function, "alice"), (exception.Metadata.Kind, exception.Metadata.RequestType, exception.Metadata.UserId));
        Assert.Equal(reason, exception.Metadata.Reason);
        Assert.InRange(exception.Measurements.DurationUs, 1, 60_000_000);
        Assert.DoesNotContain(heard.All, happened => happened.Name == EventNames.RequestStop && happened.Subject is RequestMetadata stop && stop.RequestId == id);
    }

    [Fact]
    public async Task Retries_tell_their_number_and_their_end()
    {
        using var heard = new Heard(Cluster);
        var id = await CallAsync("flaky", $$"""{"key":"{{Guid.NewGuid():N}}","fail_times":9}""");

        var retry = await heard.OneAsync<RetryMeasurements, RetryMetadata>(EventNames.Retry, call => call.RequestId == id);
        var exhausted = await heard.OneAsync<RetriesMeasurements, RetryMetadata>(EventNames.RetryExhausted, call => call.RequestId == id);
        Assert.Equal((1, "all_nodes", "flaky"), (retry.Measurements.Attempt, retry.Metadata.Mode, retry.Metadata.RequestType));
        Assert.InRange(retry.Metadata.Delay!.Value, 1, 1_000_000);
        Assert.Equal((2, "all_nodes"), (exhausted.Measurements.Attempts, exhausted.Metadata.Mode));
        Assert.Equal([1, 2], heard.All.OfType<GatewayEvent<RetryMeasurements, RetryMetadata>>().Where(happened => happened.Metadata.RequestId == id).Select(happened => happened.Measurements.Attempt));
    }

    [Theory]
    [InlineData("hooked", "yes", "continue", "continue")]
    [InlineData("hooked", "change", "continue", "changed")]
    [InlineData("hooked", "no", "rejected", null)]
    public async Task Hooks_tell_what_they_decide(string function, string message, string before, string? after)
    {
        using var heard = new Heard(Cluster);
        var id = await CallAsync(function, $$"""{"message":"{{message}}"}""");

        var start = await heard.OneAsync<StartMeasurements, HookMetadata>(EventNames.BeforeHookStart, hook => hook.RequestId == id);
        var stop = await heard.OneAsync<DurationMeasurements, HookMetadata>(EventNames.BeforeHookStop, hook => hook.RequestId == id);
        Assert.Equal(("gateway:look", function), (start.Metadata.Hook, start.Metadata.RequestType));
        Assert.Equal((before, before == "rejected" ? "it says no" : null), (stop.Metadata.Result, stop.Metadata.Reason));
        Assert.InRange(stop.Measurements.DurationUs, 0, 60_000_000);
        if (after is not null)
        {
            await heard.OneAsync<StartMeasurements, HookMetadata>(EventNames.AfterHookStart, hook => hook.RequestId == id);
            var afterStop = await heard.OneAsync<DurationMeasurements, HookMetadata>(EventNames.AfterHookStop, hook => hook.RequestId == id);
            Assert.Equal(after, afterStop.Metadata.Result);
        }
    }

    [Theory]
    [InlineData("hook_throws", EventNames.BeforeHookException)]
    [InlineData("after_throws", EventNames.AfterHookException)]
    public async Task A_hook_that_throws_says_why(string function, string name)
    {
        using var heard = new Heard(Cluster);
        var id = await CallAsync(function, """{"message":"x"}""");

        var exception = await heard.OneAsync<DurationMeasurements, HookMetadata>(name, hook => hook.RequestId == id);
        Assert.Equal(("gateway:throw", "error", "hook fault"), (exception.Metadata.Hook, exception.Metadata.Kind, exception.Metadata.Reason));
    }

    [Fact]
    public async Task A_worker_starts_and_stops()
    {
        using var heard = new Heard(Cluster);
        var id = await CallAsync("later", """{"message":"x"}""");

        var start = await heard.OneAsync<TaskStartMeasurements, TaskMetadata>(EventNames.TaskStart, task => task.RequestId == id);
        var stop = await heard.OneAsync<DurationMeasurements, TaskMetadata>(EventNames.TaskStop, task => task.RequestId == id);
        var answered = await heard.OneAsync<DurationMeasurements, RequestStopMetadata>(EventNames.RequestStop, call => call.RequestId == id);
        Assert.Equal(("async", "later"), (start.Metadata.Pool, start.Metadata.RequestType));
        Assert.InRange(start.Measurements.QueueTimeUs, 0, 60_000_000);
        Assert.Equal(("async", true), (stop.Metadata.Pool, stop.Metadata.Success));
        Assert.True(answered.Metadata.Async);
    }

    [Fact]
    public async Task Pools_tell_of_rejections_failures_and_their_breaker()
    {
        await using var cluster = await EventCluster.StartAsync(new()
        {
            ["GenApi:AsyncPool:Size"] = "1",
            ["GenApi:AsyncPool:QueueLimit"] = "0",
            ["GenApi:AsyncPool:Breaker:ConsecutiveFailures"] = "1",
            ["GenApi:AsyncPool:Breaker:OpenFor"] = "00:00:00.010",
        });
        using var heard = new Heard(cluster, "worker_pool.*");
        var (key, gate) = cluster.Gates.New();
        var held = EventCluster.CallAsync(cluster, "hold_later", $$"""{"key":"{{key}}"}""");
        await Wait.For(gate.Started);
        var rejected = await EventCluster.CallAsync(cluster, "later", """{"message":"x"}""");
        gate.Release();
        await held;
        await heard.OneAsync<DurationMeasurements, TaskMetadata>(EventNames.TaskStop, task => task.RequestType == "hold_later");
        var failed = await EventCluster.CallAsync(cluster, "unavailable_later", "{}");

        var rejection = await heard.OneAsync<PoolMeasurements, TaskMetadata>(EventNames.TaskRejected, task => task.RequestId == rejected);
        Assert.Equal((1, "async", "queue_full"), (rejection.Measurements.Running, rejection.Metadata.Pool, rejection.Metadata.Kind));
        var exception = await heard.OneAsync<DurationMeasurements, TaskMetadata>(EventNames.TaskException, task => task.RequestId == failed);
        Assert.Equal((false, "unavailable"), (exception.Metadata.Success, exception.Metadata.Kind));
        var open = await heard.OneAsync<PoolMeasurements, PoolMetadata>(EventNames.PoolBreakerOpen, pool => pool.Pool == "async");
        Assert.Equal(0, open.Measurements.Queued);
        await Wait.UntilAsync(async () =>
        {
            await EventCluster.CallAsync(cluster, "later", """{"message":"x"}""");
            return heard.All.Any(happened => happened.Name == EventNames.PoolBreakerClose);
        });
    }

    [Fact]
    public async Task A_stream_starts_and_stops_with_its_chunks()
    {
        using var heard = new Heard(Cluster);
        var id = await StreamAsync("count", """{"count":5}""");

        var start = await heard.OneAsync<StartMeasurements, StreamMetadata>(EventNames.StreamStarted, stream => stream.RequestId == id);
        var stop = await heard.OneAsync<StreamMeasurements, StreamMetadata>(EventNames.StreamStopped, stream => stream.RequestId == id);
        Assert.Equal(("count", "alice"), (start.Metadata.RequestType, start.Metadata.UserId));
        Assert.Equal((5, "completed"), (stop.Measurements.Chunks, stop.Metadata.Reason));
        Assert.Contains(stop.Metadata.Node, Cluster.Nodes.Values.Select(node => node.Address.GetLeftPart(UriPartial.Authority)));
        var task = await heard.OneAsync<DurationMeasurements, TaskMetadata>(EventNames.TaskStop, task => task.RequestId == id);
        Assert.Equal("stream", task.Metadata.Pool);
    }

    [Fact]
    public async Task The_limiter_tells_of_its_checks_and_of_what_it_denies()
    {
        await using var cluster = await EventCluster.StartAsync(new()
        {
            ["GenApi:RateLimits:GlobalLimits:0:Key"] = "user_id",
            ["GenApi:RateLimits:GlobalLimits:0:MaxRequests"] = "1",
            ["GenApi:RateLimits:GlobalLimits:0:WindowMs"] = "1000",
        });
        using var heard = new Heard(cluster, "rate_limiter.*");
        await Wait.UntilAsync(async () =>
        {
            await EventCluster.CallAsync(cluster, "node", "{}");
            return heard.All.Any(happened => happened.Name == EventNames.LimitExceeded);
        });
        await cluster.Gateway.Services.GetRequiredService<IRateLimits>().ResetAsync("alice", "global", "user_id", Wait.Ended);

        var check = await heard.OneAsync<DurationMeasurements, LimitCheckMetadata>(EventNames.LimitCheck, seen => seen is { UserId: "alice", Result: "ok" });
        Assert.InRange(check.Measurements.DurationUs, 0, 60_000_000);
        await heard.OneAsync<DurationMeasurements, LimitCheckMetadata>(EventNames.LimitCheck, seen => seen.Result == "rate_limited");
        var exceeded = await heard.OneAsync<ExceededMeasurements, LimitExceededMetadata>(EventNames.LimitExceeded, seen => seen.UserId == "alice");
        Assert.Equal(new LimitExceededMetadata("user_id", "global", 1, 1, "alice"), exceeded.Metadata);
        Assert.InRange(exceeded.Measurements.RetryAfterMs, 1, 1100);
        var reset = await heard.OneAsync<CountMeasurements, LimitKeyMetadata>(EventNames.LimitReset, _ => true);
        Assert.Equal(new LimitKeyMetadata("user_id", "alice", "global"), reset.Metadata);
        await EventCluster.CallAsync(cluster, "node", "{}");
        var count = await cluster.Gateway.Services.GetRequiredService<IGatewayDiagnostics>().ResetAllRateLimitsAsync(Wait.Ended);
        var all = await heard.OneAsync<CountMeasurements, LimitKeyMetadata>(EventNames.LimitReset, seen => seen.Key is null);
        Assert.InRange(count, 1, 100);
        Assert.Equal((count, new LimitKeyMetadata(null, null, null)), (all.Measurements.Count, all.Metadata));
        await EventCluster.CallAsync(cluster, "node", "{}");
        var cleaned = await heard.OneAsync<CleanupMeasurements, NoMetadata>(EventNames.LimitCleanup, _ => true);
        Assert.InRange(cleaned.Measurements.CleanedEntries, 1, 100);
    }

    private Task<string> CallAsync(string function, string args, string? version = null) => EventCluster.CallAsync(Cluster, function, args, version);

    private async Task<string> StreamAsync(string function, string args)
    {
        var id = Guid.NewGuid().ToString("N");
        using var http = new HttpClient { BaseAddress = Cluster.Gateway.Address };
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/api/test/{function}") { Content = new StringContent(args) };
        request.Headers.Authorization = new("Bearer", await Cluster.Api.TokenAsync("alice"));
        request.Headers.Add("X-Request-Id", id);
        using var response = await http.SendAsync(request, Wait.Ended);
        Assert.True(response.IsSuccessStatusCode);
        return id;
    }
}
