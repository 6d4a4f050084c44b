namespace GenApi.Calls.Tests.Table;

/// <summary>The thirteen types of arguments, each in its short and its extended form, and every constraint.</summary>
internal static class ArgumentRows
{
    private const string Uuid = "6f9633e2-0b1c-4c57-9a53-0b1f0e2b7a11";
    private const string NoUuid = "must be a UUID such as 6f9633e2-0b1c-4c57-9a53-0b1f0e2b7a11";
    private const string NoDatetime = "must be an ISO 8601 date and time with an offset, such as 2030-01-31T12:00:00Z";
    private const string NoNaive = "must be an ISO 8601 date and time without an offset, such as 2030-01-31T12:00:00";

    private static readonly (string Bad, string Reason)[] Wrong = [("null", "must not be null")];

    public static IEnumerable<Row> All =>
    [
        .. Type("string", good: ["\"\"", "\"é\\u0000\\n\\\"\"", Text(3000), $"\"{new string('é', 1500)}\""], bad:
        [
            .. Wrong, ("1", "must be a string"), ("true", "must be a string"), ("[\"x\"]", "must be a string"), ("{}", "must be a string"),
            (Text(3001), "must have at most 3000 bytes"), ($"\"{new string('é', 1500)}x\"", "must have at most 3000 bytes"),
        ]),
        .. Type("num", good: ["0", "-1", "1.5", "1e300", "9007199254740993", "-0.0"], bad: [.. Wrong, ("\"1\"", "must be a number"), ("false", "must be a number"), ("[1]", "must be a number")]),
        .. Type("boolean", good: ["true", "false"], bad: [.. Wrong, ("1", "must be true or false"), ("\"true\"", "must be true or false")]),
        .. Type("uuid", good: [$"\"{Uuid}\"", $"\"{Uuid.ToUpperInvariant()}\""], bad:
        [
            .. Wrong, ("1", NoUuid), ("\"x\"", NoUuid), ($"\"{{{Uuid}}}\"", NoUuid), ($"\"{Uuid.Replace("-", "", StringComparison.Ordinal)}\"", NoUuid), ($"\"{Uuid} \"", NoUuid),
        ]),
        .. Type("datetime", good: ["\"2030-01-31T12:00:00Z\"", "\"2030-01-31T12:00:00.123+02:00\""], bad:
        [
            .. Wrong, ("\"2030-01-31T12:00:00\"", NoDatetime), ("\"2030-01-31\"", NoDatetime), ("\"2030-02-31T12:00:00Z\"", NoDatetime), ("1900000000", NoDatetime), ("\"tomorrow\"", NoDatetime),
        ]),
        .. Type("naive_datetime", good: ["\"2030-01-31T12:00:00\"", "\"2030-01-31T12:00:00.5\""], bad:
        [
            .. Wrong, ("\"2030-01-31T12:00:00Z\"", NoNaive), ("\"2030-01-31T12:00:00+02:00\"", NoNaive), ("\"2030-01-31\"", NoNaive), ("1", NoNaive), ("\"\"", NoNaive),
        ]),
        .. Type("list", good: ["[]", """[1,"x",null,[[]],{}]""", Items(1000, "0")], bad: [.. Wrong, ("{}", "must be a list"), ("\"x\"", "must be a list"), (Items(1001, "0"), "must have at most 1000 items")]),
        .. Type("list_string", good: ["[]", """["x",""]""", $"[{Text(3000)}]", Items(1000, "\"\"")], bad:
        [
            .. Wrong, ("\"x\"", "must be a list of strings"), ("""["x",1]""", "item 1 must be a string"), ("[null]", "item 0 must be a string"),
            ($"[{Text(3001)}]", "item 0 must have at most 3000 bytes"), (Items(1001, "\"\""), "must have at most 1000 items"),
        ]),
        .. Type("list_num", good: ["[]", "[1,-2.5]"], bad: [.. Wrong, ("1", "must be a list of numbers"), ("""[1,"2"]""", "item 1 must be a number"), (Items(1001, "0"), "must have at most 1000 items")]),
        .. Type("list_uuid", good: ["[]", $"[\"{Uuid}\"]"], bad: [.. Wrong, ($"\"{Uuid}\"", "must be a list of UUIDs"), ($"[\"{Uuid}\",\"x\"]", $"item 1 {NoUuid}")]),
        .. Type("list_map", good: ["[]", """[{},{"k":[1]}]"""], bad: [.. Wrong, ("{}", "must be a list of objects"), ("[{},1]", "item 1 must be an object")]),
        .. Type("map", good: ["{}", """{"k":{"l":[1]}}""", Members(1000)], bad: [.. Wrong, ("[]", "must be an object"), ("\"x\"", "must be an object"), (Members(1001), "must have at most 1000 members")]),
        .. Type("any", good: ["1", "\"x\"", "true", "[1]", """{"k":null}""", Text(10_000)], bad: Wrong),

        Rule("max_bytes: string", """{"type":"string","max_bytes":4}""", ["\"1234\"", "\"éé\"", "\"\\u00e9\\u00e9\""], ("\"12345\"", "must have at most 4 bytes"), ("\"ééx\"", "must have at most 4 bytes")),
        Rule("max_bytes: string, more than the default", """{"type":"string","max_bytes":5000}""", [Text(5000)], (Text(5001), "must have at most 5000 bytes")),
        Rule("max_bytes: map", """{"type":"map","max_bytes":8}""", ["""{"k":12}"""], ("""{"k":123}""", "must have at most 8 bytes")),
        Rule("max_bytes: any", """{"type":"any","max_bytes":3}""", ["\"x\"", "[1]", "123"], ("[12]", "must have at most 3 bytes"), ("1234", "must have at most 3 bytes")),
        Rule("max_items: list", """{"type":"list","max_items":2}""", ["[1,2]"], ("[1,2,3]", "must have at most 2 items")),
        Rule("max_items: list_string, more than the default", """{"type":"list_string","max_items":1001}""", [Items(1001, "\"\"")], (Items(1002, "\"\""), "must have at most 1001 items")),
        Rule("max_items: list_num", """{"type":"list_num","max_items":0}""", ["[]"], ("[1]", "must have at most 0 items")),
        Rule("max_items: list_uuid", """{"type":"list_uuid","max_items":1}""", [$"[\"{Uuid}\"]"], ($"[\"{Uuid}\",\"{Uuid}\"]", "must have at most 1 items")),
        Rule("max_items: list_map", """{"type":"list_map","max_items":1}""", ["[{}]"], ("[{},{}]", "must have at most 1 items")),
        Rule("max_items: map", """{"type":"map","max_items":1}""", ["""{"a":1}"""], ("""{"a":1,"b":2}""", "must have at most 1 members")),
        Rule("max_item_bytes: list", """{"type":"list","max_item_bytes":3}""", ["""[123,"x",[1]]"""], ("[1,1234]", "item 1 must have at most 3 bytes")),
        Rule("max_item_bytes: list_string", """{"type":"list_string","max_item_bytes":3}""", ["""["123"]"""], ("""["1234"]""", "item 0 must have at most 3 bytes")),
        Rule("max_item_bytes: list_num", """{"type":"list_num","max_item_bytes":3}""", ["[123]"], ("[1234]", "item 0 must have at most 3 bytes")),
        Rule("max_item_bytes: list_uuid", """{"type":"list_uuid","max_item_bytes":38}""", [$"[\"{Uuid}\"]"]),
        Rule("max_item_bytes: list_map", """{"type":"list_map","max_item_bytes":7}""", ["""[{"k":1}]"""], ("""[{"k":12}]""", "item 0 must have at most 7 bytes")),
        Rule("required: map", """{"type":"map","required":["author","title"]}""", ["""{"title":1,"author":null,"more":2}"""], ("""{"title":1}""", "must have the member 'author'"), ("{}", "must have the member 'author'")),
        Rule("required: list_map", """{"type":"list_map","required":["id"]}""", ["""[{"id":1},{"id":2}]"""], ("""[{"id":1},{}]""", "item 1 must have the member 'id'")),
        Rule("accept: map", """{"type":"map","accept":["a","b"]}""", ["{}", """{"b":1}"""], ("""{"a":1,"c":2}""", "must not have the member 'c'")),
        Rule("accept: list_map", """{"type":"list_map","accept":["a"],"required":["a"]}""", ["""[{"a":1}]"""], ("""[{"a":1,"b":2}]""", "item 0 must not have the member 'b'")),
        Rule("min: num", """{"type":"num","min":-1.5}""", ["-1.5", "0", "1e300"], ("-1.6", "must be at least -1.5")),
        Rule("max: num", """{"type":"num","max":10}""", ["10", "-1e300"], ("10.5", "must be at most 10"), ("1e400", "must be at most 10")),
        Rule("min and max: list_num", """{"type":"list_num","min":1,"max":2}""", ["[1,2,1.5]"], ("[1,0]", "item 1 must be at least 1"), ("[3]", "item 0 must be at most 2")),
        Rule("pattern: string", """{"type":"string","pattern":"^[a-z]+\\d?$"}""", ["\"abc1\""], ("\"1\"", "must match the pattern ^[a-z]+\\d?$")),
        Rule("pattern: list_string", """{"type":"list_string","pattern":"^a"}""", ["""["a","ab"]"""], ("""["a","b"]""", "item 1 must match the pattern ^a")),
        Rule("pattern: one that never ends is given up", """{"type":"string","pattern":"^(a+)+$"}""", ["\"aaaa\""], ($"\"{new string('a', 60)}!\"", "takes too long to match the pattern ^(a+)+$")),
        Rule("enum: string", """{"type":"string","enum":["red","grün"]}""", ["\"red\"", "\"grün\"", "\"gr\\u00fcn\""], ("\"blue\"", "must be one of \"red\", \"grün\""), ("\"\"", "must be one of \"red\", \"grün\"")),
        Rule("enum: num", """{"type":"num","enum":[1,2.5]}""", ["1", "1.0", "2.5", "25e-1"], ("2", "must be one of 1, 2.5")),
        Rule("enum: boolean", """{"type":"boolean","enum":[true]}""", ["true"], ("false", "must be one of true")),
        Rule("enum: uuid", $$"""{"type":"uuid","enum":["{{Uuid}}"]}""", [$"\"{Uuid}\""], ($"\"{Uuid.Replace('6', '7')}\"", $"must be one of \"{Uuid}\"")),
        Rule("enum: datetime", """{"type":"datetime","enum":["2030-01-31T12:00:00Z"]}""", ["\"2030-01-31T12:00:00Z\""], ("\"2031-01-31T12:00:00Z\"", "must be one of \"2030-01-31T12:00:00Z\"")),
        Rule("enum: naive_datetime", """{"type":"naive_datetime","enum":["2030-01-31T12:00:00"]}""", ["\"2030-01-31T12:00:00\""], ("\"2031-01-31T12:00:00\"", "must be one of \"2030-01-31T12:00:00\"")),
        Rule("enum: list_string", """{"type":"list_string","enum":["a","b"]}""", ["""["b","a","b"]"""], ("""["c"]""", "item 0 must be one of \"a\", \"b\"")),
        Rule("enum: list_num", """{"type":"list_num","enum":[1,2]}""", ["[2,1]"], ("[1,3]", "item 1 must be one of 1, 2")),
        Rule("enum: with null in it", """{"type":"string","enum":["a",null]}""", ["\"a\"", "null"], ("\"b\"", "must be one of \"a\", null")),

        new("allow_nil: true", """ "function":"args","arg_orders":"map","arg_types":{"v":{"type":"num","allow_nil":true}} """, async run =>
        {
            await run.Returns("""{"v":null}""", """{"v":null}""");
            await run.Returns("{}", "{}");
            await run.Returns("""{"v":1}""", """{"v":1}""");
            await run.Invalid("""{"v":"1"}""", "v: must be a number");
        }),
        new("allow_nil: false", """ "function":"args","arg_orders":"map","arg_types":{"v":{"type":"num","allow_nil":false}} """, async run =>
        {
            await run.Invalid("""{"v":null}""", "v: must not be null");
            await run.Invalid("{}", "v: is missing");
        }),
        new("default_value: of every type", $$$"""
            "function":"args","arg_orders":"map","arg_types":{
            "s":{"type":"string","default_value":"d\u00e9"},"n":{"type":"num","default_value":1.5},"b":{"type":"boolean","default_value":false},
            "u":{"type":"uuid","default_value":"{{{Uuid}}}"},"d":{"type":"datetime","default_value":"2030-01-31T12:00:00Z"},
            "dn":{"type":"naive_datetime","default_value":"2030-01-31T12:00:00"},"l":{"type":"list","default_value":[1,"x"]},
            "ls":{"type":"list_string","default_value":["x"]},"ln":{"type":"list_num","default_value":[1]},"lu":{"type":"list_uuid","default_value":[]},
            "lm":{"type":"list_map","default_value":[{}]},"m":{"type":"map","default_value":{"k":1}},"a":{"type":"any","default_value":0},
            "z":{"type":"num","allow_nil":true,"default_value":null}}
            """, run => run.Returns("{}", $$"""
            {"s":"dé","n":1.5,"b":false,"u":"{{Uuid}}","d":"2030-01-31T12:00:00Z","dn":"2030-01-31T12:00:00","l":[1,"x"],"ls":["x"],"ln":[1],"lu":[],"lm":[{}],"m":{"k":1},"a":0,"z":null}
            """)),
        new("default_value: gives way to what is sent", """ "function":"args","arg_orders":"map","arg_types":{"v":{"type":"num","default_value":7},"w":"num"} """, async run =>
        {
            await run.Returns("""{"v":1,"w":2}""", """{"v":1,"w":2}""");
            await run.Returns(""" { "w" : 2 } """, """{"v":7,"w":2}""");
            await run.Invalid("""{"v":null,"w":2}""", "v: must not be null");
        }),
        new("arg_types: names of all letters", """ "function":"args","arg_orders":"map","arg_types":{"ключ":"num","a b\"c":{"type":"num","default_value":1}} """, run =>
            run.Returns("""{"\u043a\u043b\u044e\u0447":2}""", """{"ключ":2,"a b\"c":1}""")),
        new("arg_types: every bad argument at once", $$""" "function":"args","arg_orders":"map","arg_types":{"a":"num","b":"string","c":"uuid","d":{"type":"list_num","max_items":1},"e":"num"} """, run =>
            run.Invalid("""{"x":1,"a":"1","b":2,"c":"3","d":[1,2],"y":{"z":1}}""",
                "x: is not an argument of this function", "a: must be a number", "b: must be a string", $"c: {NoUuid}", "d: must have at most 1 items", "y: is not an argument of this function", "e: is missing")),
        new("arg_types: absent, so no arguments", """ "function":"node" """, run => run.Invalid("""{"a":1}""", "a: is not an argument of this function")),
        new("arg_types: empty, so no arguments", """ "function":"node","arg_types":{} """, run => run.Invalid("""{"a":1}""", "a: is not an argument of this function")),
        new("arg_types: given twice", """ "function":"args","arg_types":{"a":"num"} """, run => run.Invalid("""{"a":1,"a":2}""", "a: is given more than once")),
        new("arg_types: for streams", """ "response_type":"stream","function":"count","arg_types":{"count":{"type":"num","max":5}} """, async run =>
        {
            await run.Invalid("""{"count":6}""", "count: must be at most 5");
            await run.Streams("""{"count":1}""", "1", "null");
        }),
    ];

