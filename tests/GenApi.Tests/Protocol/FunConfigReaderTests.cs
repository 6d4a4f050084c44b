using System.Text.Json;
using GenApi.Protocol.Configs;

namespace GenApi.Tests.Protocol;

public sealed class FunConfigReaderTests
{
    /// <summary>Members that are wrong by themselves, and words that the reason must have.</summary>
    public static TheoryData<string, string, string> WrongMembers => new()
    {
        { "service", "1", "service must be a string" },
        { "service", "\"a b\"", "service must be 1 to 128 letters" },
        { "service", "\"\"", "service must be 1 to 128 letters" },
        { "request_type", "[]", "request_type must be a string" },
        { "request_type", "\"a/b\"", "request_type must be 1 to 128 letters" },
        { "version", "1", "version must be a string" },
        { "version", "\"0.0.0\"", "reserved" },
        { "version", "\"1 0\"", "version must be" },
        { "description", "{}", "description must be a string" },
        { "nodes", "\"everywhere\"", "nodes must be a list of addresses" },
        { "nodes", "[]", "nodes must be a list of addresses" },
        { "nodes", """["ftp://x"]""", "'ftp://x' must be an http or https address" },
        { "nodes", """["http://a","nonsense"]""", "'nonsense' must be an http or https address" },
        { "nodes", """["http://user:pw@host"]""", "must be an http or https address" },
        { "nodes", """{"resolver":""}""", "nodes must be a list of addresses" },
        { "nodes", """{"resolver":"dns","args":[1]}""", "nodes must be a list of addresses" },
        { "nodes", """{"resolver":"dns","more":[]}""", "nodes must be a list of addresses" },
        { "choose_node_mode", "\"best\"", "choose_node_mode must be \"random\"" },
        { "choose_node_mode", """{"hash":1}""", "choose_node_mode must be" },
        { "choose_node_mode", """{"hash":"a","sticky":"a"}""", "choose_node_mode must be" },
        { "choose_node_mode", """{"hash":"absent"}""", "choose_node_mode names the argument 'absent'" },
        { "choose_node_mode", """{"sticky":"absent"}""", "choose_node_mode names the argument 'absent'" },
        { "timeout", "99", "timeout must be from 100 to 300000 ms" },
        { "timeout", "300001", "timeout must be from 100 to 300000 ms" },
        { "timeout", "100.5", "timeout must be a whole number" },
        { "timeout", "\"forever\"", "timeout must be a whole number" },
        { "function", "5", "function must be a string" },
        { "function", "\"no spaces\"", "function must be 1 to 128" },
        { "fixed_args", "[]", "fixed_args must be an object" },
        { "fixed_args", """{"id":1}""", "fixed_args.id stands in arg_types too" },
        { "arg_types", "[]", "arg_types must be an object" },
        { "arg_types", """{"id":"text"}""", "\"text\" is not a type" },
        { "arg_types", """{"id":7}""", "arg_types.id" },
        { "arg_types", """{"id":null}""", "arg_types.id" },
        { "arg_types", """{"id":{"max_bytes":1}}""", "arg_types.id" },
        { "arg_types", """{"id":{"type":"string","max_byte":1}}""", "'max_byte' is not a constraint" },
        { "arg_types", """{"id":{"type":"string","max_bytes":-1}}""", "max_bytes must be a whole number" },
        { "arg_types", """{"id":{"type":"string","max_bytes":"1"}}""", "max_bytes must be a whole number" },
        { "arg_types", """{"id":{"type":"string","allow_nil":"yes"}}""", "allow_nil must be true or false" },
        { "arg_types", """{"id":{"type":"map","required":"a"}}""", "required must be a list of names" },
        { "arg_types", """{"id":{"type":"map","accept":[1]}}""", "accept must be a list of names" },
        { "arg_types", """{"id":{"type":"num","min":"a"}}""", "min must be a number" },
        { "arg_types", """{"id":{"type":"num","max":1e999}}""", "max must be a number" },
        { "arg_types", """{"id":{"type":"string","pattern":1}}""", "pattern must be a regular expression" },
        { "arg_types", """{"id":{"type":"string","pattern":"("}}""", "pattern is not a regular expression" },
        { "arg_types", """{"id":{"type":"string","enum":[]}}""", "enum must be a list" },
        { "arg_types", """{"id":{"type":"string","enum":[{}]}}""", "enum must be a list" },
        { "arg_types", """{"id":{"type":"num","min":2,"max":1}}""", "min is greater than max" },
        { "arg_types", """{"id":{"type":"boolean","max_bytes":1}}""", "max_bytes does not apply to boolean" },
        { "arg_types", """{"id":{"type":"string","max_items":1}}""", "max_items does not apply to string" },
        { "arg_types", """{"id":{"type":"string","max_item_bytes":1}}""", "max_item_bytes does not apply to string" },
        { "arg_types", """{"id":{"type":"list","required":["a"]}}""", "required does not apply to list" },
        { "arg_types", """{"id":{"type":"string","accept":["a"]}}""", "accept does not apply to string" },
        { "arg_types", """{"id":{"type":"string","min":1}}""", "min does not apply to string" },
        { "arg_types", """{"id":{"type":"string","max":1}}""", "max does not apply to string" },
        { "arg_types", """{"id":{"type":"num","pattern":"a"}}""", "pattern does not apply to num" },
        { "arg_types", """{"id":{"type":"map","enum":["a"]}}""", "enum does not apply to map" },
        { "arg_types", """{"id":{"type":"map","required":["a","c"],"accept":["a","b"]}}""", "required names 'c'" },
        { "arg_types", """{"id":{"type":"num","default_value":"a"}}""", "default_value is not a num" },
        { "arg_types", """{"id":{"type":"num","default_value":null}}""", "default_value null needs allow_nil" },
        { "arg_types", """{"":"string"}""", "name must have 1 to 128 characters" },
        { "arg_orders", "7", "arg_orders must be a list of argument names" },
        { "arg_orders", """["id","other"]""", "arg_orders names 'other'" },
        { "arg_orders", "[]", "arg_orders lacks 'id'" },
        { "arg_orders", """["id","id"]""", "arg_orders names 'id' more than once" },
        { "response_type", "\"later\"", "response_type must be \"sync\"" },
        { "response_type", "1", "response_type must be \"sync\"" },
        { "check_permission", "true", "check_permission must be false" },
        { "check_permission", "\"everybody\"", "check_permission must be false" },
        { "check_permission", """{"role":[]}""", "check_permission must be false" },
        { "check_permission", """{"role":"admin"}""", "check_permission must be false" },
        { "check_permission", """{"arg":"absent"}""", "check_permission names the argument 'absent'" },
        { "permission_callback", "\"f\"", "permission_callback must be" },
        { "permission_callback", """{"role":"f"}""", "permission_callback must be" },
        { "retry", "0", "retry must ask for 1 to 10" },
        { "retry", "11", "retry must ask for 1 to 10" },
        { "retry", "1.5", "retry must be a whole number" },
        { "retry", """{"some_nodes":1}""", "retry must be a whole number" },
        { "before_execute", "\"hook\"", "before_execute must be" },
        { "after_execute", """{"gateway":1}""", "after_execute must be" },
        { "hook_timeout", "-1", "hook_timeout must be from 1 to 60000 ms" },
        { "hook_timeout", "60001", "hook_timeout must be from 1 to 60000 ms" },
        { "hook_timeout", "\"5s\"", "hook_timeout must be a whole number" },
        { "request_info", "1", "request_info must be true or false" },
        { "disabled", "\"no\"", "disabled must be true or false" },
        { "check_permision", "false", "'check_permision' is not a member of a function config" },
        { "Service", "\"s\"", "'Service' is not a member of a function config" },
    };

