using System.Text.Json;
using GenApi.Calls.Tests.Running;

namespace GenApi.Calls.Tests;

/// <summary>What is wrong with a config is said when it is pushed, all of it, and the rest of the push is served.</summary>
public sealed class InvalidConfigTests
{
    private const string Good = """{"request_type":"good","nodes":"local","function":"node"}""";

    public static TheoryData<string, string> Configs => new()
    {
        { """ "request_type":"" """, "request_type must be 1 to 128 letters, digits, '_', '-' or '.', but is ''" },
        { """ "request_type":"a/b" """, "request_type must be 1 to 128 letters, digits, '_', '-' or '.', but is 'a/b'" },
        { """ "request_type":7 """, "request_type must be a string" },
        { """ "service":"other" """, "service is 'other', but the push is for 'mixed'" },
        { """ "version":"0.0.0" """, "version \"0.0.0\" is reserved; use another, or leave it out" },
        { """ "version":"a b" """, "version must be 1 to 128 letters, digits, '_', '-' or '.', but is 'a b'" },
        { $$""" "description":"{{new string('x', 2001)}}" """, "description must have at most 2000 characters" },
        { """ "nodes":[] """, """nodes must be a list of addresses, "local", or {"resolver":"NAME","args":[…]}""" },
        { """ "nodes":"remote" """, """nodes must be a list of addresses, "local", or {"resolver":"NAME","args":[…]}""" },
        { """ "nodes":{"resolver":"x","arg":[]} """, """nodes must be a list of addresses, "local", or {"resolver":"NAME","args":[…]}""" },
        { """ "nodes":["10.0.0.5:80"] """, "nodes: '10.0.0.5:80' must be an http or https address such as http://10.0.0.5:5090" },
        { """ "choose_node_mode":"fastest" """, """"choose_node_mode must be "random", "hash", {"hash":"ARG"}, "round_robin", {"sticky":"ARG"}, "least_busy" or {"custom":"NAME"}"""" },
        { """ "choose_node_mode":{"sticky":"v","hash":"v"} """, """"choose_node_mode must be "random", "hash", {"hash":"ARG"}, "round_robin", {"sticky":"ARG"}, "least_busy" or {"custom":"NAME"}"""" },
        { """ "choose_node_mode":{"hash":"w"},"arg_types":{"v":"num"} """, "choose_node_mode names the argument 'w', which stands not in arg_types" },
        { """ "choose_node_mode":{"sticky":"w"} """, "choose_node_mode names the argument 'w', which stands not in arg_types" },
        { """ "timeout":99 """, "timeout must be from 100 to 300000 ms, or \"infinity\"" },
        { """ "timeout":300001 """, "timeout must be from 100 to 300000 ms, or \"infinity\"" },
        { """ "timeout":"5s" """, "timeout must be a whole number of milliseconds from 100 to 300000, or \"infinity\"" },
        { """ "timeout":100.5 """, "timeout must be a whole number of milliseconds from 100 to 300000, or \"infinity\"" },
        { """ "function":"a b" """, "function must be 1 to 128 letters, digits, '_', '-' or '.', but is 'a b'" },
        { """ "fixed_args":[] """, "fixed_args must be an object" },
        { """ "fixed_args":{"v":1},"arg_types":{"v":"num"} """, "fixed_args.v stands in arg_types too; an argument is either fixed or given by the caller" },
        { """ "arg_types":["v"] """, "arg_types must be an object" },
        { """ "arg_types":{"v":null} """, "arg_types.v must not be null" },
        { """ "arg_types":{"v":"integer"} """, "arg_types.v: \"integer\" is not a type; use one of string, num, boolean, uuid, datetime, naive_datetime, list, list_string, list_num, list_uuid, list_map, map, any" },
        { """ "arg_types":{"v":{"max_bytes":3}} """, """arg_types.v: must be the name of a type, or an object such as {"type":"string","max_bytes":200}""" },
        { """ "arg_types":{"v":{"type":"string","max_length":3}} """, "arg_types.v: 'max_length' is not a constraint; use max_bytes, max_items, max_item_bytes, allow_nil, default_value, required, accept, min, max, pattern or enum" },
        { """ "arg_types":{"v":{"type":"string","max_bytes":-1}} """, "arg_types.v: max_bytes must be a whole number from 0 up" },
        { """ "arg_types":{"v":{"type":"num","max_items":1}} """, "arg_types.v: max_items does not apply to num" },
        { """ "arg_types":{"v":{"type":"string","max_item_bytes":1}} """, "arg_types.v: max_item_bytes does not apply to string" },
        { """ "arg_types":{"v":{"type":"list","max_bytes":1}} """, "arg_types.v: max_bytes does not apply to list" },
        { """ "arg_types":{"v":{"type":"num","allow_nil":"yes"}} """, "arg_types.v: allow_nil must be true or false" },
        { """ "arg_types":{"v":{"type":"num","default_value":"1"}} """, "arg_types.v: default_value is not a num" },
        { """ "arg_types":{"v":{"type":"num","default_value":null}} """, "arg_types.v: default_value null needs allow_nil" },
        { """ "arg_types":{"v":{"type":"list","required":["k"]}} """, "arg_types.v: required does not apply to list" },
        { """ "arg_types":{"v":{"type":"any","accept":["k"]}} """, "arg_types.v: accept does not apply to any" },
        { """ "arg_types":{"v":{"type":"map","accept":["a"],"required":["b"]}} """, "arg_types.v: required names 'b', which accept does not" },
        { """ "arg_types":{"v":{"type":"string","min":1}} """, "arg_types.v: min does not apply to string" },
        { """ "arg_types":{"v":{"type":"list","max":1}} """, "arg_types.v: max does not apply to list" },
        { """ "arg_types":{"v":{"type":"num","min":2,"max":1}} """, "arg_types.v: min is greater than max" },
        { """ "arg_types":{"v":{"type":"num","pattern":"x"}} """, "arg_types.v: pattern does not apply to num" },
        { """ "arg_types":{"v":{"type":"map","enum":["x"]}} """, "arg_types.v: enum does not apply to map" },
        { """ "arg_types":{"v":{"type":"string","enum":[]}} """, "arg_types.v: enum must be a list of strings, numbers, booleans or null" },
        { """ "arg_orders":"list" """, "arg_orders must be a list of argument names, or \"map\"" },
        { """ "arg_orders":["v"] """, "arg_orders names 'v', which stands in neither arg_types nor fixed_args" },
        { """ "arg_orders":[],"arg_types":{"v":"num"} """, "arg_orders lacks 'v', which stands in arg_types" },
        { """ "arg_orders":["v","v"],"arg_types":{"v":"num"} """, "arg_orders names 'v' more than once" },
        { """ "response_type":"later" """, "response_type must be \"sync\", \"async\", \"stream\" or \"none\"" },
        { """ "check_permission":true """, """"check_permission must be false, "any_authenticated", {"arg":"NAME"}, {"role":["NAME",…]} or {"policy":"NAME"}"""" },
        { """ "check_permission":{"role":[]} """, """"check_permission must be false, "any_authenticated", {"arg":"NAME"}, {"role":["NAME",…]} or {"policy":"NAME"}"""" },
        { """ "check_permission":{"arg":"w"},"arg_types":{"v":"num"} """, "check_permission names the argument 'w', which stands not in arg_types" },
        { """ "permission_callback":"is_alice" """, """permission_callback must be {"policy":"NAME"} or {"function":"NAME"}""" },
        { """ "permission_callback":{"policy":"p","function":"f"} """, """permission_callback must be {"policy":"NAME"} or {"function":"NAME"}""" },
        { """ "retry":0 """, "retry must ask for 1 to 10 more attempts" },
        { """ "retry":11 """, "retry must ask for 1 to 10 more attempts" },
        { """ "retry":{"other_nodes":1} """, """retry must be a whole number, {"same_node":n} or {"all_nodes":n}""" },
        { """ "before_execute":"hook" """, """before_execute must be {"gateway":"NAME"} or {"function":"NAME"}""" },
        { """ "after_execute":{"gateway":""} """, """after_execute must be {"gateway":"NAME"} or {"function":"NAME"}""" },
        { """ "hook_timeout":60001 """, "hook_timeout must be from 1 to 60000 ms" },
        { """ "hook_timeout":-1 """, "hook_timeout must be from 1 to 60000 ms" },
        { """ "hook_timeout":"5" """, "hook_timeout must be a whole number" },
        { """ "request_info":"yes" """, "request_info must be true or false" },
        { """ "disabled":0 """, "disabled must be true or false" },
        { """ "check_permissions":false """, "'check_permissions' is not a member of a function config; remove it or correct its name" },
    };

    [Fact]
    public async Task Each_fault_is_named_and_the_rest_is_served()
    {
        await using var cluster = await Cluster.StartAsync(new ClusterOptions { Nodes = [], HostsFunctions = true });
        var bad = Configs.Select(row => row.Data).ToList();
        var configs = bad.Select((row, index) => row.Item1.Contains("\"request_type\"", StringComparison.Ordinal) ? $"{{{row.Item1}}}" : $$"""{"request_type":"bad{{index}}",{{row.Item1}}}""");
        var answer = await cluster.Api.PushAsync("mixed", "1", string.Join(",\n", configs.Append(Good)));

        Assert.Equal((200, "accepted"), (answer.Status, answer.Body.GetProperty("status").GetString()));
        var rejected = answer.Body.GetProperty("rejected").EnumerateArray().ToList();
        Assert.Equal(bad.Count, rejected.Count);
        Assert.All(bad.Zip(rejected), pair => Assert.Equal([pair.First.Item2], Reasons(pair.Second)));
        (await cluster.CallAsync("mixed", "good")).AssertResult("\"gateway\"");
        (await cluster.CallAsync("mixed", "bad0")).AssertFailed("not_found");
    }

    [Fact]
    public async Task Many_faults_of_one_function_are_named_together()
    {
        await using var cluster = await Cluster.StartAsync(new ClusterOptions { Nodes = [] });
        var answer = await cluster.Api.PushAsync("mixed", "1", """
            {"request_type":"a b","version":"0.0.0","timeout":1,"retry":99,"hook_timeout":99999,"arg_types":{"v":{"type":"num","pattern":"("}},"arg_orders":["w"]}
            """);

        Assert.Equal((422, "error"), (answer.Status, answer.Body.GetProperty("status").GetString()));
        string[] expected =
        [
            "request_type must be", "version \"0.0.0\" is reserved", "timeout must be from", "retry must ask for", "hook_timeout must be from",
            "arg_types.v: pattern does not apply to num", "arg_types.v: pattern is not a regular expression", "arg_orders names 'w'", "arg_orders lacks 'v'",
        ];
        var reasons = Reasons(answer.Body.GetProperty("rejected")[0]);
        Assert.Equal(expected.Length, reasons.Count);
        Assert.All(expected.Zip(reasons), pair => Assert.StartsWith(pair.First, pair.Second, StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_second_of_two_with_one_name_is_refused()
    {
        await using var cluster = await Cluster.StartAsync(new ClusterOptions { Nodes = [], HostsFunctions = true });
        var answer = await cluster.Api.PushAsync("mixed", "1", $"{Good},{Good}");
        Assert.Equal(["the push has another function mixed/good"], Reasons(Assert.Single(answer.Body.GetProperty("rejected").EnumerateArray())));
        (await cluster.CallAsync("mixed", "good")).AssertResult("\"gateway\"");
    }

    private static List<string?> Reasons(JsonElement rejected) => [.. rejected.GetProperty("reasons").EnumerateArray().Select(reason => reason.GetString())];
}
