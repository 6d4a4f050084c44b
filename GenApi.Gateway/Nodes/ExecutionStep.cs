using System.Runtime.CompilerServices;
using GenApi.Gateway.Calls;
using GenApi.Gateway.Configs;
using GenApi.Gateway.DetailError;
using GenApi.Gateway.Nodes.Links;
using GenApi.Gateway.RateLimits;
using GenApi.Gateway.Telemetry;
using GenApi.Protocol.Calls;
using GenApi.Protocol.Configs;
using GenApi.Protocol.Link;

namespace GenApi.Gateway.Nodes;

/// <summary>
/// Has a node run the function, and another where the first fails it. A call that could not be sent always goes on to
/// another node; one that may have run only where its config asks for retries.
/// </summary>
internal sealed class ExecutionStep(
    NodeDirectory directory,
    CallTelemetry telemetry,
    DetailErrorSwitch detailError,
    TimeProvider time) : ICallStep
{
    private static readonly TimeSpan FirstBackoff = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan LongestBackoff = TimeSpan.FromSeconds(1);

    public string Phase => "execution";

    public string Describe(FunctionEntry function)
    {
        var config = function.Config;
        var retry = config.Retry is { } policy ? $", up to {policy.Attempts} more time{(policy.Attempts == 1 ? "" : "s")} on {(policy.Mode == RetryMode.SameNode ? "the same node" : "all nodes")}" : "";
        var limit = config.Timeout.Milliseconds is { } milliseconds ? $"within {ReadableTime.Exact(milliseconds)}" : "for as long as it takes";
        return config.Nodes is NodeSet.Local
            ? $"Runs {config.FunctionName} in the gateway's own process {limit}{retry}"
            : $"Calls {config.FunctionName} over the node's link {limit}{retry} — {directory.CandidatesOf(function).Count(node => node.CanTakeCall)} of {directory.Current.AllNodesOf(config).Count()} nodes can take a call";
    }

    /// <summary>Names the node where that is certain: there is one only, or the call's own key says so.</summary>
    public ValueTask<StepForecast> ForecastAsync(Call call)
    {
        CallTarget[] nodes = [.. call.Candidates.Where(node => node.CanTakeCall)];
        if (nodes.Length == 0)
        {
            return new(new StepForecast(new CallError(ErrorCode.Unavailable, $"No node of {call.Function.Config.Key} can take the call.")));
        }

        call.Target = nodes.Length == 1 ? nodes[0]
            : call.Function.Chooser.IsKeyed ? nodes[call.Function.Chooser.Choose(nodes, call)]
            : null;
        return new(new StepForecast(null, "the function is not run", call.Target is { } target ? $"the call would go to {target.Address}" : null));
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<CallError?> RunAsync(Call call)
    {
        var config = call.Function.Config;
        var header = CallHeaders.Of(call, config.FunctionName, config.RequestInfo);
        var retriesLeft = config.Retry?.Attempts ?? 0;
        List<CallTarget>? excluded = null;
        CallError? failure = null;
        while (true)
        {
            var target = config.Retry?.Mode == RetryMode.SameNode && failure is not null && call.Target is { CanTakeCall: true } same
                ? same
                : Choose(call, excluded);
            if (target is not null && !target.Breaker.TryEnter())
            {
                (excluded ??= []).Add(target);
                continue;
            }

            if (target is not null)
            {
                call.Target = target;
                var reply = await TryAsync(call, target, header, retriesLeft).ConfigureAwait(false);
                Account(target.Breaker, reply);
                if (reply.Kind == LinkReplyKind.Result)
                {
                    call.Result = reply.Result;
                    call.Function.Chooser.Answered(target, call);
                    return null;
                }

                if (reply.Kind == LinkReplyKind.NotSent)
                {
                    (excluded ??= []).Add(target);
                    continue;
                }

                failure = ErrorOf(call, reply);
                if (failure.Code != ErrorCode.Unavailable && failure.Code != ErrorCode.Timeout || reply.Kind == LinkReplyKind.Cancelled)
                {
                    return failure;
                }
            }

            failure ??= new CallError(ErrorCode.Unavailable, $"No node of {config.Key} can take the call.");
            if (retriesLeft == 0)
            {
                if (config.Retry is { } exhausted)
                {
                    telemetry.RetriesExhausted(call, exhausted);
                }

                return failure;
            }

            var pause = Backoff(config.Retry!.Attempts - retriesLeft);
            retriesLeft--;
            if (call.Deadline != long.MaxValue && time.GetTimestamp() + (pause.TotalSeconds * time.TimestampFrequency) >= call.Deadline)
            {
                return failure;
            }

            telemetry.Retry(call, config.Retry, config.Retry.Attempts - retriesLeft, pause);
            await Task.Delay(pause, time, call.Aborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (call.Aborted.IsCancellationRequested)
            {
                return Left;
            }

            // By now nodes may have come or gone. The one that failed is the last choice, unless it is asked for.
            call.Candidates = directory.CandidatesOf(call.Function);
            excluded = config.Retry.Mode == RetryMode.AllNodes && target is not null && call.Candidates.Length > 1 ? [target] : null;
        }
    }

    private static CallError Left { get; } = new(ErrorCode.Unavailable, "The client left before the answer came.");

    /// <summary>A node among those that can take a call now and are not excluded; null when there is none.</summary>
    private static CallTarget? Choose(Call call, List<CallTarget>? excluded)
    {
        var nodes = call.Candidates;
        foreach (var node in nodes)
        {
            if (!node.CanTakeCall || excluded?.Contains(node) == true)
            {
                nodes = [.. nodes.Where(candidate => candidate.CanTakeCall && excluded?.Contains(candidate) != true)];
                break;
            }
        }

        return nodes.Length switch
        {
            0 => null,
            1 => nodes[0],
            _ => nodes[call.Function.Chooser.Choose(nodes, call)],
        };
    }

    private static void Account(CircuitBreaker breaker, in LinkReply reply)
    {
        switch (reply.Kind)
        {
            // A node that answers other calls meanwhile is well: its function is slow, and no reason to keep the others from their callers.
            case LinkReplyKind.Lost:
            case LinkReplyKind.TimedOut when reply.NodeSilent:
                breaker.Failed();
                break;
            case LinkReplyKind.NotSent or LinkReplyKind.Cancelled or LinkReplyKind.TimedOut:
                breaker.Abandoned();
                break;
            default:
                breaker.Succeeded();
                break;
        }
    }

    private ValueTask<LinkReply> TryAsync(Call call, CallTarget target, in CallHeader header, int retriesLeft)
    {
        var deadline = AttemptDeadline(call.Deadline, retriesLeft);
        return call.Function.Config.ResponseType switch
        {
            ResponseType.Stream => OpenAsync(call, target, header, deadline),
            ResponseType.None => target.CallAsync(CallFlags.NoReply, header, call.Args, deadline, call.Trace, call.Aborted),
            _ => target.CallAsync(CallFlags.None, header, call.Args, deadline, call.Trace, call.Aborted),
        };
    }

    /// <summary>A stream counts as opened once its first part is there; until then another node can take over unnoticed.</summary>
    private static async ValueTask<LinkReply> OpenAsync(Call call, CallTarget target, CallHeader header, long deadline)
    {
        if (target.OpenStream(header, call.Args, deadline, call.Trace) is not { } stream)
        {
            return new LinkReply(LinkReplyKind.NotSent);
        }

        try
        {
            var first = await stream.ReadAsync(call.Aborted).ConfigureAwait(false);
            if (first.End is { } end && end.Kind != LinkReplyKind.Result)
            {
                return end;
            }

            stream.Deadline = call.Deadline;
            call.Stream = new CallStream(stream, first);
            return new LinkReply(LinkReplyKind.Result);
        }
        catch (OperationCanceledException)
        {
            stream.Stop();
            return new LinkReply(LinkReplyKind.Cancelled);
        }
    }

    /// <summary>With retries left, an attempt has its share of the time, or a hung node would use up all of it.</summary>
    private long AttemptDeadline(long deadline, int retriesLeft)
    {
        if (deadline == long.MaxValue || retriesLeft == 0)
        {
            return deadline;
        }

        var now = time.GetTimestamp();
        return now + ((deadline - now) / (retriesLeft + 1));
    }

    private static TimeSpan Backoff(int attempt)
    {
        var longest = Math.Min(FirstBackoff.TotalMilliseconds * Math.Pow(2, attempt), LongestBackoff.TotalMilliseconds);
        return TimeSpan.FromMilliseconds(longest * (0.5 + (Random.Shared.NextDouble() / 2)));
    }

    /// <summary>What the caller is told of a reply that is no result.</summary>
    public CallError ErrorOf(Call call, in LinkReply reply) => reply.Kind switch
    {
        LinkReplyKind.Lost => new CallError(ErrorCode.Unavailable, "The node was lost before it answered."),
        LinkReplyKind.Cancelled => Left,
        LinkReplyKind.TimedOut => TimedOut(call),
        LinkReplyKind.NotSent => new CallError(ErrorCode.Unavailable, $"No node of {call.Function.Config.Key} can take the call."),
        _ when reply.Error!.Code == ErrorCode.Timeout => TimedOut(call),
        _ when reply.Error!.Code == ErrorCode.FunctionError && !detailError.IsOn =>
            new CallError(ErrorCode.FunctionError, "The function failed.") { Cause = reply.Error.Message },
        _ => reply.Error!,
    };

    private static CallError TimedOut(Call call) =>
        new(ErrorCode.Timeout, $"The call took longer than {call.Function.Config.Timeout} ms.");
}