    [Theory]
    [MemberData(nameof(WrongMembers))]
    public void Each_wrong_member_has_its_reason(string member, string json, string words)
    {
        var members = new Dictionary<string, string> { ["service"] = "\"s\"", ["request_type"] = "\"t\"", ["arg_types"] = """{"id":"string"}""" };
        members[member] = json;
        var (config, reasons) = Read($"{{{string.Join(",", members.Select(entry => $"\"{entry.Key}\":{entry.Value}"))}}}");

        Assert.Null(config);
        Assert.Contains(words, Assert.Single(reasons), StringComparison.Ordinal);
    }

    [Fact]
    public void What_cannot_be_read_keeps_nothing_else_from_being_looked_at()
    {
        var (config, reasons) = Read("""
            {"request_type":"get","timeout":5,"hook_timeout":"soon","version":"a b","retry":null,"colour":1,
             "arg_types":{"a":"text","b":{"type":"num","min":2,"max":1},"c":"num"},
             "fixed_args":{"c":1},"arg_orders":["a","c","z"],"check_permission":{"arg":"a"},"choose_node_mode":{"hash":"z"}}
            """);

        Assert.Null(config);
        Assert.Collection(
            reasons.Order(StringComparer.Ordinal),
            Begins("'colour' is not a member"),
            Begins("arg_types.a: \"text\" is not a type"),
            Begins("arg_types.b: min is greater than max"),
            Begins("hook_timeout must be a whole number"),
            Begins("service must be 1 to 128"),
            Begins("timeout must be from 100"),
            Begins("version must be 1 to 128"));

        static Action<string> Begins(string words) => reason => Assert.StartsWith(words, reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_member_of_the_wrong_type_is_listed_at_once()
    {
        var (config, reasons) = Read("""
            {"service":1,"request_type":2,"version":3,"timeout":"x","retry":"x","arg_types":{"a":"x","b":"y"},
             "disabled":"x","misspelt":1,"another":2,"nodes":5,"check_permission":5}
            """);

        Assert.Null(config);
        Assert.Equal(11, reasons.Count);
        Assert.All(["service", "request_type", "version", "timeout", "retry", "arg_types.a", "arg_types.b", "disabled", "misspelt", "another", "nodes", "check_permission"],
            name => Assert.Contains(reasons, reason => reason.Contains(name, StringComparison.Ordinal)));
    }

    [Fact]
    public void Every_value_that_does_not_fit_is_listed_at_once()
    {
        var (config, reasons) = Read("""
            {"service":"a b","request_type":"","version":"0.0.0","timeout":1,"retry":99,"hook_timeout":-1,"nodes":["x","y"],
             "arg_types":{"a":{"type":"num","pattern":"x","min":2,"max":1},"b":{"type":"boolean","max_items":1}},
             "arg_orders":["c","a"],"check_permission":{"arg":"d"},"choose_node_mode":{"hash":"e"}}
            """);

        Assert.Null(config);
        Assert.Equal(15, reasons.Count);
        Assert.Equal(15, reasons.Distinct().Count());
    }

    [Theory]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("\"config\"")]
    [InlineData("17")]
    public void A_value_that_is_no_object_has_one_reason(string json)
    {
        var (config, reasons) = Read(json);

        Assert.Null(config);
        Assert.Equal(["a function config must be a JSON object"], reasons);
    }

    [Theory]
    [InlineData("""{"service":"s","request_type":"\ud800"}""")]
    [InlineData("""{"service":"s","request_type":"t","\ud800":1}""")]
    [InlineData("""{"service":"s","request_type":"t","arg_types":{"\ud800":"string"}}""")]
    [InlineData("""{"service":"s","request_type":"t","check_permission":"\ud800"}""")]
    [InlineData("""{"service":"s","request_type":"t","check_permission":{"\ud800":"x"}}""")]
    [InlineData("""{"service":"s","request_type":"t","arg_types":{"a":{"type":"string","\ud800":1}}}""")]
    public void Text_that_is_no_unicode_has_a_reason_like_any_other_fault(string json)
    {
        var (config, reasons) = Read(json);

        Assert.Null(config);
        Assert.NotEmpty(reasons);
    }

    [Theory]
    [InlineData("""{"service":"s","request_type":"t","request_type":"u"}""")]
    [InlineData("""{"service":"s","request_type":"t","disabled":null,"disabled":true,"disabled":null}""")]
    [InlineData("""{"service":"s","request_type":"t","arg_types":{"a":"num","a":"string"}}""")]
    public void A_member_given_twice_is_read_or_refused(string json)
    {
        var (config, reasons) = Read(json);

        Assert.Equal(config is null, reasons.Count > 0);
    }

    [Fact]
    public void The_service_of_the_push_stands_in_for_one_that_is_left_out()
    {
        var (config, _) = FunConfigReader.Read(JsonDocument.Parse("""{"request_type":"t"}""").RootElement, "shop");

        Assert.Equal("shop", config!.Service);
    }

    [Fact]
    public void With_arg_orders_map_the_permission_argument_may_stand_inside_a_map()
    {
        var (config, reasons) = Read("""
            {"service":"s","request_type":"t","arg_types":{"query":"map"},"arg_orders":"map","check_permission":{"arg":"user_id"}}
            """);

        Assert.Empty(reasons);
        Assert.NotNull(config);
    }

    [Fact]
    public void The_number_of_arguments_is_limited()
    {
        static string Config(int count) =>
            $$"""{"service":"s","request_type":"t","arg_types":{ {{string.Join(",", Enumerable.Range(0, count).Select(i => $"\"a{i}\":\"num\""))}} } }""";

        Assert.Empty(Read(Config(FunConfigValidator.MaximumArguments)).Reasons);
        Assert.Contains("at most 64 arguments", Assert.Single(Read(Config(FunConfigValidator.MaximumArguments + 1)).Reasons), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a", true)]
    [InlineData("user_service-2.v1", true)]
    [InlineData("", false)]
    [InlineData(null, false)]
    [InlineData("ä", false)]
    [InlineData("a\n", false)]
    [InlineData("a:b", false)]
    public void Names_are_ascii_letters_digits_and_three_signs(string? name, bool valid) =>
        Assert.Equal(valid, FunConfigValidator.IsName(name));

    [Fact]
    public void Names_have_at_most_128_letters()
    {
        Assert.True(FunConfigValidator.IsName(new string('a', 128)));
        Assert.False(FunConfigValidator.IsName(new string('a', 129)));
    }

    [Theory]
    [InlineData("http://10.0.0.5:5090", true)]
    [InlineData("https://node.example", true)]
    [InlineData("http://[::1]:5090", true)]
    [InlineData("ws://node", false)]
    [InlineData("10.0.0.5:5090", false)]
    [InlineData("http://node/", true)]
    [InlineData("http://node/path", false)]
    [InlineData("http://", false)]
    [InlineData("http://node?x=1", false)]
    [InlineData("http://node#x", false)]
    [InlineData("http://u:p@node", false)]
    [InlineData("/path", false)]
    [InlineData("", false)]
    [InlineData(null, false)]
    public void Addresses_are_http_or_https(string? address, bool valid) =>
        Assert.Equal(valid, FunConfigValidator.IsAddress(address));

    private static (FunConfig? Config, IReadOnlyList<string> Reasons) Read(string json) =>
        FunConfigReader.Read(JsonDocument.Parse(json).RootElement);
}
