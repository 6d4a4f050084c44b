using System.Text.Json.Nodes;
using GenApi.Protocol.Configs;
using GenApi.Protocol.Json;

namespace GenApi.Gateway.OpenApi;

/// <summary>Arguments that a function would take, so that a reader has something to start from. A pattern is not invented for.</summary>
internal static class ExampleArguments
{
    /// <summary>The user whom the examples speak of.</summary>
    public const string UserId = "user_1";

    private const string Text = "text";

    public static JsonObject Of(FunConfig config)
    {
        var own = config.CheckPermission is PermissionRule.Arg { Name: var name } ? name : null;
        return new JsonObject((config.ArgTypes ?? new Dictionary<string, ArgType>()).Select(argument => KeyValuePair.Create(
            argument.Key,
            argument.Key == own && argument.Value.Kind == ArgKind.String ? UserId : Of(argument.Value))));
    }

    /// <summary>One value of a type.</summary>
    public static JsonNode? Of(ArgType type)
    {
        if (!type.DefaultValue.IsEmpty && type.DefaultValue != RawJson.Null)
        {
            return PlainNode.Of(type.DefaultValue.Utf8.Span);
        }

        return type.Kind switch
        {
            ArgKind.List or ArgKind.ListString or ArgKind.ListNum or ArgKind.ListUuid or ArgKind.ListMap when type.MaxItems == 0 => new JsonArray(),
            ArgKind.List => new JsonArray(Short(type.MaxItemBytes - 2)),
            ArgKind.ListString => new JsonArray(Scalar(type, ArgKind.String, type.MaxItemBytes)),
            ArgKind.ListNum => new JsonArray(Scalar(type, ArgKind.Num, null)),
            ArgKind.ListUuid => new JsonArray(Scalar(type, ArgKind.Uuid, null)),
            ArgKind.ListMap => new JsonArray(Map(type)),
            ArgKind.Map => Map(type),
            ArgKind.Any => Short(type.MaxBytes - 2),
            _ => Scalar(type, type.Kind, type.MaxBytes),
        };
    }

    private static JsonNode? Scalar(ArgType type, ArgKind kind, int? maxBytes) => kind switch
    {
        _ when type.Enum is [var first, ..] => PlainNode.Of(first),
        ArgKind.Num => JsonValue.Create(Math.Clamp(1, type.Min ?? double.MinValue, type.Max ?? double.MaxValue)),
        ArgKind.Boolean => JsonValue.Create(true),
        ArgKind.Uuid => JsonValue.Create("6f9633e2-0b1c-4c57-9a53-0b1f0e2b7a11"),
        ArgKind.Datetime => JsonValue.Create("2030-01-31T12:00:00Z"),
        ArgKind.NaiveDatetime => JsonValue.Create("2030-01-31T12:00:00"),
        _ => Short(maxBytes),
    };

    private static JsonValue Short(int? maxBytes) => JsonValue.Create(Text[..Math.Clamp(maxBytes ?? Text.Length, 0, Text.Length)]);

    private static JsonObject Map(ArgType type) => new((type.Required ?? []).Distinct().Select(name => KeyValuePair.Create(name, (JsonNode?)JsonValue.Create(Text))));
}
