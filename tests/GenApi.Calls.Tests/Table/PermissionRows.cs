namespace GenApi.Calls.Tests.Table;

/// <summary>Who may call, by rule and by callback.</summary>
internal static class PermissionRows
{
    private const string Echo = """ "function":"echo","arg_types":{"value":"any"} """;

    public static IEnumerable<Row> All =>
    [
        new("check_permission: false", $$""" "check_permission":false,{{Echo}} """, async run =>
        {
            await run.Returns("""{"value":1}""", "1");
            await run.Returns("""{"value":1}""", "1", user: null);
        }),
        new("check_permission: any_authenticated", $$""" "check_permission":"any_authenticated",{{Echo}} """, async run =>
        {
            await run.Returns("""{"value":1}""", "1", user: "bob");
            await run.Fails("""{"value":1}""", "permission_denied", "authenticated", user: null);
        }),
        new("check_permission: arg", """ "check_permission":{"arg":"user_id"},"function":"args","arg_types":{"user_id":"any","more":"any"} """, async run =>
        {
            await run.Returns("""{"user_id":"alice","more":1}""", """{"user_id":"alice","more":1}""");
            await run.Returns("""{"more":1,"user_id":"\u0061lice"}""", """{"user_id":"alice","more":1}""");
            await run.Returns("""{"user_id":42,"more":1}""", """{"user_id":42,"more":1}""", user: "42");
            await run.Fails("""{"user_id":"alice","more":1}""", "permission_denied", "user_id", user: "bob");
            await run.Fails("""{"user_id":"alice","more":1}""", "permission_denied", user: null);
            await run.Fails("""{"user_id":["alice"],"more":1}""", "permission_denied");
            await run.Fails("""{"more":1}""", "permission_denied");
            await run.Fails("""{"user_id":null,"more":1}""", "permission_denied", user: null);

            // Without arg_orders "map" it does not look inside.
            await run.Fails("""{"more":{"user_id":"alice"}}""", "permission_denied");
        }),
        new("check_permission: arg given twice never passes with another's id", """ "check_permission":{"arg":"user_id"},"function":"args","arg_types":{"user_id":"any"} """, async run =>
        {
            await run.Invalid("""{"user_id":"alice","user_id":"bob"}""", "user_id: is given more than once");
            await run.Fails("""{"user_id":"bob","user_id":"alice"}""", "permission_denied");
        }),
        new("check_permission: arg, one level deep with arg_orders map", """
            "check_permission":{"arg":"user_id"},"arg_orders":"map","function":"args","arg_types":{"post":"map","more":{"type":"any","allow_nil":true}}
            """, async run =>
        {
            await run.Returns("""{"post":{"user_id":"alice"}}""", """{"post":{"user_id":"alice"}}""");
            await run.Fails("""{"post":{"user_id":"bob"}}""", "permission_denied");
            await run.Fails("""{"post":{}}""", "permission_denied");
            await run.Fails("""{"post":{"deeper":{"user_id":"alice"}}}""", "permission_denied");
            await run.Fails("""{"post":{"user_id":"alice"},"more":{"user_id":"bob"}}""", "permission_denied");
            await run.Fails("""{"post":{"user_id":"alice","user_id":"bob"}}""", "permission_denied");
        }),
        new("check_permission: role", $$""" "check_permission":{"role":["editor","boss"]},{{Echo}} """, async run =>
        {
            await run.Returns("""{"value":1}""", "1", user: "carol");
            await run.Fails("""{"value":1}""", "permission_denied", "editor or boss");
            await run.Fails("""{"value":1}""", "permission_denied", user: null);
        }),
        new("check_permission: policy", $$""" "check_permission":{"policy":"is_alice"},{{Echo}} """, async run =>
        {
            await run.Returns("""{"value":1}""", "1");
            await run.Fails("""{"value":1}""", "permission_denied", "is_alice", user: "bob");
            await run.Fails("""{"value":1}""", "permission_denied", user: null);
        }),
        new("check_permission: a policy that is not there", $$""" "check_permission":{"policy":"no_such_policy"},{{Echo}} """, run =>
            run.Fails("""{"value":1}""", "permission_denied")),
        new("check_permission: a policy that throws", $$""" "check_permission":{"policy":"throws"},{{Echo}} """, run =>
            run.Fails("""{"value":1}""", "permission_denied")),
        new("check_permission: comes before the arguments", """ "check_permission":{"role":["editor"]},"function":"add","arg_types":{"a":"num","b":"num"} """, async run =>
        {
            await run.Fails("""{"a":"x"}""", "permission_denied");
            await run.Fails("""{"a":"x"}""", "invalid_arguments", user: "carol");
        }),

        new("permission_callback: policy, in place of check_permission", $$""" "check_permission":{"role":["editor"]},"permission_callback":{"policy":"is_alice"},{{Echo}} """, async run =>
        {
            await run.Returns("""{"value":1}""", "1");
            await run.Fails("""{"value":1}""", "permission_denied", user: "carol");
        }),
        new("permission_callback: function, told who calls and with what", $$""" "check_permission":{"role":["editor"]},"permission_callback":{"function":"permit_alice"},{{Echo}} """, async run =>
        {
            await run.Returns("""{"value":1}""", "1");
            await run.Fails("""{"value":2}""", "permission_denied");
            await run.Fails("""{"value":1}""", "permission_denied", user: "carol");
            await run.Fails("""{"value":1}""", "permission_denied", user: null);
        }),
        new("permission_callback: function that says yes", $$""" "permission_callback":{"function":"permit_true"},{{Echo}} """, run => run.Returns("""{"value":1}""", "1", user: null)),
        new("permission_callback: function that says no", $$""" "permission_callback":{"function":"permit_false"},{{Echo}} """, run => run.Fails("""{"value":1}""", "permission_denied")),
        new("permission_callback: function that says neither", $$""" "permission_callback":{"function":"permit_text"},{{Echo}} """, run => run.Fails("""{"value":1}""", "permission_denied")),
        new("permission_callback: function that throws", $$""" "permission_callback":{"function":"hook_throw"},{{Echo}} """, run => run.Fails("""{"value":1}""", "permission_denied")),
        new("permission_callback: function that takes too long", $$""" "permission_callback":{"function":"hook_hang"},"hook_timeout":50,{{Echo}} """, run => run.Fails("""{"value":1}""", "permission_denied")),
        new("permission_callback: function that is not there", $$""" "permission_callback":{"function":"no_such_function"},{{Echo}} """, run => run.Fails("""{"value":1}""", "permission_denied")),
        new("permission_callback: for streams too", """ "permission_callback":{"function":"permit_false"},"response_type":"stream","function":"count","arg_types":{"count":"num"} """, run =>
            run.Fails("""{"count":3}""", "permission_denied")),
        new("permission_callback: for async too", $$""" "permission_callback":{"function":"permit_false"},"response_type":"async",{{Echo}} """, run => run.Fails("""{"value":1}""", "permission_denied")),
        new("permission_callback: in the gateway", $$""" "nodes":"local","permission_callback":{"function":"permit_alice"},{{Echo}} """, async run =>
        {
            await run.Returns("""{"value":1}""", "1");
            await run.Fails("""{"value":1}""", "permission_denied", user: "bob");
        }),
    ];
}
