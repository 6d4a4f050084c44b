using System.Security.Claims;
using GenApi.Gateway.Calls;
using GenApi.Gateway.Calls.Modes;
using GenApi.Gateway.Security;
using GenApi.Gateway.Telemetry.Events;
using GenApi.Protocol.Calls;
using GenApi.Protocol.Cluster;
using GenApi.Protocol.Configs;
using Microsoft.Extensions.Logging.Abstractions;

namespace GenApi.Gateway.Tests.Events;

/// <summary>Raises every event once, by hand.</summary>
internal static class EveryEvent
{
    public static void Raise(GatewayEvents events)
    {
        var call = new Call(new CallRequest { Service = "s", RequestType = "t", RequestId = "r" }, Caller.Of(new ClaimsPrincipal(), null), CancellationToken.None);
        using var pool = new WorkerPool("async", new GenApiGatewayOptions().AsyncPool, events, TimeProvider.System, NullLogger.Instance);
        var function = new FunctionKey("s", "t", "1");
        var retry = new RetryPolicy(RetryMode.SameNode, 1);
        var hook = new HookRef.Function("h");
        var failed = new CallError(ErrorCode.Internal, "It failed.");

        events.RequestStarted(call);
        events.RequestEnded(call, null, 0);
        events.RequestEnded(call, failed, 0);
        events.Retried(call, retry, 1, TimeSpan.FromSeconds(1));
        events.RetriesExhausted(call, retry);
        events.LimitsChecked("alice", "ok", 0);
        events.LimitExceeded("alice", "user_id", "global", 10, 10, 500);
        events.LimitReset("user_id", "alice", "global");
        events.LimitsCleaned(3);
        foreach (var phase in new[] { HookPhase.Before, HookPhase.After })
        {
            events.HookStarted(phase, call, hook);
            events.HookEnded(phase, call, hook, 0, "continue");
            events.HookFailed(phase, call, hook, 0, new TimeoutException());
        }

        events.TaskStarted("async", call, 0);
        events.TaskEnded("async", call, 0, null, counts: false);
        events.TaskEnded("async", call, 0, failed, counts: true);
        events.TaskRejected(pool, call, "queue_full", "It is full.");
        events.PoolBreakerChanged(pool, BreakerState.Open);
        events.PoolBreakerChanged(pool, BreakerState.HalfOpen);
        events.PoolBreakerChanged(pool, BreakerState.Closed);
        events.PullStarted("s", "http://n");
        events.PullEnded("s", "http://n", 0, "stored", null, 1, 0);
        events.ConfigsPushed(new PushConfig { Service = "s", ConfigVersion = "1" }, new PushResult(PushResult.Accepted));
        events.ConfigsAdded("s", "1", [new FunConfig()]);
        events.ConfigsAdded("s", "1", [new FunConfig(), new FunConfig()]);
        events.ConfigDeleted(function);
        events.ConfigsCleared(null, 3);
        events.ConfigSwitched(function, disabled: true);
        events.ConfigSwitched(function, disabled: false);
        events.NodeJoined("http://n", "n1");
        events.NodeLeft("http://n", "n1");
        events.NodeBreakerChanged("http://n", BreakerState.Open);
        events.NodeBreakerChanged("http://n", BreakerState.Closed);
        events.LinkUp("http://n", "n1");
        events.LinkDown("http://n", "n1", 0, "gone");
        events.StreamStarted(call);
        events.StreamStopped(call, 0, 7, "completed");
        events.GroupCreated("g", "public", "alice");
        events.GroupDeleted("g", "public", "alice");
        events.MemberChanged("g", "public", "alice", "active");
        events.MessageRelayed("g", "public", "alice", 2, 0);
        events.MessagesDropped("alice", 5);
    }
}
