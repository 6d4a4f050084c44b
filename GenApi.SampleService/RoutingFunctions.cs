using GenApi.Node.Calls;
using GenApi.Node.Functions;
using GenApi.Protocol.Configs;

namespace GenApi.SampleService;

/// <summary>What surrounds a call: the choice of the node, retries, and hooks.</summary>
internal sealed class RoutingFunctions(Counters counters)
{
    /// <summary>The calls of <see cref="Quota"/> that a user has on one node.</summary>
    private const int QuotaOfUser = 5;

    [Function("sticky_counter", Description = "Counts a user's calls on this node; the same user always comes to the same node.")]
    [StickyBy("user_id")]
    public CounterAnswer StickyCounter(string userId) => new(userId, counters.Next($"sticky:{userId}"), Environment.ProcessId);

    [Function("flaky", Description = "Is unavailable so many times, then answers; the gateway tries again up to three times.")]
    [Retry(3, RetryMode.SameNode)]
    public FlakyAnswer Flaky([Arg(Min = 0, Max = 100)] int failTimes, CallContext call)
    {
        var attempt = counters.Next($"flaky:{call.RequestId}");
        return attempt > failTimes
            ? new FlakyAnswer(attempt, Environment.ProcessId)
            : throw new UnavailableException($"Attempt {attempt} of {failTimes} that fail.");
    }

    [Function("quota", Description = "A before hook refuses a user's sixth call; an after hook adds how many are left.")]
    [HashBy("user_id")]
    [BeforeExecute(Function = "quota_before")]
    [AfterExecute(Function = "quota_after")]
    public QuotaAnswer Quota(string userId) => new(userId, counters.Next($"quota:{userId}"), null);

    [InternalFunction("quota_before")]
    public BeforeAnswer QuotaBefore(IReadOnlyDictionary<string, object?> args) =>
        args.TryGetValue("user_id", out var userId) && counters.Current($"quota:{userId}") >= QuotaOfUser
            ? BeforeAnswer.Refuse($"The quota of {QuotaOfUser} calls is used up.")
            : BeforeAnswer.Continue;

    [InternalFunction("quota_after")]
    public static AfterAnswer? QuotaAfter(QuotaResponse response) =>
        response.Result is { } result ? new AfterAnswer(result with { Left = QuotaOfUser - result.Used }) : null;
}
