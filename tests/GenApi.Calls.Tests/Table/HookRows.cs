namespace GenApi.Calls.Tests.Table;

/// <summary>Hooks before and after, on the gateway and on the node.</summary>
internal static class HookRows
{
    private const string Add = """ "function":"add","arg_types":{"a":"num","b":"num"} """;
    private const string Args = """{"a":2,"b":3}""";

    public static IEnumerable<Row> All =>
    [
        new("before_execute: gateway, goes on", $$""" "before_execute":{"gateway":"continue"},{{Add}} """, run => run.Returns(Args, "5")),
        new("before_execute: gateway, refuses", $$""" "before_execute":{"gateway":"refuse"},{{Add}} """, run => run.Fails(Args, "hook_rejected", "alice may not today")),
        new("before_execute: gateway, changes the arguments", $$""" "before_execute":{"gateway":"change"},{{Add}} """, run => run.Returns(Args, "50")),
        new("before_execute: gateway, throws", $$""" "before_execute":{"gateway":"throw"},{{Add}} """, run => run.Fails(Args, "hook_rejected")),
        new("before_execute: gateway, takes too long", $$""" "before_execute":{"gateway":"hang"},"hook_timeout":50,{{Add}} """, run => run.Fails(Args, "hook_rejected")),
        new("before_execute: gateway, is not there", $$""" "before_execute":{"gateway":"no_such_hook"},{{Add}} """, run => run.Fails(Args, "hook_rejected")),
        new("before_execute: function, answers null", $$""" "before_execute":{"function":"before_null"},{{Add}} """, run => run.Returns(Args, "5")),
        new("before_execute: function, answers true", $$""" "before_execute":{"function":"before_true"},{{Add}} """, run => run.Returns(Args, "5")),
        new("before_execute: function, answers false", $$""" "before_execute":{"function":"before_false"},{{Add}} """, run => run.Fails(Args, "hook_rejected")),
        new("before_execute: function, goes on", $$""" "before_execute":{"function":"before_continue"},{{Add}} """, run => run.Returns(Args, "5")),
        new("before_execute: function, refuses", $$""" "before_execute":{"function":"before_refuse"},{{Add}} """, run => run.Fails(Args, "hook_rejected", "alice may not today")),
        new("before_execute: function, changes the arguments", $$""" "before_execute":{"function":"before_change"},{{Add}} """, run => run.Returns(Args, "50")),
        new("before_execute: function, changes them to wrong ones", $$""" "before_execute":{"function":"before_break"},{{Add}} """, run => run.Invalid(Args, "a: must be a number", "b: is missing")),
        new("before_execute: function, answers nonsense", $$""" "before_execute":{"function":"before_number"},{{Add}} """, run => run.Fails(Args, "hook_rejected")),
        new("before_execute: function, throws", $$""" "before_execute":{"function":"hook_throw"},{{Add}} """, run => run.Fails(Args, "hook_rejected")),
        new("before_execute: function, takes too long", $$""" "before_execute":{"function":"hook_hang"},"hook_timeout":50,{{Add}} """, run => run.Fails(Args, "hook_rejected")),
        new("before_execute: function, is not there", $$""" "before_execute":{"function":"no_such_hook"},{{Add}} """, run => run.Fails(Args, "hook_rejected")),
        new("before_execute: comes before the permission", $$""" "before_execute":{"gateway":"refuse"},"check_permission":{"role":["boss"]},{{Add}} """, run => run.Fails(Args, "hook_rejected")),
        new("before_execute: async", $$""" "before_execute":{"gateway":"change"},"response_type":"async",{{Add}} """, run => run.Returns(Args, "50")),
        new("before_execute: async, refuses", $$""" "before_execute":{"gateway":"refuse"},"response_type":"async",{{Add}} """, run => run.Fails(Args, "hook_rejected")),
        new("before_execute: stream, refuses", """ "before_execute":{"function":"before_refuse"},"response_type":"stream","function":"count","arg_types":{"count":"num"} """, run =>
            run.Fails("""{"count":3}""", "hook_rejected")),
        new("before_execute: none, refuses", """ "before_execute":{"gateway":"refuse"},"response_type":"none","function":"node" """, run => run.Fails("{}", "hook_rejected")),
        new("before_execute: function in the gateway", $$""" "nodes":"local","before_execute":{"function":"before_change"},{{Add}} """, run => run.Returns(Args, "50")),

        new("after_execute: gateway, keeps", $$""" "after_execute":{"gateway":"keep"},{{Add}} """, run => run.Returns(Args, "5")),
        new("after_execute: gateway, changes", $$""" "after_execute":{"gateway":"wrap"},{{Add}} """, run => run.Returns(Args, """{"sum":5,"service":"table","user":"alice"}""")),
        new("after_execute: gateway, throws", $$""" "after_execute":{"gateway":"throw"},{{Add}} """, run => run.Returns(Args, "5")),
        new("after_execute: gateway, takes too long", $$""" "after_execute":{"gateway":"hang"},"hook_timeout":50,{{Add}} """, run => run.Returns(Args, "5")),
        new("after_execute: gateway, is not there", $$""" "after_execute":{"gateway":"no_such_hook"},{{Add}} """, run => run.Returns(Args, "5")),
        new("after_execute: function, answers null", $$""" "after_execute":{"function":"after_null"},{{Add}} """, run => run.Returns(Args, "5")),
        new("after_execute: function, answers true", $$""" "after_execute":{"function":"after_true"},{{Add}} """, run => run.Returns(Args, "5")),
        new("after_execute: function, changes", $$""" "after_execute":{"function":"after_change"},{{Add}} """, run => run.Returns(Args, """{"sum":5,"a":2}""")),
        new("after_execute: function, changes to null", $$""" "after_execute":{"function":"after_to_null"},{{Add}} """, run => run.Returns(Args, "null")),
        new("after_execute: function, answers nonsense", $$""" "after_execute":{"function":"after_number"},{{Add}} """, run => run.Returns(Args, "5")),
        new("after_execute: function, throws", $$""" "after_execute":{"function":"hook_throw"},{{Add}} """, run => run.Returns(Args, "5")),
        new("after_execute: function, takes too long", $$""" "after_execute":{"function":"hook_hang"},"hook_timeout":50,{{Add}} """, run => run.Returns(Args, "5")),
        new("after_execute: function, is not there", $$""" "after_execute":{"function":"no_such_hook"},{{Add}} """, run => run.Returns(Args, "5")),
        new("after_execute: async", $$""" "after_execute":{"gateway":"wrap"},"response_type":"async",{{Add}} """, run => run.Returns(Args, """{"sum":5,"service":"table","user":"alice"}""")),
        new("after_execute: not shown failures", """ "after_execute":{"gateway":"wrap"},"function":"fail" """, run => run.Fails("{}", "function_error")),
        new("after_execute: not for streams", """ "after_execute":{"gateway":"wrap"},"response_type":"stream","function":"count","arg_types":{"count":"num"} """, run =>
            run.Streams("""{"count":1}""", "1", "null")),
        new("after_execute: function in the gateway", $$""" "nodes":"local","after_execute":{"function":"after_change"},{{Add}} """, run => run.Returns(Args, """{"sum":5,"a":2}""")),
        new("before_execute and after_execute: both, and the after hook sees the changed arguments", $$"""
            "before_execute":{"function":"before_change"},"after_execute":{"function":"after_change"},{{Add}}
            """, run => run.Returns(Args, """{"sum":50,"a":20}""")),
        new("hook_timeout: its longest", $$""" "hook_timeout":60000,"before_execute":{"function":"before_true"},{{Add}} """, run => run.Returns(Args, "5")),
        new("hook_timeout: 0 stands for the default", $$""" "hook_timeout":0,"before_execute":{"function":"before_true"},{{Add}} """, run => run.Returns(Args, "5")),
    ];
}
