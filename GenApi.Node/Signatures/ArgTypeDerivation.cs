using System.Collections;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using GenApi.Node.Functions;
using GenApi.Protocol.Configs;
using GenApi.Protocol.Json;

namespace GenApi.Node.Signatures;

/// <summary>Tells an argument's type and constraints from a C# parameter or property.</summary>
internal static class ArgTypeDerivation
{
    private static readonly HashSet<Type> Numbers =
    [
        typeof(byte), typeof(sbyte), typeof(short), typeof(ushort), typeof(int), typeof(uint), typeof(long), typeof(ulong),
        typeof(float), typeof(double), typeof(decimal), typeof(Half), typeof(Int128), typeof(UInt128),
    ];

    /// <summary>The whole-number types whose range a JSON number can overstep, with their bounds.</summary>
    private static readonly Dictionary<Type, (double Min, double Max)> Ranges = new()
    {
        [typeof(byte)] = (byte.MinValue, byte.MaxValue),
        [typeof(sbyte)] = (sbyte.MinValue, sbyte.MaxValue),
        [typeof(short)] = (short.MinValue, short.MaxValue),
        [typeof(ushort)] = (ushort.MinValue, ushort.MaxValue),
        [typeof(int)] = (int.MinValue, int.MaxValue),
        [typeof(uint)] = (uint.MinValue, uint.MaxValue),
    };

    /// <summary>The type of one argument.</summary>
    /// <param name="type">The C# type.</param>
    /// <param name="nullable">Whether null is a value of it.</param>
    /// <param name="attribute">What is said beyond the type; null: nothing.</param>
    /// <param name="defaultValue">The value that stands in for a missing argument; <see cref="DBNull"/>: there is none.</param>
    /// <param name="options">How values become JSON.</param>
    public static ArgType Derive(Type type, bool nullable, ArgAttribute? attribute, object? defaultValue, JsonSerializerOptions options)
    {
        var plain = Nullable.GetUnderlyingType(type) ?? type;
        var kind = KindOf(plain);
        var isNumber = kind is ArgKind.Num or ArgKind.ListNum;
        var range = isNumber && Ranges.TryGetValue(kind == ArgKind.Num ? plain : ItemType(plain) ?? plain, out var bounds) ? bounds : default((double Min, double Max)?);
        return new ArgType(kind)
        {
            AllowNil = nullable,
            MaxBytes = Given(attribute?.MaxBytes),
            MaxItems = Given(attribute?.MaxItems),
            MaxItemBytes = Given(attribute?.MaxItemBytes),
            Min = Given(attribute?.Min) ?? range?.Min,
            Max = Given(attribute?.Max) ?? range?.Max,
            Pattern = attribute?.Pattern,
            Enum = attribute?.Enum is { } values
                ? [.. values.Select(value => JsonSerializer.SerializeToElement(value, options))]
                : EnumValues(kind == ArgKind.ListString ? ItemType(plain) ?? plain : plain, options),
            Required = attribute?.Required ?? RequiredMembers(kind, plain, options),
            Accept = attribute?.Accept,
            DefaultValue = defaultValue is DBNull || (defaultValue is null && nullable)
                ? default
                : new RawJson(JsonSerializer.SerializeToUtf8Bytes(defaultValue, type, options)),
        };
    }

    private static int? Given(int? value) => value is null or < 0 ? null : value;

    private static double? Given(double? value) => value is null || double.IsNaN(value.Value) ? null : value;

    private static ArgKind KindOf(Type type)
    {
        if (type == typeof(string) || type == typeof(char) || type == typeof(Uri) || type == typeof(DateOnly) || type == typeof(TimeOnly)
            || type == typeof(TimeSpan) || type == typeof(byte[]) || type.IsEnum)
        {
            return ArgKind.String;
        }

        if (Numbers.Contains(type))
        {
            return ArgKind.Num;
        }

        if (type == typeof(bool))
        {
            return ArgKind.Boolean;
        }

        if (type == typeof(Guid))
        {
            return ArgKind.Uuid;
        }

        if (type == typeof(DateTimeOffset))
        {
            return ArgKind.Datetime;
        }

        if (type == typeof(DateTime))
        {
            return ArgKind.NaiveDatetime;
        }

        if (type == typeof(object) || type == typeof(JsonElement) || type == typeof(JsonDocument) || type == typeof(JsonNode)
            || type == typeof(JsonValue) || type == typeof(RawJson))
        {
            return ArgKind.Any;
        }

        if (type == typeof(JsonObject) || IsDictionary(type))
        {
            return ArgKind.Map;
        }

        if (type == typeof(JsonArray))
        {
            return ArgKind.List;
        }

        return ItemType(type) is { } item
            ? KindOf(Nullable.GetUnderlyingType(item) ?? item) switch
            {
                ArgKind.String => ArgKind.ListString,
                ArgKind.Num => ArgKind.ListNum,
                ArgKind.Uuid => ArgKind.ListUuid,
                ArgKind.Map => ArgKind.ListMap,
                _ => ArgKind.List,
            }
            : ArgKind.Map;
    }

    private static Type? ItemType(Type type)
    {
        if (type.IsArray)
        {
            return type.GetElementType();
        }

        if (!typeof(IEnumerable).IsAssignableFrom(type))
        {
            return null;
        }

        return type.GetInterfaces()
            .Append(type)
            .FirstOrDefault(candidate => candidate.IsGenericType && candidate.GetGenericTypeDefinition() == typeof(IEnumerable<>))
            ?.GetGenericArguments()[0] ?? typeof(object);
    }

    private static bool IsDictionary(Type type) =>
        typeof(IDictionary).IsAssignableFrom(type)
        || type.GetInterfaces().Append(type).Any(candidate =>
            candidate.IsGenericType
            && (candidate.GetGenericTypeDefinition() == typeof(IDictionary<,>) || candidate.GetGenericTypeDefinition() == typeof(IReadOnlyDictionary<,>)));

    private static List<JsonElement>? EnumValues(Type type, JsonSerializerOptions options) =>
        type.IsEnum && type.GetCustomAttribute<FlagsAttribute>() is null
            ? [.. Enum.GetValues(type).Cast<object>().Select(value => JsonSerializer.SerializeToElement(value, type, options)).DistinctBy(value => value.GetRawText())]
            : null;

    /// <summary>The members without which the type cannot be made.</summary>
    private static string[]? RequiredMembers(ArgKind kind, Type type, JsonSerializerOptions options)
    {
        var shape = kind == ArgKind.ListMap ? ItemType(type)! : type;
        if (kind is not (ArgKind.Map or ArgKind.ListMap) || IsDictionary(shape) || shape == typeof(JsonObject))
        {
            return null;
        }

        var info = options.GetTypeInfo(shape);
        if (info.Kind != JsonTypeInfoKind.Object)
        {
            return null;
        }

        string[] required =
        [
            .. info.Properties
                .Where(property => property.IsRequired || property.AssociatedParameter is { HasDefaultValue: false, IsNullable: false })
                .Select(property => property.Name),
        ];
        return required.Length == 0 ? null : required;
    }
}
