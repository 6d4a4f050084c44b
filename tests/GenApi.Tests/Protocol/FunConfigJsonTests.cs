using System.Text.Json;
using GenApi.Protocol.Configs;
using GenApi.Protocol.Json;

namespace GenApi.Tests.Protocol;

public sealed class FunConfigJsonTests
{
    /// <summary>Each shape that a member may have, and how it is written back.</summary>
    public static TheoryData<string, string, string> Shapes => new()
    {
        { "nodes", """["http://10.0.0.5:5090","https://b"]""", """["http://10.0.0.5:5090","https://b"]""" },
        { "nodes", "\"local\"", "\"local\"" },
        { "nodes", """{"resolver":"dns","args":["a","b"]}""", """{"resolver":"dns","args":["a","b"]}""" },
        { "nodes", """{"resolver":"dns"}""", """{"resolver":"dns","args":[]}""" },
        { "choose_node_mode", "\"random\"", "\"random\"" },
        { "choose_node_mode", "\"hash\"", "\"hash\"" },
        { "choose_node_mode", """{"hash":"id"}""", """{"hash":"id"}""" },
        { "choose_node_mode", "\"round_robin\"", "\"round_robin\"" },
        { "choose_node_mode", """{"sticky":"id"}""", """{"sticky":"id"}""" },
        { "choose_node_mode", "\"least_busy\"", "\"least_busy\"" },
        { "choose_node_mode", """{"custom":"mine"}""", """{"custom":"mine"}""" },
        { "timeout", "100", "100" },
        { "timeout", "300000", "300000" },
        { "timeout", "\"infinity\"", "\"infinity\"" },
        { "arg_orders", """["id","text"]""", """["id","text"]""" },
        { "arg_orders", "\"map\"", "\"map\"" },
        { "response_type", "\"sync\"", "\"sync\"" },
        { "response_type", "\"async\"", "\"async\"" },
        { "response_type", "\"stream\"", "\"stream\"" },
        { "response_type", "\"none\"", "\"none\"" },
        { "check_permission", "false", "false" },
        { "check_permission", "\"any_authenticated\"", "\"any_authenticated\"" },
        { "check_permission", """{"arg":"id"}""", """{"arg":"id"}""" },
        { "check_permission", """{"role":["admin","ops"]}""", """{"role":["admin","ops"]}""" },
        { "check_permission", """{"policy":"grown_up"}""", """{"policy":"grown_up"}""" },
        { "permission_callback", """{"policy":"grown_up"}""", """{"policy":"grown_up"}""" },
        { "permission_callback", """{"function":"may_call"}""", """{"function":"may_call"}""" },
        { "retry", "3", """{"all_nodes":3}""" },
        { "retry", """{"same_node":1}""", """{"same_node":1}""" },
        { "retry", """{"all_nodes":10}""", """{"all_nodes":10}""" },
        { "before_execute", """{"gateway":"audit"}""", """{"gateway":"audit"}""" },
        { "before_execute", """{"function":"check"}""", """{"function":"check"}""" },
        { "after_execute", """{"gateway":"mask"}""", """{"gateway":"mask"}""" },
        { "after_execute", """{"function":"mask"}""", """{"function":"mask"}""" },
        { "hook_timeout", "60000", "60000" },
        { "request_info", "true", "true" },
        { "disabled", "true", "true" },
        { "version", "\"1.2.3\"", "\"1.2.3\"" },
        { "description", "\"what it does\"", "\"what it does\"" },
        { "function", "\"other_name\"", "\"other_name\"" },
        { "fixed_args", """{"tenant":"a","deep":{"x":[1,null]}}""", """{"tenant":"a","deep":{"x":[1,null]}}""" },
    };

