using System.Runtime.CompilerServices;
using System.Text.Json;
using GenApi.Gateway.Hooks;
using GenApi.Node.Functions;
using GenApi.Protocol.Calls;
using GenApi.Protocol.Configs;
using GenApi.Protocol.Json;
using Microsoft.AspNetCore.Builder;

namespace GenApi.Gateway.Tests.Events;

/// <summary>Functions whose calls raise every event, and show everything that can be traced.</summary>
internal static class EventFunctions
{
    public static void Map(NodeBuilder node, Gates gates)
    {
        node.Map("count", (int count, CancellationToken cancellation) => CountAsync(count, cancellation));
        node.Map("count_and_hold", (string key, int count, CancellationToken cancellation) => CountAndHoldAsync(gates[key], count, cancellation));
        node.Map("later", (string message) => message).Configure(config => config with { ResponseType = ResponseType.Async });
        node.Map("hold_later", async (string key, CancellationToken cancellation) => await gates[key].HoldAsync("node", cancellation))
            .WithTimeout(TimeSpan.FromSeconds(60))
            .Configure(config => config with { ResponseType = ResponseType.Async });
        node.Map("unavailable_later", string () => throw new UnavailableException("not now")).Configure(config => config with { ResponseType = ResponseType.Async });
        node.Map("forget", (string message) => { }).Configure(config => config with { ResponseType = ResponseType.None });
        node.Map("flaky", (string key, int failTimes) => gates[key].Visit("node") <= failTimes ? throw new UnavailableException("not now") : "done")
            .Configure(config => config with { Retry = new RetryPolicy(RetryMode.AllNodes, 2) });
        node.Map("hooked", (string message) => message).Configure(config => config with
        {
            BeforeExecute = new HookRef.Gateway("look"),
            AfterExecute = new HookRef.Gateway("look"),
        });
        node.Map("hook_throws", (string message) => message).Configure(config => config with
        {
            BeforeExecute = new HookRef.Gateway("throw"),
        });
        node.Map("after_throws", (string message) => message).Configure(config => config with
        {
            AfterExecute = new HookRef.Gateway("throw"),
        });
        node.Map("login", (string user, string password, JsonElement more) => new { user, accessToken = "very secret", more });
        node.Map("create_token", (string user) => $"token of {user}");
    }

    public static void AddHooks(WebApplicationBuilder gateway)
    {
        gateway.Services.AddBeforeCall<Look>("look");
        gateway.Services.AddAfterCall<Look>("look");
        gateway.Services.AddBeforeCall<Throw>("throw");
        gateway.Services.AddAfterCall<Throw>("throw");
    }

    private static async IAsyncEnumerable<int> CountAsync(int count, [EnumeratorCancellation] CancellationToken cancellation)
    {
        for (var i = 1; i <= count; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            await Task.Yield();
            yield return i;
        }
    }

    private static async IAsyncEnumerable<int> CountAndHoldAsync(Gate gate, int count, [EnumeratorCancellation] CancellationToken cancellation)
    {
        await foreach (var i in CountAsync(count, cancellation))
        {
            yield return i;
        }

        await gate.HoldAsync("node", cancellation);
    }

    /// <summary>Refuses the message "no", and changes the result of the message "change".</summary>
    private sealed class Look : IBeforeCall, IAfterCall
    {
        public ValueTask<BeforeCallResult> BeforeAsync(HookCall call, CancellationToken cancellationToken) =>
            new(call.Args.ToString().Contains("\"no\"", StringComparison.Ordinal) ? BeforeCallResult.Reject("it says no") : BeforeCallResult.Continue);

        public ValueTask<RawJson?> AfterAsync(HookCall call, CallResponse response, CancellationToken cancellationToken) =>
            new(call.Args.ToString().Contains("\"change\"", StringComparison.Ordinal) ? RawJson.FromString("\"changed\"") : null);
    }

    private sealed class Throw : IBeforeCall, IAfterCall
    {
        public ValueTask<BeforeCallResult> BeforeAsync(HookCall call, CancellationToken cancellationToken) => throw new InvalidOperationException("hook fault");

        public ValueTask<RawJson?> AfterAsync(HookCall call, CallResponse response, CancellationToken cancellationToken) => throw new InvalidOperationException("hook fault");
    }
}
