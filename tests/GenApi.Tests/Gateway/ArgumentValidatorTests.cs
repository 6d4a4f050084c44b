using System.Text.Json;
using GenApi.Gateway;
using GenApi.Gateway.Arguments;
using GenApi.Protocol.Calls;
using GenApi.Protocol.Configs;
using GenApi.Protocol.Json;

namespace GenApi.Tests.Gateway;

public sealed class ArgumentValidatorTests
{
    private const string Uuid = "6f9633e2-0b1c-4c57-9a53-0b1f0e2b7a11";

    /// <summary>A type, a value, and what is wrong with the value; null: nothing.</summary>
    public static TheoryData<string, string, string?> Cases => new()
    {
        // Each type takes its own values and says what it wants of others.
        { "\"string\"", "\"\"", null },
        { "\"string\"", "\"text\"", null },
        { "\"string\"", "\"\\u00e9\\n\"", null },
        { "\"string\"", "1", "must be a string" },
        { "\"string\"", "{\"a\":1}", "must be a string" },
        { "\"string\"", "null", "must not be null" },
        { "\"num\"", "0", null },
        { "\"num\"", "-1.5e3", null },
        { "\"num\"", "\"1\"", "must be a number" },
        { "\"num\"", "true", "must be a number" },
        { "\"boolean\"", "true", null },
        { "\"boolean\"", "false", null },
        { "\"boolean\"", "0", "must be true or false" },
        { "\"boolean\"", "\"true\"", "must be true or false" },
        { "\"uuid\"", $"\"{Uuid}\"", null },
        { "\"uuid\"", "\"6F9633E2-0B1C-4C57-9A53-0B1F0E2B7A11\"", null },
        { "\"uuid\"", "\"6f9633e20b1c4c579a530b1f0e2b7a11\"", "must be a UUID such as 6f9633e2-0b1c-4c57-9a53-0b1f0e2b7a11" },
        { "\"uuid\"", $"\"{{{Uuid}}}\"", "must be a UUID such as 6f9633e2-0b1c-4c57-9a53-0b1f0e2b7a11" },
        { "\"uuid\"", $"\"{Uuid}x\"", "must be a UUID such as 6f9633e2-0b1c-4c57-9a53-0b1f0e2b7a11" },
        { "\"uuid\"", "7", "must be a UUID such as 6f9633e2-0b1c-4c57-9a53-0b1f0e2b7a11" },
        { "\"datetime\"", "\"2030-01-31T12:00:00Z\"", null },
        { "\"datetime\"", "\"2030-01-31T12:00:00.123456+02:00\"", null },
        { "\"datetime\"", "\"2030-01-31T12:00:00-05:30\"", null },
        { "\"datetime\"", "\"2030-01-31T12:00:00\"", "must be an ISO 8601 date and time with an offset, such as 2030-01-31T12:00:00Z" },
        { "\"datetime\"", "\"2030-01-31\"", "must be an ISO 8601 date and time with an offset, such as 2030-01-31T12:00:00Z" },
        { "\"datetime\"", "\"2030-13-31T12:00:00Z\"", "must be an ISO 8601 date and time with an offset, such as 2030-01-31T12:00:00Z" },
        { "\"datetime\"", "\"2030-01-31T25:00:00Z\"", "must be an ISO 8601 date and time with an offset, such as 2030-01-31T12:00:00Z" },
        { "\"datetime\"", "\"\"", "must be an ISO 8601 date and time with an offset, such as 2030-01-31T12:00:00Z" },
        { "\"datetime\"", "1", "must be an ISO 8601 date and time with an offset, such as 2030-01-31T12:00:00Z" },
        { "\"naive_datetime\"", "\"2030-01-31T12:00:00\"", null },
        { "\"naive_datetime\"", "\"2030-01-31T12:00:00.5\"", null },
        { "\"naive_datetime\"", "\"2030-01-31T12:00:00Z\"", "must be an ISO 8601 date and time without an offset, such as 2030-01-31T12:00:00" },
        { "\"naive_datetime\"", "\"2030-01-31T12:00:00+01:00\"", "must be an ISO 8601 date and time without an offset, such as 2030-01-31T12:00:00" },
        { "\"naive_datetime\"", "\"2030-02-30T12:00:00\"", "must be an ISO 8601 date and time without an offset, such as 2030-01-31T12:00:00" },
        { "\"list\"", "[]", null },
        { "\"list\"", "[1,\"a\",null,[2],{\"b\":3}]", null },
        { "\"list\"", "{}", "must be a list" },
        { "\"list\"", "\"a\"", "must be a list" },
        { "\"list_string\"", "[\"a\",\"b\"]", null },
        { "\"list_string\"", "[\"a\",1,{}]", "item 1 must be a string" },
        { "\"list_string\"", "[null]", "item 0 must be a string" },
        { "\"list_string\"", "\"a\"", "must be a list of strings" },
        { "\"list_num\"", "[1,2.5]", null },
        { "\"list_num\"", "[1,[2]]", "item 1 must be a number" },
        { "\"list_num\"", "1", "must be a list of numbers" },
        { "\"list_uuid\"", $"[\"{Uuid}\"]", null },
        { "\"list_uuid\"", $"[\"{Uuid}\",\"x\"]", "item 1 must be a UUID such as 6f9633e2-0b1c-4c57-9a53-0b1f0e2b7a11" },
        { "\"list_uuid\"", "true", "must be a list of UUIDs" },
        { "\"list_map\"", "[{},{\"a\":[1]}]", null },
        { "\"list_map\"", "[{},[]]", "item 1 must be an object" },
        { "\"list_map\"", "{}", "must be a list of objects" },
        { "\"map\"", "{}", null },
        { "\"map\"", "{\"a\":{\"b\":[1,2]}}", null },
        { "\"map\"", "[]", "must be an object" },
        { "\"map\"", "\"{}\"", "must be an object" },
        { "\"any\"", "1", null },
        { "\"any\"", "[{\"a\":1}]", null },
        { "\"any\"", "null", "must not be null" },

        // Each constraint, on both sides of its limit.
        { """{"type":"string","allow_nil":true}""", "null", null },
        { """{"type":"any","allow_nil":true}""", "null", null },
        { """{"type":"list_string","allow_nil":true}""", "null", null },
        { """{"type":"string","max_bytes":4}""", "\"abcd\"", null },
        { """{"type":"string","max_bytes":4}""", "\"abcde\"", "must have at most 4 bytes" },
        { """{"type":"string","max_bytes":4}""", "\"éé\"", null },
        { """{"type":"string","max_bytes":4}""", "\"ééé\"", "must have at most 4 bytes" },
        { """{"type":"string","max_bytes":4}""", "\"\\u0061\\u0062\\u0063\\u0064\"", null },
        { """{"type":"string","max_bytes":4}""", "\"\\u0061\\u0062\\u0063\\u0064\\u0065\"", "must have at most 4 bytes" },
        { """{"type":"string","max_bytes":0}""", "\"\"", null },
        { """{"type":"any","max_bytes":5}""", "\"abc\"", null },
        { """{"type":"any","max_bytes":5}""", "\"abcd\"", "must have at most 5 bytes" },
        { """{"type":"any","max_bytes":5}""", "[1,2,3]", "must have at most 5 bytes" },
        { """{"type":"map","max_bytes":7}""", "{\"a\":1}", null },
        { """{"type":"map","max_bytes":7}""", "{\"a\":12}", "must have at most 7 bytes" },
        { """{"type":"list","max_items":2}""", "[1,2]", null },
        { """{"type":"list","max_items":2}""", "[1,2,3]", "must have at most 2 items" },
        { """{"type":"list","max_items":0}""", "[]", null },
        { """{"type":"list_string","max_items":1}""", "[\"a\",\"b\"]", "must have at most 1 items" },
        { """{"type":"map","max_items":1}""", "{\"a\":1}", null },
        { """{"type":"map","max_items":1}""", "{\"a\":1,\"b\":2}", "must have at most 1 members" },
        { """{"type":"list_string","max_item_bytes":2}""", "[\"ab\",\"é\"]", null },
        { """{"type":"list_string","max_item_bytes":2}""", "[\"ab\",\"abc\"]", "item 1 must have at most 2 bytes" },
        { """{"type":"list","max_item_bytes":3}""", "[123,\"a\"]", null },
        { """{"type":"list","max_item_bytes":3}""", "[[1,2]]", "item 0 must have at most 3 bytes" },
        { """{"type":"list_map","max_item_bytes":7}""", "[{\"a\":1}]", null },
        { """{"type":"list_map","max_item_bytes":7}""", "[{\"a\":12}]", "item 0 must have at most 7 bytes" },
        { """{"type":"map","required":["a","b"]}""", "{\"b\":1,\"a\":2,\"c\":3}", null },
        { """{"type":"map","required":["a","b"]}""", "{\"b\":1}", "must have the member 'a'" },
        { """{"type":"map","accept":["a","b"]}""", "{\"b\":1}", null },
        { """{"type":"map","accept":["a","b"]}""", "{\"a\":1,\"c\":{\"a\":1}}", "must not have the member 'c'" },
        { """{"type":"map","required":["a"]}""", "{\"\\u0061\":1}", null },
        { """{"type":"list_map","required":["a"]}""", "[{\"a\":1},{}]", "item 1 must have the member 'a'" },
        { """{"type":"list_map","accept":["a"]}""", "[{\"a\":1},{\"b\":1}]", "item 1 must not have the member 'b'" },
        { """{"type":"num","min":1,"max":2.5}""", "1", null },
        { """{"type":"num","min":1,"max":2.5}""", "2.5", null },
        { """{"type":"num","min":1,"max":2.5}""", "0.99", "must be at least 1" },
        { """{"type":"num","min":1,"max":2.5}""", "2.51", "must be at most 2.5" },
        { """{"type":"num","max":2.5}""", "1e999", "must be at most 2.5" },
        { """{"type":"list_num","min":0}""", "[0,-1]", "item 1 must be at least 0" },
        { """{"type":"string","pattern":"^[a-z]{2}$"}""", "\"ab\"", null },
        { """{"type":"string","pattern":"^[a-z]{2}$"}""", "\"abc\"", "must match the pattern ^[a-z]{2}$" },
        { """{"type":"list_string","pattern":"^a"}""", "[\"ab\",\"ba\"]", "item 1 must match the pattern ^a" },
        { """{"type":"string","pattern":"^(a+)+$"}""", $"\"{new string('a', 40)}!\"", "takes too long to match the pattern ^(a+)+$" },
        { """{"type":"string","enum":["a","b"]}""", "\"b\"", null },
        { """{"type":"string","enum":["a","b"]}""", "\"\\u0062\"", null },
        { """{"type":"string","enum":["a","b"]}""", "\"c\"", """must be one of "a", "b" """ },
        { """{"type":"string","enum":["a",null]}""", "null", null },
        { """{"type":"num","enum":[1,2.5]}""", "1.0", null },
        { """{"type":"num","enum":[1,2.5]}""", "2", "must be one of 1, 2.5" },
        { """{"type":"boolean","enum":[true]}""", "false", "must be one of true" },
        { $$"""{"type":"uuid","enum":["{{Uuid}}"]}""", "\"00000000-0000-0000-0000-000000000000\"", $"must be one of \"{Uuid}\"" },
        { """{"type":"list_string","enum":["a"]}""", "[\"a\",\"b\"]", """item 1 must be one of "a" """ },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public void Each_type_and_each_constraint(string type, string value, string? reason) =>
        Assert.Equal(
            reason is null ? [] : [new ArgumentError("value", reason.TrimEnd())],
            Errors($$"""{"value":{{type}}}""", $$"""{"value":{{value}}}"""));

    [Fact]
    public void Sizes_that_a_type_does_not_set_have_the_gateways_limits()
    {
        var limits = new GenApiGatewayOptions.ArgumentLimits { MaxBytes = 3, MaxItems = 2, MaxItemBytes = 1 };
        var types = """{"s":"string","l":"list","ls":"list_string","m":"map","a":"any"}""";

        Assert.Empty(Errors(types, """{"s":"abc","l":["abcdef",2],"ls":["a","b"],"m":{"a":"abcdef","b":2},"a":"abcdef"}""", limits));
        Assert.Equal(
            [
                new ArgumentError("s", "must have at most 3 bytes"),
                new ArgumentError("l", "must have at most 2 items"),
                new ArgumentError("ls", "item 0 must have at most 1 bytes"),
                new ArgumentError("m", "must have at most 2 members"),
            ],
            Errors(types, """{"s":"abcd","l":[1,2,3],"ls":["ab"],"m":{"a":1,"b":2,"c":3},"a":1}""", limits));
    }

    [Fact]
    public void The_limits_of_the_contract_are_the_defaults()
    {
        var types = """{"s":"string","l":"list","ls":"list_string"}""";
        static string Text(int bytes) => new('x', bytes);
        static string List(int items) => string.Join(",", Enumerable.Repeat("1", items));

        Assert.Empty(Errors(types, $$"""{"s":"{{Text(3000)}}","l":[{{List(1000)}}],"ls":["{{Text(3000)}}"]}"""));
        Assert.Equal(
            ["s", "l", "ls"],
            Errors(types, $$"""{"s":"{{Text(3001)}}","l":[{{List(1001)}}],"ls":["{{Text(3001)}}"]}""").Select(error => error.Argument));
    }

    [Fact]
    public void Every_bad_argument_is_reported_at_once()
    {
        var errors = Errors(
            """{"a":"string","b":"num","c":"uuid","d":"string","e":{"type":"string","allow_nil":true}}""",
            """{"b":"x","extra":{"b":[1]},"a":1,"another":2}""");

        Assert.Equal(
            [
                new ArgumentError("b", "must be a number"),
                new ArgumentError("extra", "is not an argument of this function"),
                new ArgumentError("a", "must be a string"),
                new ArgumentError("another", "is not an argument of this function"),
                new ArgumentError("c", "is missing"),
                new ArgumentError("d", "is missing"),
            ],
            errors);
    }

    [Theory]
    [InlineData("""{"a":1,"a":1}""")]
    [InlineData("""{"a":1,"\u0061":1}""")]
    [InlineData("""{"a":1,"a":"x"}""")]
    public void An_argument_given_twice_is_refused(string args) =>
        Assert.Contains(new ArgumentError("a", "is given more than once"), Errors("""{"a":"num"}""", args));

    [Fact]
    public void A_function_without_arguments_takes_none()
    {
        Assert.Empty(Errors("{}", "{}"));
        Assert.Equal([new ArgumentError("a", "is not an argument of this function")], Errors("{}", """{"a":1}"""));
    }

    [Fact]
    public void Of_thousands_of_wrong_arguments_only_some_are_named()
    {
        var args = $"{{{string.Join(",", Enumerable.Range(0, 5000).Select(i => $"\"x{i}\":1"))}}}";

        Assert.InRange(Errors("""{"a":"num"}""", args).Count, 1, 200);
    }

    [Fact]
    public void A_very_long_name_is_shortened() =>
        Assert.InRange(Errors("{}", $$"""{"{{new string('x', 10_000)}}":1}""")[0].Argument.Length, 1, 130);

    [Theory]
    [InlineData("{}", """{"limit":20,"format":"pdf"}""")]
    [InlineData("{ }", """{"limit":20,"format":"pdf"}""")]
    [InlineData("""{"limit":5}""", """{"limit":5,"format":"pdf"}""")]
    [InlineData("""{"format":"a}b", "limit":5 }""", """{"format":"a}b","limit":5}""")]
    [InlineData("""{"note":null}""", """{"note":null,"limit":20,"format":"pdf"}""")]
    public void Defaults_stand_in_for_what_is_left_out(string args, string complete) =>
        Assert.Equal(complete, Complete("""{"limit":{"type":"num","default_value":20},"format":{"type":"string","default_value":"pdf"},"note":{"type":"string","allow_nil":true}}""", null, args));

    [Theory]
    [InlineData("{}", """{"tenant":"a","deep":{"x":[1,null]}}""")]
    [InlineData("""{"id":1}""", """{"id":1,"tenant":"a","deep":{"x":[1,null]}}""")]
    public void Fixed_arguments_are_added(string args, string complete) =>
        Assert.Equal(complete, Complete("""{"id":{"type":"num","allow_nil":true}}""", """{"tenant":"a","deep":{"x":[1,null]}}""", args));

    [Fact]
    public void Defaults_and_fixed_arguments_go_together() =>
        Assert.Equal("""{"a":1,"b":2,"c":3}""", Complete("""{"a":"num","b":{"type":"num","default_value":2}}""", """{"c":3}""", """{"a":1}"""));

    [Fact]
    public void A_caller_cannot_set_a_fixed_argument() =>
        Assert.Equal(
            [new ArgumentError("tenant", "is not an argument of this function")],
            Errors("{}", """{"tenant":"b"}""", fixedArgs: """{"tenant":"a"}"""));

    [Fact]
    public void Complete_arguments_pass_as_the_bytes_they_are()
    {
        var args = RawJson.FromString("""{ "a" : 1 , "b":"\u0041" }""");

        Assert.Null(Validator("""{"a":"num","b":"string"}""", null, null).Validate(args, out var complete));
        Assert.True(complete.Utf8.Equals(args.Utf8));
    }

    [Fact]
    public void Names_with_signs_of_json_are_quoted() =>
        Assert.Equal("""{"a\"b\\":1,"日本":2}""", Complete("""{"a\"b\\":{"type":"num","default_value":1}}""", """{"日本":2}""", "{}"));

    [Fact]
    public void All_arguments_that_a_function_may_have_are_checked()
    {
        var names = Enumerable.Range(0, FunConfigValidator.MaximumArguments).Select(i => $"a{i}").ToList();
        var types = $"{{{string.Join(",", names.Select(name => $"\"{name}\":\"num\""))}}}";

        Assert.Empty(Errors(types, $"{{{string.Join(",", names.Select(name => $"\"{name}\":1"))}}}"));
        Assert.Equal(names, Errors(types, "{}").Select(error => error.Argument));
    }

    private static ArgumentValidator Validator(string types, string? fixedArgs, GenApiGatewayOptions.ArgumentLimits? limits) => new(
        new FunConfig
        {
            Service = "s",
            RequestType = "t",
            ArgTypes = JsonDocument.Parse(types).RootElement.EnumerateObject().ToDictionary(
                argument => argument.Name,
                argument => argument.Value.Deserialize(ProtocolJson.Default.ArgType)!),
            FixedArgs = fixedArgs is null ? null : JsonDocument.Parse(fixedArgs).RootElement.EnumerateObject().ToDictionary(argument => argument.Name, argument => argument.Value),
        },
        limits ?? new GenApiGatewayOptions.ArgumentLimits());

    private static IReadOnlyList<ArgumentError> Errors(string types, string args, GenApiGatewayOptions.ArgumentLimits? limits = null, string? fixedArgs = null)
    {
        var error = Validator(types, fixedArgs, limits).Validate(RawJson.FromString(args), out _);
        if (error is null)
        {
            return [];
        }

        Assert.Equal(ErrorCode.InvalidArguments, error.Code);
        return JsonSerializer.Deserialize(error.Details.Utf8.Span, ProtocolJson.Default.IReadOnlyListArgumentError)!;
    }

    private static string Complete(string types, string? fixedArgs, string args)
    {
        Assert.Null(Validator(types, fixedArgs, null).Validate(RawJson.FromString(args), out var complete));
        return JsonSerializer.Deserialize(complete.Utf8.Span, ProtocolJson.Default.RawJson).ToString();
    }
}
