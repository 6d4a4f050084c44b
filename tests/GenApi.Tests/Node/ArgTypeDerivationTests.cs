using System.Collections.ObjectModel;
using System.Text.Json;
using System.Text.Json.Nodes;
using GenApi.Node.Functions;
using GenApi.Protocol.Configs;
using GenApi.Protocol.Json;

namespace GenApi.Tests.Node;

public sealed class ArgTypeDerivationTests
{
    public enum Color
    {
        Red,
        DarkBlue,
    }

    [Flags]
    public enum Options
    {
        None = 0,
        One = 1,
        Two = 2,
    }

    public sealed record Point(int X, int Y, string? Label = null);

    public sealed record Loose
    {
        public string? Name { get; init; }

        public required int Size { get; init; }
    }

    /// <summary>Each C# type and the JSON of the argument type that it becomes.</summary>
    public static TheoryData<string, Type, string> Types => new()
    {
        { "string", typeof(string), "\"string\"" },
        { "char", typeof(char), "\"string\"" },
        { "uri", typeof(Uri), "\"string\"" },
        { "dateonly", typeof(DateOnly), "\"string\"" },
        { "timeonly", typeof(TimeOnly), "\"string\"" },
        { "timespan", typeof(TimeSpan), "\"string\"" },
        { "bytes", typeof(byte[]), "\"string\"" },
        { "byte", typeof(byte), """{"type":"num","min":0,"max":255}""" },
        { "sbyte", typeof(sbyte), """{"type":"num","min":-128,"max":127}""" },
        { "short", typeof(short), """{"type":"num","min":-32768,"max":32767}""" },
        { "ushort", typeof(ushort), """{"type":"num","min":0,"max":65535}""" },
        { "int", typeof(int), """{"type":"num","min":-2147483648,"max":2147483647}""" },
        { "uint", typeof(uint), """{"type":"num","min":0,"max":4294967295}""" },
        { "long", typeof(long), "\"num\"" },
        { "ulong", typeof(ulong), "\"num\"" },
        { "float", typeof(float), "\"num\"" },
        { "double", typeof(double), "\"num\"" },
        { "decimal", typeof(decimal), "\"num\"" },
        { "int128", typeof(Int128), "\"num\"" },
        { "bool", typeof(bool), "\"boolean\"" },
        { "guid", typeof(Guid), "\"uuid\"" },
        { "datetimeoffset", typeof(DateTimeOffset), "\"datetime\"" },
        { "datetime", typeof(DateTime), "\"naive_datetime\"" },
        { "enum", typeof(Color), """{"type":"string","enum":["red","dark_blue"]}""" },
        { "flags", typeof(Options), "\"string\"" },
        { "element", typeof(JsonElement), "\"any\"" },
        { "raw", typeof(RawJson), "\"any\"" },
        { "object", typeof(object), "\"any\"" },
        { "node", typeof(JsonNode), "\"any\"" },
        { "jsonobject", typeof(JsonObject), "\"map\"" },
        { "jsonarray", typeof(JsonArray), "\"list\"" },
        { "strings", typeof(string[]), "\"list_string\"" },
        { "list of strings", typeof(List<string>), "\"list_string\"" },
        { "read-only list", typeof(IReadOnlyList<string>), "\"list_string\"" },
        { "sequence", typeof(IEnumerable<string>), "\"list_string\"" },
        { "set", typeof(HashSet<string>), "\"list_string\"" },
        { "own collection", typeof(Collection<string>), "\"list_string\"" },
        { "enums", typeof(Color[]), """{"type":"list_string","enum":["red","dark_blue"]}""" },
        { "ints", typeof(int[]), """{"type":"list_num","min":-2147483648,"max":2147483647}""" },
        { "doubles", typeof(List<double>), "\"list_num\"" },
        { "guids", typeof(Guid[]), "\"list_uuid\"" },
        { "dates", typeof(DateTime[]), "\"list\"" },
        { "bools", typeof(bool[]), "\"list\"" },
        { "lists", typeof(int[][]), "\"list\"" },
        { "dictionary", typeof(Dictionary<string, int>), "\"map\"" },
        { "read-only dictionary", typeof(IReadOnlyDictionary<string, string>), "\"map\"" },
        { "dictionaries", typeof(Dictionary<string, int>[]), "\"list_map\"" },
        { "record", typeof(Point), """{"type":"map","required":["x","y"]}""" },
        { "records", typeof(IReadOnlyList<Point>), """{"type":"list_map","required":["x","y"]}""" },
        { "class", typeof(Loose), """{"type":"map","required":["size"]}""" },
    };

    [Theory]
    [MemberData(nameof(Types))]
    public void Every_type_has_its_argument_type(string name, Type type, string json) =>
        Assert.Equal((name, json), (name, Write(Derive(type))));

