using System.Text.Json;
using System.Text.Json.Serialization;
using GenApi.Protocol.Json;

namespace GenApi.Protocol.Configs;

/// <summary>The types an argument can have (the seed's argument types). The JSON names are these in snake_case.</summary>
public enum ArgKind
{
    /// <summary>A string of at most <c>max_bytes</c> bytes of UTF-8.</summary>
    String,

    /// <summary>A number, whole or not.</summary>
    Num,

    /// <summary><c>true</c> or <c>false</c>.</summary>
    Boolean,

    /// <summary>A UUID in the form <c>xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx</c>.</summary>
    Uuid,

    /// <summary>An ISO 8601 date and time with an offset or <c>Z</c>.</summary>
    Datetime,

    /// <summary>An ISO 8601 date and time without an offset.</summary>
    NaiveDatetime,

    /// <summary>A list of anything, of at most <c>max_items</c> items.</summary>
    List,

    /// <summary>A list of strings, each of at most <c>max_item_bytes</c> bytes.</summary>
    ListString,

    /// <summary>A list of numbers.</summary>
    ListNum,

    /// <summary>A list of UUIDs.</summary>
    ListUuid,

    /// <summary>A list of objects.</summary>
    ListMap,

    /// <summary>An object of at most <c>max_items</c> members.</summary>
    Map,

    /// <summary>Any JSON value of at most <c>max_bytes</c> bytes.</summary>
    Any,
}

/// <summary>
/// The type of one argument and what its values must satisfy (an entry of the seed's <c>arg_types</c>).
/// In JSON a type without constraints is its name alone, as in <c>"string"</c>.
/// </summary>
[JsonConverter(typeof(ArgTypeConverter))]
public sealed record ArgType(ArgKind Kind)
{
    /// <summary>The largest size of a string (decoded), or of a map or any as JSON, in bytes of UTF-8. Null: 3000 for strings by the gateway's default, and no limit but the payload's for the others.</summary>
    public int? MaxBytes { get; init; }

    /// <summary>The most items of a list or members of a map. Null: the gateway's default, 1000.</summary>
    public int? MaxItems { get; init; }

    /// <summary>The largest size of one item of a list, in bytes of UTF-8. Null: 3000 for strings by the gateway's default, and no limit but the payload's for the others.</summary>
    public int? MaxItemBytes { get; init; }

    /// <summary>Whether <c>null</c> is a valid value. An argument that may be null may also be left out.</summary>
    public bool AllowNil { get; init; }

    /// <summary>The value that stands in where the argument is left out. Empty: there is none, and the argument must be given.</summary>
    public RawJson DefaultValue { get; init; }

    /// <summary>Members that a map, or each map of a list, must have.</summary>
    public IReadOnlyList<string>? Required { get; init; }

    /// <summary>The only members that a map, or each map of a list, may have. Null: any.</summary>
    public IReadOnlyList<string>? Accept { get; init; }

    /// <summary>The smallest value of a number, or of each number of a list.</summary>
    public double? Min { get; init; }

    /// <summary>The largest value of a number, or of each number of a list.</summary>
    public double? Max { get; init; }

    /// <summary>A .NET regular expression that a string, or each string of a list, must match.</summary>
    public string? Pattern { get; init; }

    /// <summary>The only values allowed, each a JSON scalar.</summary>
    public IReadOnlyList<JsonElement>? Enum { get; init; }

    /// <summary>The name of the kind as it stands in JSON, such as <c>list_string</c>.</summary>
    public string KindName => NameOf(Kind);

    internal static string NameOf(ArgKind kind) => JsonNamingPolicy.SnakeCaseLower.ConvertName(kind.ToString());
}

internal sealed class ArgTypeConverter : JsonConverter<ArgType>
{
    private static readonly Dictionary<string, ArgKind> KindsByName =
        System.Enum.GetValues<ArgKind>().ToDictionary(ArgType.NameOf);

    public override ArgType Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        using var document = JsonDocument.ParseValue(ref reader);
        var json = document.RootElement;
        if (json.ValueKind == JsonValueKind.String)
        {
            return new ArgType(KindOf(json));
        }

        if (json.ValueKind != JsonValueKind.Object || !json.TryGetProperty("type", out var type))
        {
            throw new JsonShapeException("""must be the name of a type, or an object such as {"type":"string","max_bytes":200}""");
        }

