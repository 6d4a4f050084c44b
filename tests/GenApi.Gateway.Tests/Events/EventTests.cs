using System.Diagnostics;
using GenApi.Gateway.Diagnostics;
using GenApi.Gateway.RateLimits;
using GenApi.Gateway.Relay;
using GenApi.Gateway.Telemetry.Events;
using GenApi.Gateway.Tests.Clients;
using GenApi.Gateway.Tests.Cluster;
using GenApi.Gateway.Tests.Configs;
using GenApi.Protocol.Json;
using Microsoft.Extensions.DependencyInjection;

namespace GenApi.Gateway.Tests.Events;

/// <summary>Each event is raised by what it tells of, with its figures and its subject.</summary>
public sealed class EventTests(EventTests.Shared shared) : IClassFixture<EventTests.Shared>
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
    [InlineData("throw", "function_error")]
    [InlineData("breaks_the_gateway", "internal")]
    public async Task A_call_that_fails_ends_with_an_exception_and_without_a_stop(string function, string kind)
    {
        using var heard = new Heard(Cluster);
        var id = await CallAsync(function, "{}");

        var exception = await heard.OneAsync<DurationMeasurements, RequestExceptionMetadata>(EventNames.RequestException, call => call.RequestId == id);
        Assert.Equal((kind, function, "alice"), (exception.Metadata.Kind, exception.Metadata.RequestType, exception.Metadata.UserId));
        Assert.NotEmpty(exception.Metadata.Reason);
        Assert.DoesNotContain("secret", exception.Metadata.Reason, StringComparison.Ordinal);
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
    public async Task A_stream_starts_and_stops_with_its_chunks()
    {
        using var heard = new Heard(Cluster);
        var id = await StreamAsync(Cluster, "count", """{"count":5}""");

        var start = await heard.OneAsync<StartMeasurements, StreamMetadata>(EventNames.StreamStarted, stream => stream.RequestId == id);
        var stop = await heard.OneAsync<StreamMeasurements, StreamMetadata>(EventNames.StreamStopped, stream => stream.RequestId == id);
        Assert.Equal(("count", "alice"), (start.Metadata.RequestType, start.Metadata.UserId));
        Assert.Equal((5, "completed"), (stop.Measurements.Chunks, stop.Metadata.Reason));
        Assert.Contains(stop.Metadata.Node, Cluster.Nodes.Values.Select(node => node.Address.GetLeftPart(UriPartial.Authority)));
        var task = await heard.OneAsync<DurationMeasurements, TaskMetadata>(EventNames.TaskStop, task => task.RequestId == id);
        Assert.Equal("stream", task.Metadata.Pool);
    }

    [Fact]
    public async Task Configs_tell_of_every_change()
    {
        using var heard = new Heard(Cluster);
        Assert.Equal(200, (await Cluster.Api.PushAsync(ApiClient.Push("pushed", "1", $"{ApiClient.Function("one")},{ApiClient.Function("two")},7"))).Status);
        Assert.Equal(200, (await Cluster.Api.PushAsync(ApiClient.Push("pushed", "2", ApiClient.Function("three")))).Status);
        Assert.Equal(200, (await Cluster.Api.PushAsync(ApiClient.Push("pushed", "2", ApiClient.Function("three")))).Status);
        foreach (var change in new[] { "disable", "enable" })
        {
            await Cluster.Api.PostAsync($"/admin/functions/pushed/one/-/{change}", "", TestCluster.AdminToken);
        }

        using var http = new HttpClient { BaseAddress = Cluster.Gateway.Address };
        using var delete = new HttpRequestMessage(HttpMethod.Delete, "/admin/functions/pushed/one/-") { Headers = { Authorization = new("Bearer", TestCluster.AdminToken) } };
        using var deleted = await http.SendAsync(delete, Wait.Ended);

        var push = await heard.OneAsync<PushMeasurements, PushMetadata>(EventNames.ConfigPush, push => push.Service == "pushed" && push.ConfigVersion == "1");
        Assert.Equal(new PushMeasurements(3, 1), push.Measurements);
        Assert.Equal(new PushMetadata("pushed", "1", null, "accepted", null), push.Metadata);
        var skipped = await heard.OneAsync<PushMeasurements, PushMetadata>(EventNames.ConfigPush, push => push is { Service: "pushed", Result: "skipped" });
        Assert.Equal("version_matches", skipped.Metadata.Reason);
        var batch = await heard.OneAsync<CountMeasurements, ConfigMetadata>(EventNames.ConfigBatchAdd, config => config.Service == "pushed");
        Assert.Equal((2, new ConfigMetadata("pushed", null, null, "1")), (batch.Measurements.Count, batch.Metadata));
        var add = await heard.OneAsync<CountMeasurements, ConfigMetadata>(EventNames.ConfigAdd, config => config.Service == "pushed");
        Assert.Equal(new ConfigMetadata("pushed", "three", null, "2"), add.Metadata);
        foreach (var name in new[] { EventNames.ConfigDisable, EventNames.ConfigEnable, EventNames.ConfigDelete })
        {
            var changed = await heard.OneAsync<CountMeasurements, ConfigMetadata>(name, config => config.Service == "pushed");
            Assert.Equal(("one", 1), (changed.Metadata.RequestType, changed.Measurements.Count));
        }
    }

    [Fact]
    public async Task A_pull_starts_and_stops()
    {
        await using var node = await PulledNode.StartAsync();
        node.Functions = """{"request_type":"get"},{"request_type":"put"},7""";
        await using var cluster = await TestCluster.StartAsync(new TestClusterOptions
        {
            GatewaySettings = new Dictionary<string, string?>
            {
                ["GenApi:Pull:Services:0:Service"] = "pulled",
                [node.Setting.Item1] = node.Setting.Item2,
                ["GenApi:Pull:Services:0:Interval"] = "1000",
            },
        });
        using var heard = new Heard(cluster, "config.*");
        node.Version = "2";

        var stored = await heard.OneAsync<PullMeasurements, PullMetadata>(EventNames.PullStop, pull => pull.Result == "stored");
        Assert.Equal((2, 1), (stored.Measurements.Functions, stored.Measurements.Rejected));
        Assert.Equal(("pulled", node.Address, null), (stored.Metadata.Service, stored.Metadata.Node, stored.Metadata.Reason));
        await heard.OneAsync<CountMeasurements, ConfigMetadata>(EventNames.ConfigBatchAdd, config => config is { Service: "pulled", ConfigVersion: "2" });
        await heard.OneAsync<StartMeasurements, PullMetadata>(EventNames.PullStart, pull => pull.Service == "pulled");
        var skipped = await heard.OneAsync<PullMeasurements, PullMetadata>(EventNames.PullStop, pull => pull.Result == "skipped");
        Assert.Equal("version_matches", skipped.Metadata.Reason);
        node.Fault = http =>
        {
            http.Response.StatusCode = 500;
            return Task.CompletedTask;
        };
        var failed = await heard.OneAsync<PullMeasurements, PullMetadata>(EventNames.PullStop, pull => pull.Result == "error");
        Assert.NotEmpty(failed.Metadata.Reason!);
    }

    [Fact]
    public async Task Groups_tell_of_their_members_and_messages()
    {
        var relay = Cluster.Gateway.Services.GetRequiredService<IRelay>();
        using var heard = new Heard(Cluster, "relay.*");
        var group = Guid.NewGuid().ToString("N");
        await relay.CreateAsync(group, GroupType.StrictPrivate, "alice", Wait.Ended);
        await relay.JoinAsync(group, "bob", Wait.Ended);
        await relay.AcceptAsync(group, "alice", "bob", Wait.Ended);
        await relay.MuteAsync(group, "alice", "bob", Wait.Ended);
        await relay.RelayAsync(group, "alice", RawJson.FromString("1"), Wait.Ended);
        await relay.LeaveAsync(group, "bob", Wait.Ended);
        await relay.DeleteAsync(group, "alice", Wait.Ended);

        var created = await heard.OneAsync<CountMeasurements, GroupMetadata>(EventNames.GroupCreated, seen => seen.GroupId == group);
        Assert.Equal(new GroupMetadata(group, "strict_private", "alice", null), created.Metadata);
        var sent = await heard.OneAsync<RelayMeasurements, GroupMetadata>(EventNames.MessageRelayed, seen => seen.GroupId == group);
        Assert.Equal((2, "alice"), (sent.Measurements.RecipientsCount, sent.Metadata.UserId));
        await heard.OneAsync<CountMeasurements, GroupMetadata>(EventNames.GroupDeleted, seen => seen.GroupId == group);
        Assert.Equal(
            ["bob pending", "bob active", "bob muted", "bob left"],
            heard.All.Where(happened => happened.Name == EventNames.MemberChanged).Select(happened => (GroupMetadata)happened.Subject).Where(seen => seen.GroupId == group).Select(seen => $"{seen.UserId} {seen.State}"));
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
            await CallAsync(cluster, "node", "{}");
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
        await CallAsync(cluster, "node", "{}");
        var count = await cluster.Gateway.Services.GetRequiredService<IGatewayDiagnostics>().ResetAllRateLimitsAsync(Wait.Ended);
        var all = await heard.OneAsync<CountMeasurements, LimitKeyMetadata>(EventNames.LimitReset, seen => seen.Key is null);
        Assert.InRange(count, 1, 100);
        Assert.Equal((count, new LimitKeyMetadata(null, null, null)), (all.Measurements.Count, all.Metadata));
        await CallAsync(cluster, "node", "{}");
        var cleaned = await heard.OneAsync<CleanupMeasurements, NoMetadata>(EventNames.LimitCleanup, _ => true);
        Assert.InRange(cleaned.Measurements.CleanedEntries, 1, 100);
    }

    [Fact]
    public async Task A_node_joins_and_leaves_and_its_link_with_it()
    {
        using var heard = new Heard(Cluster);
        var node = await Cluster.StartNodeAsync("visitor");
        var address = node.Address.GetLeftPart(UriPartial.Authority);
        await Cluster.ReachableAsync("visitor");
        await Cluster.StopNodeAsync("visitor");

        await heard.OneAsync<CountMeasurements, NodeMetadata>(EventNames.NodeJoined, seen => seen.Node == address);
        var up = await heard.OneAsync<CountMeasurements, NodeMetadata>(EventNames.LinkUp, seen => seen.Node == address);
        await heard.OneAsync<CountMeasurements, NodeMetadata>(EventNames.NodeLeft, seen => seen.Node == address);
        var down = await heard.OneAsync<DurationMeasurements, NodeMetadata>(EventNames.LinkDown, seen => seen.Node == address);
        Assert.NotEmpty(up.Metadata.NodeId!);
        Assert.Equal(up.Metadata.NodeId, down.Metadata.NodeId);
        Assert.InRange(down.Measurements.DurationUs, 1, 60_000_000);
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
        var held = CallAsync(cluster, "hold_later", $$"""{"key":"{{key}}"}""");
        await Wait.For(gate.Started);
        var rejected = await CallAsync(cluster, "later", """{"message":"x"}""");
        gate.Release();
        await held;
        await heard.OneAsync<DurationMeasurements, TaskMetadata>(EventNames.TaskStop, task => task.RequestType == "hold_later");
        var failed = await CallAsync(cluster, "unavailable_later", "{}");

        var rejection = await heard.OneAsync<PoolMeasurements, TaskMetadata>(EventNames.TaskRejected, task => task.RequestId == rejected);
        Assert.Equal((1, "async", "queue_full"), (rejection.Measurements.Running, rejection.Metadata.Pool, rejection.Metadata.Kind));
        var exception = await heard.OneAsync<DurationMeasurements, TaskMetadata>(EventNames.TaskException, task => task.RequestId == failed);
        Assert.Equal((false, "unavailable"), (exception.Metadata.Success, exception.Metadata.Kind));
        var open = await heard.OneAsync<PoolMeasurements, PoolMetadata>(EventNames.PoolBreakerOpen, pool => pool.Pool == "async");
        Assert.Equal(0, open.Measurements.Queued);
        await Wait.UntilAsync(async () =>
        {
            await CallAsync(cluster, "later", """{"message":"x"}""");
            return heard.All.Any(happened => happened.Name == EventNames.PoolBreakerClose);
        });
    }

    [Fact]
    public async Task The_breaker_of_a_node_opens_and_closes()
    {
        await using var cluster = await EventCluster.StartAsync(new()
        {
            ["GenApi:Nodes:Breaker:ConsecutiveFailures"] = "1",
            ["GenApi:Nodes:Breaker:OpenFor"] = "00:00:00.010",
        });
        using var heard = new Heard(cluster, "node.*", "link.*");
        var links = 0;
        await using var fake = await FakeNode.StartAsync(async peer =>
        {
            await peer.GreetAsync();
            if (Interlocked.Increment(ref links) == 1)
            {
                await peer.CallAsync();
                peer.Abort();
                return;
            }

            while (await peer.CallAsync() is { } call)
            {
                await peer.SendAsync(LinkBytes.Frame(LinkBytes.Result, call.CallId, "true"));
            }
        });
        await fake.JoinAsync(cluster, "fragile", "get");
        var alice = await cluster.Api.TokenAsync("alice");
        await heard.OneAsync<CountMeasurements, NodeMetadata>(EventNames.LinkUp, node => node.Node == fake.Address);
        (await cluster.Api.CallAsync("fragile", "get", "{}", alice)).AssertFailed("unavailable", 503, true);

        await heard.OneAsync<CountMeasurements, NodeMetadata>(EventNames.NodeBreakerOpen, node => node.Node == fake.Address);
        var down = await heard.OneAsync<DurationMeasurements, NodeMetadata>(EventNames.LinkDown, node => node.Node == fake.Address);
        Assert.NotEmpty(down.Metadata.Reason!);
        await Wait.UntilAsync(async () =>
        {
            await cluster.Api.CallAsync("fragile", "get", "{}", alice);
            return heard.All.Any(happened => happened.Name == EventNames.NodeBreakerClose && happened.Subject is NodeMetadata node && node.Node == fake.Address);
        });
    }

    [Fact]
    public async Task A_handler_hears_what_it_asked_for_until_it_is_detached()
    {
        var telemetry = Cluster.Gateway.Services.GetRequiredService<IGatewayTelemetry>();
        var names = new System.Collections.Concurrent.ConcurrentQueue<string>();
        using var others = new Heard(Cluster, "worker_pool.*");
        telemetry.Attach("mine", happened => names.Enqueue(happened.Name), "executor.request.*", "genapi.config.add");

        Assert.Contains("mine", telemetry.Handlers);
        Assert.Throws<InvalidOperationException>(() => telemetry.Attach("mine", _ => { }));
        Assert.Contains("executor.request.stop", Assert.Throws<ArgumentException>(() => telemetry.Attach("other", _ => { }, "nonsense.*")).Message, StringComparison.Ordinal);
        await CallAsync("later", """{"message":"x"}""");
        await Wait.UntilAsync(() => names.Contains(EventNames.RequestStop));
        Assert.All(names, name => Assert.StartsWith("genapi.executor.request.", name, StringComparison.Ordinal));

        Assert.True(telemetry.Detach("mine"));
        Assert.False(telemetry.Detach("mine"));
        Assert.DoesNotContain("mine", telemetry.Handlers);
        var before = names.Count;
        await CallAsync("node", "{}");
        Assert.Equal(before, names.Count);
    }

    [Fact]
    public async Task A_handler_that_throws_is_detached_and_harms_no_call()
    {
        var telemetry = Cluster.Gateway.Services.GetRequiredService<IGatewayTelemetry>();
        using var heard = new Heard(Cluster, "executor.request.stop");
        telemetry.Attach("broken", _ => throw new InvalidOperationException("handler fault"));
        var id = await CallAsync("node", "{}");

        await heard.OneAsync<DurationMeasurements, RequestStopMetadata>(EventNames.RequestStop, call => call.RequestId == id && call.Success);
        Assert.DoesNotContain("broken", telemetry.Handlers);
        Assert.Contains(Cluster.Gateway.Log, line => line.Contains("broken", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Code_that_knows_nothing_of_GenApi_hears_them_by_the_diagnostic_listener()
    {
        var names = new System.Collections.Concurrent.ConcurrentQueue<string>();
        using var subscription = DiagnosticListener.AllListeners.Subscribe(new Observer<DiagnosticListener>(listener =>
        {
            if (listener.Name == EventNames.ListenerName)
            {
                listener.Subscribe(new Observer<KeyValuePair<string, object?>>(happened => names.Enqueue(happened.Key)));
            }
        }));
        await CallAsync("node", "{}");

        await Wait.UntilAsync(() => names.Contains("genapi.executor.request.stop"));
    }

    private Task<string> CallAsync(string function, string args, string? version = null) => CallAsync(Cluster, function, args, version);

    /// <summary>Calls with a request id of its own, and answers that.</summary>
    private static async Task<string> CallAsync(TestCluster cluster, string function, string args, string? version = null)
    {
        var id = Guid.NewGuid().ToString("N");
        await cluster.Api.CallAsync(TestFunctions.Service, function, args, await cluster.Api.TokenAsync("alice"), version, request => request.Headers.Add("X-Request-Id", id));
        return id;
    }

    private static async Task<string> StreamAsync(TestCluster cluster, string function, string args)
    {
        var id = Guid.NewGuid().ToString("N");
        using var http = new HttpClient { BaseAddress = cluster.Gateway.Address };
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/api/test/{function}") { Content = new StringContent(args) };
        request.Headers.Authorization = new("Bearer", await cluster.Api.TokenAsync("alice"));
        request.Headers.Add("X-Request-Id", id);
        using var response = await http.SendAsync(request, Wait.Ended);
        Assert.True(response.IsSuccessStatusCode);
        return id;
    }

    private sealed class Observer<T>(Action<T> next) : IObserver<T>
    {
        public void OnCompleted()
        {
        }

        public void OnError(Exception error)
        {
        }

        public void OnNext(T value) => next(value);
    }

    public sealed class Shared : IAsyncLifetime
    {
        internal TestCluster Cluster { get; private set; } = null!;

        public async ValueTask InitializeAsync() => Cluster = await EventCluster.StartAsync();

        public ValueTask DisposeAsync() => Cluster.DisposeAsync();
    }
}

/// <summary>A cluster with <see cref="EventFunctions"/>.</summary>
internal static class EventCluster
{
    public static Task<TestCluster> StartAsync(Dictionary<string, string?>? settings = null) => TestCluster.StartAsync(new TestClusterOptions
    {
        Nodes = ["a", "b"],
        GatewaySettings = settings ?? [],
        MoreFunctions = EventFunctions.Map,
        ConfigureGateway = EventFunctions.AddHooks,
    });
}