    [Theory]
    [InlineData(typeof(int?), """{"type":"num","allow_nil":true,"min":-2147483648,"max":2147483647}""")]
    [InlineData(typeof(Guid?), """{"type":"uuid","allow_nil":true}""")]
    [InlineData(typeof(Color?), """{"type":"string","allow_nil":true,"enum":["red","dark_blue"]}""")]
    public void A_nullable_value_type_may_be_null(Type type, string json)
    {
        var holder = typeof(Holder<>).MakeGenericType(type);
        var function = Delegate.CreateDelegate(typeof(Action<>).MakeGenericType(type), holder.GetMethod(nameof(Holder<>.Take))!);

        Assert.Equal(json, Write(Derivation.Of(function).ArgTypes["value"]));
    }

    [Fact]
    public void A_nullable_reference_may_be_null_and_another_may_not()
    {
        var types = Derivation.Of((string given, string? maybe, List<string>? list) => { }).ArgTypes;

        Assert.Equal("\"string\"", Write(types["given"]));
        Assert.Equal("""{"type":"string","allow_nil":true}""", Write(types["maybe"]));
        Assert.Equal("""{"type":"list_string","allow_nil":true}""", Write(types["list"]));
    }

    [Fact]
    public void Defaults_stand_in_for_what_is_left_out()
    {
        var types = Derivation.Of((
            int limit = 20,
            string format = "pdf",
            bool deep = false,
            double ratio = 0.5,
            Color color = Color.DarkBlue,
            Color? maybe = Color.Red,
            Guid id = default,
            long? count = 5,
            string? nothing = null) => { }).ArgTypes;

        Assert.Equal("20", types["limit"].DefaultValue.ToString());
        Assert.Equal("\"pdf\"", types["format"].DefaultValue.ToString());
        Assert.Equal("false", types["deep"].DefaultValue.ToString());
        Assert.Equal("0.5", types["ratio"].DefaultValue.ToString());
        Assert.Equal("\"dark_blue\"", types["color"].DefaultValue.ToString());
        Assert.Equal("\"red\"", types["maybe"].DefaultValue.ToString());
        Assert.Equal("\"00000000-0000-0000-0000-000000000000\"", types["id"].DefaultValue.ToString());
        Assert.Equal("5", types["count"].DefaultValue.ToString());
        Assert.True(types["nothing"].DefaultValue.IsEmpty);
        Assert.True(types["nothing"].AllowNil);
    }

    [Fact]
    public void The_attribute_adds_constraints()
    {
        var types = Derivation.Of((
            [Arg(MaxBytes = 200, Pattern = "^[a-z]+$")] string title,
            [Arg(MaxItems = 10, MaxItemBytes = 50)] string[] tags,
            [Arg(Min = 0, Max = 60_000)] int ms,
            [Arg(Required = ["author"], Accept = ["author", "category"], MaxBytes = 1000)] Dictionary<string, string> metadata,
            [Arg(Enum = ["a", "b"])] string kind,
            [Arg(Enum = [1, 2])] int level) => { }).ArgTypes;

        Assert.Equal("""{"type":"string","max_bytes":200,"pattern":"^[a-z]\u002B$"}""", Write(types["title"]));
        Assert.Equal("""{"type":"list_string","max_items":10,"max_item_bytes":50}""", Write(types["tags"]));
        Assert.Equal("""{"type":"num","min":0,"max":60000}""", Write(types["ms"]));
        Assert.Equal("""{"type":"map","max_bytes":1000,"required":["author"],"accept":["author","category"]}""", Write(types["metadata"]));
        Assert.Equal("""{"type":"string","enum":["a","b"]}""", Write(types["kind"]));
        Assert.Equal("""{"type":"num","min":-2147483648,"max":2147483647,"enum":[1,2]}""", Write(types["level"]));
    }

    [Fact]
    public void Every_derived_type_is_valid_for_the_gateway()
    {
        foreach (var (_, type, _) in Types.Select(row => row.Data))
        {
            var config = new FunConfig { Service = "s", RequestType = "t", ArgTypes = new Dictionary<string, ArgType> { ["value"] = Derive(type) } };

            Assert.Empty(FunConfigValidator.Validate(config));
        }
    }

    private static ArgType Derive(Type type)
    {
        var holder = typeof(Holder<>).MakeGenericType(type);
        return Derivation.Of(Delegate.CreateDelegate(typeof(Action<>).MakeGenericType(type), holder.GetMethod(nameof(Holder<>.Take))!)).ArgTypes["value"];
    }

    private static string Write(ArgType type) => JsonSerializer.Serialize(type, ProtocolJson.Default.ArgType);

    private static class Holder<T>
        where T : notnull
    {
        public static void Take(T value) => _ = value;
    }
}