        var argType = new ArgType(KindOf(type));
        foreach (var member in json.EnumerateObject())
        {
            argType = member.Name switch
            {
                "type" => argType,
                "max_bytes" => argType with { MaxBytes = Count(member) },
                "max_items" => argType with { MaxItems = Count(member) },
                "max_item_bytes" => argType with { MaxItemBytes = Count(member) },
                "allow_nil" => argType with { AllowNil = Flag(member) },
                "default_value" => argType with { DefaultValue = RawJson.FromString(member.Value.GetRawText()) },
                "required" => argType with { Required = Names(member) },
                "accept" => argType with { Accept = Names(member) },
                "min" => argType with { Min = Number(member) },
                "max" => argType with { Max = Number(member) },
                "pattern" => argType with { Pattern = member.Value.NonEmptyString() ?? throw Wrong(member, "a regular expression") },
                "enum" => argType with { Enum = Scalars(member) },
                _ => throw new JsonShapeException(
                    $"'{member.Name}' is not a constraint; use max_bytes, max_items, max_item_bytes, allow_nil, default_value, required, accept, min, max, pattern or enum"),
            };
        }

        return argType;
    }

    public override void Write(Utf8JsonWriter writer, ArgType value, JsonSerializerOptions options)
    {
        if (value == new ArgType(value.Kind))
        {
            writer.WriteStringValue(value.KindName);
            return;
        }

        writer.WriteStartObject();
        writer.WriteString("type", value.KindName);
        WriteCount("max_bytes", value.MaxBytes);
        WriteCount("max_items", value.MaxItems);
        WriteCount("max_item_bytes", value.MaxItemBytes);
        if (value.AllowNil)
        {
            writer.WriteBoolean("allow_nil", true);
        }

        if (!value.DefaultValue.IsEmpty)
        {
            writer.WritePropertyName("default_value");
            writer.WriteRawValue(value.DefaultValue.Utf8.Span, skipInputValidation: true);
        }

        WriteNames("required", value.Required);
        WriteNames("accept", value.Accept);
        WriteNumber("min", value.Min);
        WriteNumber("max", value.Max);
        if (value.Pattern is not null)
        {
            writer.WriteString("pattern", value.Pattern);
        }

        if (value.Enum is not null)
        {
            writer.WriteStartArray("enum");
            foreach (var item in value.Enum)
            {
                item.WriteTo(writer);
            }

            writer.WriteEndArray();
        }

        writer.WriteEndObject();

        void WriteCount(string name, int? count)
        {
            if (count is not null)
            {
                writer.WriteNumber(name, count.Value);
            }
        }

        void WriteNumber(string name, double? number)
        {
            if (number is not null)
            {
                writer.WriteNumber(name, number.Value);
            }
        }

        void WriteNames(string name, IReadOnlyList<string>? names)
        {
            if (names is not null)
            {
                writer.WritePropertyName(name);
                writer.WriteStrings(names);
            }
        }
    }

    private static ArgKind KindOf(JsonElement json) =>
        json.NonEmptyString() is { } name && KindsByName.TryGetValue(name, out var kind)
            ? kind
            : throw new JsonShapeException($"{json.GetRawText()} is not a type; use one of {string.Join(", ", KindsByName.Keys)}");

    private static int Count(JsonProperty member) =>
        member.Value.ValueKind == JsonValueKind.Number && member.Value.TryGetInt32(out var count) && count >= 0
            ? count
            : throw Wrong(member, "a whole number from 0 up");

    private static double Number(JsonProperty member) =>
        member.Value.ValueKind == JsonValueKind.Number && member.Value.TryGetDouble(out var number) && double.IsFinite(number) ? number : throw Wrong(member, "a number");

    private static bool Flag(JsonProperty member) =>
        member.Value.ValueKind is JsonValueKind.True or JsonValueKind.False
            ? member.Value.GetBoolean()
            : throw Wrong(member, "true or false");

    private static IReadOnlyList<string> Names(JsonProperty member) =>
        member.Value.StringList() ?? throw Wrong(member, "a list of names");

    private static List<JsonElement> Scalars(JsonProperty member) =>
        member.Value.ValueKind == JsonValueKind.Array
        && member.Value.GetArrayLength() > 0
        && member.Value.EnumerateArray().All(item => item.ValueKind is not (JsonValueKind.Array or JsonValueKind.Object))
            ? [.. member.Value.EnumerateArray().Select(item => item.Clone())]
            : throw Wrong(member, "a list of strings, numbers, booleans or null");

    private static JsonShapeException Wrong(JsonProperty member, string expected) => new($"{member.Name} must be {expected}");
}