    /// <summary>Each type and constraint of an argument, and how it is written back.</summary>
    public static TheoryData<string, string> ArgTypes => new()
    {
        { "\"string\"", "\"string\"" },
        { "\"num\"", "\"num\"" },
        { "\"boolean\"", "\"boolean\"" },
        { "\"uuid\"", "\"uuid\"" },
        { "\"datetime\"", "\"datetime\"" },
        { "\"naive_datetime\"", "\"naive_datetime\"" },
        { "\"list\"", "\"list\"" },
        { "\"list_string\"", "\"list_string\"" },
        { "\"list_num\"", "\"list_num\"" },
        { "\"list_uuid\"", "\"list_uuid\"" },
        { "\"list_map\"", "\"list_map\"" },
        { "\"map\"", "\"map\"" },
        { "\"any\"", "\"any\"" },
        { """{"type":"string"}""", "\"string\"" },
        { """{"type":"string","allow_nil":false}""", "\"string\"" },
        { """{"type":"string","max_bytes":0}""", """{"type":"string","max_bytes":0}""" },
        { """{"max_bytes":200,"type":"string"}""", """{"type":"string","max_bytes":200}""" },
        { """{"type":"string","allow_nil":true,"default_value":null}""", """{"type":"string","allow_nil":true,"default_value":null}""" },
        { """{"type":"num","default_value":20,"min":-1.5,"max":100}""", """{"type":"num","default_value":20,"min":-1.5,"max":100}""" },
        { """{"type":"string","pattern":"^[a-z]*$","enum":["a","b"]}""", """{"type":"string","pattern":"^[a-z]*$","enum":["a","b"]}""" },
        { """{"type":"num","enum":[1,2.5]}""", """{"type":"num","enum":[1,2.5]}""" },
        { """{"type":"list_string","max_items":10,"max_item_bytes":50}""", """{"type":"list_string","max_items":10,"max_item_bytes":50}""" },
        { """{"type":"map","required":["a"],"accept":["a","b"],"default_value":{"a":1}}""", """{"type":"map","default_value":{"a":1},"required":["a"],"accept":["a","b"]}""" },
    };

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Every_shape_is_read_and_written_back(string member, string json, string written)
    {
        var config = Parse($$"""
            {"service":"s","request_type":"t","arg_types":{"id":"string","text":"string"},"{{member}}":{{json}}}
            """);
        var first = Write(config);
        var again = Write(Parse(first));

        Assert.Equal(Minimal(written), Minimal(JsonDocument.Parse(first).RootElement.GetProperty(member).GetRawText()));
        Assert.Equal(first, again);
    }

    [Theory]
    [MemberData(nameof(ArgTypes))]
    public void Every_argument_type_is_read_and_written_back(string json, string written)
    {
        var type = JsonSerializer.Deserialize(json, ProtocolJson.Default.ArgType)!;
        var first = JsonSerializer.Serialize(type, ProtocolJson.Default.ArgType);

        Assert.Equal(written, first);
        Assert.Equal(first, JsonSerializer.Serialize(JsonSerializer.Deserialize(first, ProtocolJson.Default.ArgType)!, ProtocolJson.Default.ArgType));
    }

    [Fact]
    public void The_example_of_the_contract_is_valid()
    {
        var config = Parse("""
            {"service":"user_service","request_type":"get_user","version":"1.0.0","description":"…",
             "nodes":["http://10.0.0.5:5090"], "choose_node_mode":"random", "timeout":5000,
             "function":"get_user", "fixed_args":{}, "arg_types":{"user_id":"string"}, "arg_orders":["user_id"],
             "response_type":"sync", "check_permission":{"arg":"user_id"}, "permission_callback":null,
             "retry":{"all_nodes":2}, "before_execute":null, "after_execute":null, "hook_timeout":5000,
             "request_info":false, "disabled":false}
            """);

        Assert.Equal(new FunctionKey("user_service", "get_user", "1.0.0"), config.Key);
        Assert.Equal(new PermissionRule.Arg("user_id"), config.CheckPermission);
        Assert.Equal(new RetryPolicy(RetryMode.AllNodes, 2), config.Retry);
    }

    [Fact]
    public void What_is_left_out_has_the_defaults_of_the_contract()
    {
        var config = Parse("""{"service":"s","request_type":"t"}""");

        Assert.Null(config.Version);
        Assert.Null(config.Nodes);
        Assert.Equal(new ChooseNodeMode.Random(), config.ChooseNodeMode);
        Assert.Equal(5000, config.Timeout.Milliseconds);
        Assert.Equal("t", config.FunctionName);
        Assert.Equal(ResponseType.Sync, config.ResponseType);
        Assert.Null(config.CheckPermission);
        Assert.Null(config.Retry);
        Assert.Equal(5000, config.HookTimeout);
        Assert.False(config.RequestInfo);
        Assert.False(config.Disabled);
    }

    [Fact]
    public void A_member_that_is_null_is_the_same_as_one_left_out()
    {
        var members = string.Join(",", ProtocolJson.Default.FunConfig.Properties
            .Select(property => property.Name)
            .Except(["service", "request_type"])
            .Select(name => $"\"{name}\":null"));

        Assert.Equal(
            Write(Parse("""{"service":"s","request_type":"t"}""")),
            Write(Parse($$"""{"service":"s","request_type":"t",{{members}}}""")));
    }

    private static FunConfig Parse(string json)
    {
        var (config, reasons) = FunConfigReader.Read(JsonDocument.Parse(json).RootElement);
        Assert.Empty(reasons);
        return config!;
    }

    private static string Write(FunConfig config) => JsonSerializer.Serialize(config, ProtocolJson.Default.FunConfig);

    private static string Minimal(string json) => JsonSerializer.Deserialize(json, ProtocolJson.Default.RawJson).ToString();
}
