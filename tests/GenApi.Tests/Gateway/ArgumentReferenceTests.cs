using System.Text;
using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using GenApi.Gateway;
using GenApi.Gateway.Arguments;
using GenApi.Protocol.Configs;
using GenApi.Protocol.Json;

namespace GenApi.Tests.Gateway;

/// <summary>The compiled validator against a reference that is as plain as can be and works on parsed JSON.</summary>
public sealed class ArgumentReferenceTests
{
    private static readonly GenApiGatewayOptions.ArgumentLimits Limits = new() { MaxBytes = 6, MaxItems = 3, MaxItemBytes = 4 };

    private static readonly Gen<int?> Bound = Gen.Elements<int?>(null, null, 0, 1, 2, 5);

    private static readonly Gen<ArgType> Types =
        from kind in Gen.Elements(Enum.GetValues<ArgKind>())
        from nil in Gen.Elements(false, true)
        from maxBytes in Bound
        from maxItems in Bound
        from maxItemBytes in Bound
        from min in Gen.Elements<double?>(null, -1, 2)
        from names in Gen.Elements<string[]?>(null, ["a"], ["a", "b"])
        from accept in Gen.Elements<string[]?>(null, ["a", "b", "c"])
        select new ArgType(kind)
        {
            AllowNil = nil,
            MaxBytes = kind is ArgKind.String or ArgKind.Map or ArgKind.Any ? maxBytes : null,
            MaxItems = kind is ArgKind.Map or ArgKind.List or ArgKind.ListString or ArgKind.ListNum or ArgKind.ListUuid or ArgKind.ListMap ? maxItems : null,
            MaxItemBytes = kind is ArgKind.List or ArgKind.ListString or ArgKind.ListNum or ArgKind.ListUuid or ArgKind.ListMap ? maxItemBytes : null,
            Min = kind is ArgKind.Num or ArgKind.ListNum ? min : null,
            Max = kind is ArgKind.Num or ArgKind.ListNum ? min + 3 : null,
            Required = kind is ArgKind.Map or ArgKind.ListMap ? names : null,
            Accept = kind is ArgKind.Map or ArgKind.ListMap ? accept : null,
        };

    private static readonly Gen<string> Scalars = Gen.Elements(
        "null", "true", "false", "0", "-1", "2.5", "4", "1e2", "\"\"", "\"a\"", "\"abcd\"", "\"abcdefg\"", "\"é\"", "\"ééé\"", "\"\\u00e9\\u00e9\"", "\"\\n\"",
        "\"6f9633e2-0b1c-4c57-9a53-0b1f0e2b7a11\"", "\"6f9633e20b1c4c579a530b1f0e2b7a11\"", "\"2030-01-31T12:00:00Z\"", "\"2030-01-31T12:00:00+01:00\"",
        "\"2030-01-31T12:00:00\"", "\"2030-13-31T12:00:00\"", "\"2030-01-31\"");

    private static readonly Gen<string> Objects =
        from names in Gen.SubListOf("a", "b", "c", "d")
        from value in Scalars
        select $"{{{string.Join(",", names.Select(name => $"\"{name}\":{value}"))}}}";

    private static readonly Gen<string> Values = Gen.Frequency(
        (3, Scalars),
        (2, Objects),
        (3, from items in Gen.OneOf(Scalars, Objects).ListOf() select $"[{string.Join(",", items.Take(5))}]"),
        (1, from item in Scalars from count in Gen.Choose(0, 5) select $"[{string.Join(",", Enumerable.Repeat(item, count))}]"));

    [Fact]
    public void The_validator_admits_what_the_reference_admits()
    {
        var cases = (from type in Types from value in Values select (type, value)).ToArbitrary();
        Prop.ForAll(cases, pair =>
        {
            var config = new FunConfig { Service = "s", RequestType = "t", ArgTypes = new Dictionary<string, ArgType> { ["x"] = pair.type } };
            var error = new ArgumentValidator(config, Limits).Validate(RawJson.FromString($"{{\"x\":{pair.value}}}"), out _);
            using var document = JsonDocument.Parse(pair.value);
            return (error is null == Fits(pair.type, document.RootElement)).Label($"{JsonSerializer.Serialize(pair.type, ProtocolJson.Default.ArgType)} {pair.value}: {error?.Message}");
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(5000));
    }

    private static bool Fits(ArgType type, JsonElement value)
    {
        if (value.ValueKind == JsonValueKind.Null)
        {
            return type.AllowNil;
        }

        var maxItems = type.MaxItems ?? Limits.MaxItems;
        return type.Kind switch
        {
            ArgKind.String => IsString(value, type.MaxBytes ?? Limits.MaxBytes),
            ArgKind.Any => Size(value) <= (type.MaxBytes ?? int.MaxValue),
            ArgKind.Map => IsMap(type, value) && value.EnumerateObject().Count() <= maxItems && Size(value) <= (type.MaxBytes ?? int.MaxValue),
            ArgKind.Num => IsNumber(type, value),
            ArgKind.Boolean => value.ValueKind is JsonValueKind.True or JsonValueKind.False,
            ArgKind.Uuid => IsUuid(value),
            ArgKind.Datetime => IsTime(value, offset: true),
            ArgKind.NaiveDatetime => IsTime(value, offset: false),
            _ => value.ValueKind == JsonValueKind.Array && value.GetArrayLength() <= maxItems && value.EnumerateArray().All(item => ItemFits(type, item)),
        };
    }

    private static bool ItemFits(ArgType type, JsonElement item) => type.Kind == ArgKind.ListString
        ? IsString(item, type.MaxItemBytes ?? Limits.MaxItemBytes)
        : Size(item) <= (type.MaxItemBytes ?? int.MaxValue) && type.Kind switch
        {
            ArgKind.ListNum => IsNumber(type, item),
            ArgKind.ListUuid => IsUuid(item),
            ArgKind.ListMap => IsMap(type, item),
            _ => true,
        };

    private static int Size(JsonElement value) => Encoding.UTF8.GetByteCount(value.GetRawText());

    private static bool IsString(JsonElement value, int maxBytes) =>
        value.ValueKind == JsonValueKind.String && Encoding.UTF8.GetByteCount(value.GetString()!) <= maxBytes;

    private static bool IsNumber(ArgType type, JsonElement value) =>
        value.ValueKind == JsonValueKind.Number && !(value.GetDouble() < type.Min) && !(value.GetDouble() > type.Max);

    private static bool IsUuid(JsonElement value) => value.ValueKind == JsonValueKind.String && Guid.TryParseExact(value.GetString(), "D", out _);

    private static bool IsMap(ArgType type, JsonElement value)
    {
        if (value.ValueKind != JsonValueKind.Object)
        {
            return false;
        }

        var names = value.EnumerateObject().Select(member => member.Name).ToList();
        return type.Required?.All(names.Contains) != false && (type.Accept is not { } accept || names.All(name => accept.Contains(name)));
    }

    private static bool IsTime(JsonElement value, bool offset)
    {
        if (value.ValueKind != JsonValueKind.String || value.GetString() is not { } text || !text.Contains('T', StringComparison.Ordinal) || !value.TryGetDateTime(out _))
        {
            return false;
        }

        var time = text[(text.IndexOf('T', StringComparison.Ordinal) + 1)..];
        return offset == (time.EndsWith('Z') || time.Contains('+', StringComparison.Ordinal) || time.Contains('-', StringComparison.Ordinal));
    }
}