    /// <summary>A type by its name alone, and the same in the extended form.</summary>
    private static IEnumerable<Row> Type(string type, IReadOnlyList<string> good, IReadOnlyList<(string Bad, string Reason)> bad) =>
    [
        Rule($"arg_types: {type}", $"\"{type}\"", good, [.. bad]),
        Rule($"arg_types: {type} in the extended form", $$"""{"type":"{{type}}"}""", good, [.. bad]),
    ];

    private static Row Rule(string name, string type, IReadOnlyList<string> good, params IReadOnlyList<(string Bad, string Reason)> bad) =>
        new(name, $$""" "function":"echo","arg_types":{"value":{{type}}} """, async run =>
        {
            foreach (var value in good)
            {
                await run.Returns($$"""{"value":{{value}}}""", value);
            }

            foreach (var (value, reason) in bad)
            {
                await run.Invalid($$"""{"value":{{value}}}""", $"value: {reason}");
            }
        });

    private static string Text(int length) => $"\"{new string('x', length)}\"";

    private static string Items(int count, string item) => $"[{string.Join(',', Enumerable.Repeat(item, count))}]";

    private static string Members(int count) => $$"""{{{string.Join(',', Enumerable.Range(0, count).Select(n => $"\"k{n}\":0"))}}}""";
}
