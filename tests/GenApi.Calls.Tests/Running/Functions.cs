using System.Runtime.CompilerServices;
using System.Text.Json;
using GenApi.Node.Calls;
using GenApi.Node.Functions;
using Microsoft.AspNetCore.Http;

namespace GenApi.Calls.Tests.Running;

/// <summary>What the nodes of the tests can do. Configs that tests push name these functions.</summary>
internal static class Functions
{
    public const string Service = "fns";

    public static void Map(NodeBuilder node, string name, Gates gates)
    {
        node.Map("node", () => name);
        node.Map("node_of", (JsonElement value) => name);
        node.Map("echo", (JsonElement value) => value);
        node.Map("add", (int a, int b) => a + b);
        node.Map("subtract", (int a, int b) => a - b);

        // What the node was sent, as it was sent.
        node.Map("args", ([AsParameters] Dictionary<string, JsonElement> all) => all);
        node.Map("whoami", (CallContext call) => new { call.RequestId, call.Service, call.RequestType, call.Version, call.UserId, call.DeviceId, call.Roles });
        node.Map("fail", string () => throw new FunctionException("the secret reason"));
        node.Map("throw", string () => throw new InvalidOperationException("the secret fault"));

        node.Map("hold", async (string key, CancellationToken cancellation) =>
        {
            await gates[key].HoldAsync(name, cancellation);
            return name;
        }).WithTimeout(Timeout.InfiniteTimeSpan);
        node.Map("visit", (string key) => gates[key].Visit(name));

        // Is unavailable so many times, then tells who was asked.
        node.Map("flaky", (string key, int failTimes) => gates[key].Visit(name) <= failTimes
            ? throw new UnavailableException("not now")
            : gates[key].Visits);
        node.Map("fail_once", (string key) => gates[key].Visit(name) == 1 ? throw new FunctionException("once") : gates[key].Visits);
        node.Map("hang_once", async (string key, CancellationToken cancellation) =>
        {
            if (gates[key].Visits.Count == 0)
            {
                await gates[key].HoldAsync(name, cancellation);
            }

            gates[key].Visit(name);
            return gates[key].Visits;
        });

        node.Map("count", (int count, CancellationToken cancellation) => CountAsync(count, cancellation));
        node.Map("count_and_hold", (string key, int count, CancellationToken cancellation) => CountAndHoldAsync(gates[key], name, count, cancellation));
        node.Map("count_and_fail", (int count) => CountAndFailAsync(count));
        node.Map("verbs", VerbsAsync);
        node.Map("last_and_hold", async (IStreamWriter<int> writer, string key, CancellationToken cancellation) =>
        {
            await writer.SendLastResultAsync(1);
            await gates[key].HoldAsync(name, cancellation);
        });

        MapHooks(node, gates);
    }

    private static void MapHooks(NodeBuilder node, Gates gates)
    {
        node.MapInternal("before_null", BeforeAnswer? () => null);
        node.MapInternal("before_true", () => true);
        node.MapInternal("before_false", () => false);
        node.MapInternal("before_continue", () => BeforeAnswer.Continue);
        node.MapInternal("before_refuse", (CallContext call) => BeforeAnswer.Refuse($"{call.UserId} may not today"));
        node.MapInternal("before_change", (Dictionary<string, JsonElement> args) => BeforeAnswer.WithArgs(
            new { a = args["a"].GetInt32() * 10, b = args["b"].GetInt32() * 10 }));
        node.MapInternal("before_break", () => BeforeAnswer.WithArgs(new { a = "no number" }));
        node.MapInternal("before_number", () => 7);
        node.MapInternal("hook_throw", bool () => throw new InvalidOperationException("the hook's fault"));
        node.MapInternal("hook_hang", async (CancellationToken cancellation) => await Task.Delay(Timeout.Infinite, cancellation));
        node.MapInternal("after_null", AfterAnswer? () => null);
        node.MapInternal("after_true", () => true);
        node.MapInternal("after_change", (Dictionary<string, JsonElement> args, JsonElement response) => new AfterAnswer(
            new { sum = response.GetProperty("result").GetInt32(), a = args["a"].GetInt32() }));
        node.MapInternal("after_to_null", () => new AfterAnswer(null));
        node.MapInternal("after_number", () => 7);

        node.MapInternal("permit_true", () => true);
        node.MapInternal("permit_false", () => false);
        node.MapInternal("permit_text", () => "true");
        node.MapInternal("permit_alice", (CallContext call, Dictionary<string, JsonElement> args) =>
            call.UserId == "alice" && args.TryGetValue("value", out var value) && value.GetInt32() == 1);
    }

    public static async IAsyncEnumerable<int> CountAsync(int count, [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        for (var n = 1; n <= count; n++)
        {
            cancellation.ThrowIfCancellationRequested();
            yield return n;
        }

        await Task.CompletedTask;
    }

    public static async IAsyncEnumerable<int> CountAndHoldAsync(Gate gate, string node, int count, [EnumeratorCancellation] CancellationToken cancellation)
    {
        for (var n = 1; n <= count; n++)
        {
            yield return n;
        }

        await gate.HoldAsync(node, cancellation);
        yield return 0;
    }

    public static async IAsyncEnumerable<int> CountAndFailAsync(int count)
    {
        for (var n = 1; n <= count; n++)
        {
            yield return n;
        }

        await Task.Yield();
        throw new FunctionException("the secret reason");
    }

    /// <summary>Does what the letters say: r result, l last result, c complete, e error, t throw.</summary>
    public static async Task VerbsAsync(IStreamWriter<string> writer, string script)
    {
        foreach (var (place, verb) in script.Index())
        {
            switch (verb)
            {
                case 'r':
                    await writer.SendResultAsync($"r{place}");
                    break;
                case 'l':
                    await writer.SendLastResultAsync($"l{place}");
                    break;
                case 'c':
                    await writer.SendCompleteAsync();
                    break;
                case 'e':
                    await writer.SendErrorAsync("the secret reason");
                    break;
                default:
                    throw new FunctionException("the secret reason");
            }
        }
    }
}
