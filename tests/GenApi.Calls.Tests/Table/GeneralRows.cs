namespace GenApi.Calls.Tests.Table;

/// <summary>Names, versions, the function on the node and its arguments, timeouts, and what the function is told.</summary>
internal static class GeneralRows
{
    private const string AddTypes = """ "arg_types":{"a":"num","b":"num"} """;

    public static IEnumerable<Row> All =>
    [
        new("function: another name on the node", $$""" "function":"add",{{AddTypes}} """, run => run.Returns("""{"a":2,"b":3}""", "5")),
        new("function: one that the node has not", """ "function":"no_such_function" """, run => run.Fails("{}", "not_found", "no_such_function")),
        new("function: absent, so the request type, which the node has not", "", run => run.Fails("{}", "not_found")),
        new("service: the push's own, named in the config", """ "service":"table","function":"node" """, async run =>
            Assert.Contains((await run.CallAsync()).Final.Result.GetString(), (string[])["a", "b"])),
        new("version: asked for, absent and another", """ "version":"2.1.0","function":"add","arg_types":{"a":"num","b":"num"} """, async run =>
        {
            await run.Returns("""{"a":2,"b":3}""", "5", version: "2.1.0");
            await run.Returns("""{"a":2,"b":3}""", "5");
            await run.Fails("""{"a":2,"b":3}""", "not_found", "version 2.1.1", version: "2.1.1");
        }),
        new("description: does nothing to calls", $$""" "description":"Adds “two” numbers.","function":"add",{{AddTypes}} """, run =>
            run.Returns("""{"a":2,"b":3}""", "5")),
        new("disabled: true", """ "disabled":true,"function":"node" """, run => run.Fails("{}", "disabled", "disabled function")),
        new("disabled: false", $$""" "disabled":false,"function":"add",{{AddTypes}} """, run => run.Returns("""{"a":2,"b":3}""", "5")),

        new("fixed_args: reach the function", """ "function":"add","arg_types":{"a":"num"},"fixed_args":{"b":40} """, async run =>
        {
            await run.Returns("""{"a":2}""", "42");
            await run.Invalid("""{"a":2,"b":1}""", "b: is not an argument of this function");
        }),
        new("fixed_args: of every JSON kind", """ "function":"args","arg_orders":"map","fixed_args":{"s":"é\"","n":-1.5e3,"t":true,"z":null,"l":[1,{"x":[]}],"m":{"k":"v"}} """, run =>
            run.Returns("{}", """{"s":"é\"","n":-1.5e3,"t":true,"z":null,"l":[1,{"x":[]}],"m":{"k":"v"}}""")),
        new("arg_orders: a list", $$""" "function":"subtract","arg_orders":["a","b"],{{AddTypes}} """, run => run.Returns("""{"b":1,"a":10}""", "9")),
        new("arg_orders: a list with a fixed argument", """ "function":"subtract","arg_orders":["b","a"],"arg_types":{"a":"num"},"fixed_args":{"b":4} """, run =>
            run.Returns("""{"a":10}""", "6")),
        new("arg_orders: map", """ "function":"args","arg_orders":"map","arg_types":{"x":"num","y":{"type":"string","default_value":"why"}} """, run =>
            run.Returns("""{"x":1}""", """{"x":1,"y":"why"}""")),

        new("timeout: passes", """ "timeout":100,"function":"hold","arg_types":{"key":"string"} """, async run =>
        {
            var (key, gate) = run.Gates.New();
            await run.Fails($$"""{"key":"{{key}}"}""", "timeout", "100 ms");
            await Testing.Wait.For(gate.Cancelled);
        }),
        new("timeout: not reached", $$""" "timeout":300000,"function":"add",{{AddTypes}} """, run => run.Returns("""{"a":2,"b":3}""", "5")),
        new("timeout: infinity", $$""" "timeout":"infinity","function":"add",{{AddTypes}} """, run => run.Returns("""{"a":2,"b":3}""", "5")),

        new("request_info: true", """ "request_info":true,"version":"3.0","function":"whoami" """, async run =>
        {
            var exchange = await run.CallAsync("{}", "carol", requestId: "the-request", deviceId: "phone");
            var who = exchange.Final.Result;
            Assert.Equal("the-request", who.GetProperty("request_id").GetString());
            Assert.Equal("table", who.GetProperty("service").GetString());
            Assert.Equal("3.0", who.GetProperty("version").GetString());
            Assert.Equal("carol", who.GetProperty("user_id").GetString());
            Assert.Equal("phone", who.GetProperty("device_id").GetString());
            Assert.Equal("""["editor"]""", who.GetProperty("roles").GetRawText());
        }),
        new("request_info: true for a caller whom nobody knows", """ "request_info":true,"function":"whoami" """, async run =>
        {
            var who = (await run.CallAsync("{}", user: null)).Final.Result;
            Assert.Equal(System.Text.Json.JsonValueKind.Null, who.GetProperty("user_id").ValueKind);
            Assert.Equal("[]", who.GetProperty("roles").GetRawText());
        }),
        new("request_info: false", """ "request_info":false,"function":"whoami" """, async run =>
        {
            var who = (await run.CallAsync("{}", "carol", deviceId: "phone")).Final.Result;
            Assert.Equal(System.Text.Json.JsonValueKind.Null, who.GetProperty("user_id").ValueKind);
            Assert.Equal(System.Text.Json.JsonValueKind.Null, who.GetProperty("device_id").ValueKind);
            Assert.Equal("[]", who.GetProperty("roles").GetRawText());
        }),
        new("everything absent: the defaults", """ "function":"node" """, async run =>
            Assert.Contains((await run.CallAsync("{}", user: null)).Final.Result.GetString(), (string[])["a", "b"])),
        new("every member null: the defaults", """
            "version":null,"description":null,"nodes":null,"choose_node_mode":null,"timeout":null,"function":"node","fixed_args":null,"arg_types":null,"arg_orders":null,
            "response_type":null,"check_permission":null,"permission_callback":null,"retry":null,"before_execute":null,"after_execute":null,"hook_timeout":null,
            "request_info":null,"disabled":null
            """, async run => Assert.Contains((await run.CallAsync("{}", user: null)).Final.Result.GetString(), (string[])["a", "b"])),
    ];
}
