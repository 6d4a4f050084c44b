
namespace GenApi.Calls.Tests.Table;

/// <summary>The four modes, and how each of them fails.</summary>
internal static class ModeRows
{
    private const string Key = """ "arg_types":{"key":"string"} """;

    public static IEnumerable<Row> All =>
    [
        new("response_type: sync", """ "response_type":"sync","function":"add","arg_types":{"a":"num","b":"num"} """, run => run.Returns("""{"a":2,"b":3}""", "5")),
        new("response_type: sync, the function fails", """ "response_type":"sync","function":"fail" """, run => run.Fails("{}", "function_error")),
        new("response_type: sync, the function throws", """ "response_type":"sync","function":"throw" """, run => run.Fails("{}", "function_error")),
        new("response_type: sync, but the function streams", """ "response_type":"sync","function":"count","arg_types":{"count":"num"} """, run =>
            run.Fails("""{"count":3}""", "function_error")),

        new("response_type: async", """ "response_type":"async","function":"add","arg_types":{"a":"num","b":"num"} """, run => run.Returns("""{"a":2,"b":3}""", "5")),
        new("response_type: async, the function returns nothing", """ "response_type":"async","function":"before_null" """, run => run.Returns("{}", "null")),
        new("response_type: async, the function fails", """ "response_type":"async","function":"fail" """, run => run.Fails("{}", "function_error")),
        new("response_type: async, the function throws", """ "response_type":"async","function":"throw" """, run => run.Fails("{}", "function_error")),
        new("response_type: async, refused before it starts", """ "response_type":"async","function":"add","arg_types":{"a":"num","b":"num"} """, async run =>
        {
            var exchange = await run.CallAsync("""{"a":2}""");
            Assert.Null(exchange.Acknowledgement);
            exchange.Final.AssertFailed("invalid_arguments");
            Assert.False(exchange.Final.IsAsync);
        }),
        new("response_type: async, the node refuses the arguments", """ "response_type":"async","function":"add","arg_types":{"a":"num","b":"any"} """, run =>
            run.Invalid("""{"a":2,"b":"three"}""", "b: does not fit the type Int32")),
        new("response_type: async, too late", $$""" "response_type":"async","timeout":100,"function":"hold",{{Key}} """, async run =>
        {
            var (key, gate) = run.Gates.New();
            await run.Fails($$"""{"key":"{{key}}"}""", "timeout");
            await Wait.For(gate.Cancelled);
        }),

        new("response_type: stream", """ "response_type":"stream","function":"count","arg_types":{"count":"num"} """, async run =>
        {
            await run.Streams("""{"count":3}""", "1", "2", "3", "null");
            await run.Streams("""{"count":0}""", "null");
        }),
        new("response_type: stream, longer than its window", """ "response_type":"stream","function":"count","arg_types":{"count":"num"} """, run =>
            run.Streams("""{"count":20000}""", [.. Enumerable.Range(1, 20_000).Select(n => $"{n}"), "null"])),
        new("response_type: stream, send_result and the end of the function", """ "response_type":"stream","function":"verbs","arg_types":{"script":"string"} """, run =>
            run.Streams("""{"script":"rr"}""", "\"r0\"", "\"r1\"", "null")),
        new("response_type: stream, send_last_result", """ "response_type":"stream","function":"verbs","arg_types":{"script":"string"} """, async run =>
        {
            await run.Streams("""{"script":"rl"}""", "\"r0\"", "\"l1\"");
            await run.Streams("""{"script":"l"}""", "\"l0\"");
        }),
        new("response_type: stream, send_complete", """ "response_type":"stream","function":"verbs","arg_types":{"script":"string"} """, async run =>
        {
            await run.Streams("""{"script":"rc"}""", "\"r0\"", "null");
            await run.Streams("""{"script":"c"}""", "null");
        }),
        new("response_type: stream, send_error", """ "response_type":"stream","function":"verbs","arg_types":{"script":"string"} """, async run =>
        {
            await run.StreamFails("""{"script":"rre"}""", 2, "function_error");
            await run.Fails("""{"script":"e"}""", "function_error");
        }),
        new("response_type: stream, the writer's function throws", """ "response_type":"stream","function":"verbs","arg_types":{"script":"string"} """, async run =>
        {
            await run.StreamFails("""{"script":"rt"}""", 1, "function_error");
            await run.Fails("""{"script":"t"}""", "function_error");
        }),
        new("response_type: stream, nothing counts after the end", """ "response_type":"stream","function":"verbs","arg_types":{"script":"string"} """, async run =>
        {
            await run.Streams("""{"script":"rlr"}""", "\"r0\"", "\"l1\"");
            await run.Streams("""{"script":"rcl"}""", "\"r0\"", "null");
            await run.Streams("""{"script":"rce"}""", "\"r0\"", "null");
            await run.Streams("""{"script":"rlt"}""", "\"r0\"", "\"l1\"");
            await run.StreamFails("""{"script":"rec"}""", 1, "function_error");
        }),
        new("response_type: stream, the last chunk does not wait for the function's end", """ "response_type":"stream","function":"last_and_hold","arg_types":{"key":"string"} """, async run =>
        {
            var (key, gate) = run.Gates.New();
            await run.Streams($$"""{"key":"{{key}}"}""", "1");
            gate.Release();
            await Wait.For(gate.Left);
        }),
        new("response_type: stream, the enumeration throws", """ "response_type":"stream","function":"count_and_fail","arg_types":{"count":"num"} """, async run =>
        {
            await run.StreamFails("""{"count":2}""", 2, "function_error");
            await run.Fails("""{"count":0}""", "function_error");
        }),
        new("response_type: stream, too late in its middle", """ "response_type":"stream","timeout":300,"function":"count_and_hold","arg_types":{"key":"string","count":"num"} """, async run =>
        {
            var (key, gate) = run.Gates.New();
            await run.StreamFails($$"""{"key":"{{key}}","count":2}""", 2, "timeout");
            await Wait.For(gate.Cancelled);
        }),
        new("response_type: stream, too late before its first chunk", """ "response_type":"stream","timeout":100,"function":"count_and_hold","arg_types":{"key":"string","count":"num"} """, async run =>
        {
            var (key, gate) = run.Gates.New();
            await run.Fails($$"""{"key":"{{key}}","count":0}""", "timeout");
            await Wait.For(gate.Cancelled);
        }),
        new("response_type: stream, but the function returns a value", """ "response_type":"stream","function":"add","arg_types":{"a":"num","b":"num"} """, run =>
            run.Streams("""{"a":2,"b":3}""", "5")),

        new("response_type: none", $$""" "response_type":"none","function":"visit",{{Key}} """, async run =>
        {
            var (key, gate) = run.Gates.New();
            Assert.NotNull((await run.CallAsync($$"""{"key":"{{key}}"}""")).Acknowledgement);
            Assert.Contains(await Wait.For(gate.Started), (string[])["a", "b"]);
        }),
        new("response_type: none, the function fails", """ "response_type":"none","function":"fail" """, async run =>
            Assert.NotNull((await run.CallAsync()).Acknowledgement)),
        new("response_type: none, refused before it starts", $$""" "response_type":"none","function":"visit",{{Key}} """, async run =>
        {
            var exchange = await run.CallAsync("{}");
            Assert.Null(exchange.Acknowledgement);
            exchange.Final.AssertFailed("invalid_arguments");
        }),
        new("response_type: none, too late", $$""" "response_type":"none","timeout":100,"function":"hold",{{Key}} """, async run =>
        {
            var (key, gate) = run.Gates.New();
            Assert.NotNull((await run.CallAsync($$"""{"key":"{{key}}"}""")).Acknowledgement);
            await Wait.For(gate.Cancelled);
        }),
    ];
}
