using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using GenApi.Protocol.Configs;
using Microsoft.OpenApi;

namespace GenApi.Gateway.OpenApi;

/// <summary>
/// The type of an argument as JSON Schema. Where JSON Schema has no such constraint, such as a number of bytes, the nearest
/// one that no valid value breaks stands there, and the exact one as an extension.
/// </summary>
internal static class ArgumentSchema
{
    private const JsonSchemaType AnythingButNull =
        JsonSchemaType.String | JsonSchemaType.Number | JsonSchemaType.Boolean | JsonSchemaType.Object | JsonSchemaType.Array;

    /// <summary>All arguments of a function.</summary>
    public static OpenApiSchema Of(FunConfig config, GenApiGatewayOptions.ArgumentLimits limits)
    {
        var arguments = config.ArgTypes ?? new Dictionary<string, ArgType>();
        return new OpenApiSchema
        {
            Type = JsonSchemaType.Object,
            Properties = arguments.ToDictionary(argument => argument.Key, argument => (IOpenApiSchema)Of(argument.Value, limits)),
            Required = arguments.Where(argument => IsRequired(argument.Value)).Select(argument => argument.Key).ToHashSet(),
            AdditionalPropertiesAllowed = false,
        };
    }

    /// <summary>Whether a call must give the argument.</summary>
    public static bool IsRequired(ArgType type) => type.DefaultValue.IsEmpty && !type.AllowNil;

    /// <summary>One argument.</summary>
    public static OpenApiSchema Of(ArgType type, GenApiGatewayOptions.ArgumentLimits limits)
    {
        var schema = type.Kind switch
        {
            ArgKind.List => List(new OpenApiSchema()),
            ArgKind.ListString => List(Scalar(type, ArgKind.String, type.MaxItemBytes ?? limits.MaxItemBytes)),
            ArgKind.ListNum => List(Scalar(type, ArgKind.Num, null)),
            ArgKind.ListUuid => List(Scalar(type, ArgKind.Uuid, null)),
            ArgKind.ListMap => List(Map(type)),
            ArgKind.Map => LimitedMap(),
            ArgKind.Any => new OpenApiSchema { Type = AnythingButNull },
            _ => Scalar(type, type.Kind, type.Kind == ArgKind.String ? type.MaxBytes ?? limits.MaxBytes : null),
        };
        Extend(schema, "x-max-bytes", type.Kind == ArgKind.String ? type.MaxBytes ?? limits.MaxBytes : type.MaxBytes);
        if (type.AllowNil || type.Enum?.Any(value => value.ValueKind == JsonValueKind.Null) == true)
        {
            schema.Type |= JsonSchemaType.Null;
            if (schema.Enum is { } values && !values.Any(value => value.IsJsonNullSentinel()))
            {
                values.Add(JsonNullSentinel.JsonNull);
            }
        }

        schema.Default = type.DefaultValue.IsEmpty ? null : PlainNode.Of(type.DefaultValue.Utf8.Span) ?? JsonNullSentinel.JsonNull;
        return schema;

        OpenApiSchema List(OpenApiSchema item)
        {
            Extend(item, "x-max-bytes", type.Kind == ArgKind.ListString ? type.MaxItemBytes ?? limits.MaxItemBytes : type.MaxItemBytes);
            return new OpenApiSchema { Type = JsonSchemaType.Array, Items = item, MaxItems = type.MaxItems ?? limits.MaxItems };
        }

        OpenApiSchema LimitedMap()
        {
            var map = Map(type);
            map.MaxProperties = type.MaxItems ?? limits.MaxItems;
            return map;
        }
    }

    private static OpenApiSchema Scalar(ArgType type, ArgKind kind, int? maxBytes)
    {
        var schema = kind switch
        {
            ArgKind.Num => new OpenApiSchema { Type = JsonSchemaType.Number, Minimum = Number(type.Min), Maximum = Number(type.Max) },
            ArgKind.Boolean => new OpenApiSchema { Type = JsonSchemaType.Boolean },
            ArgKind.Uuid => new OpenApiSchema { Type = JsonSchemaType.String, Format = "uuid" },
            ArgKind.Datetime => new OpenApiSchema { Type = JsonSchemaType.String, Format = "date-time" },
            ArgKind.NaiveDatetime => new OpenApiSchema { Type = JsonSchemaType.String, Format = "date-time-local" },

            // No text has more letters than bytes.
            _ => new OpenApiSchema { Type = JsonSchemaType.String, MaxLength = maxBytes },
        };
        schema.Enum = type.Enum?.Select(NodeOf).ToList();
        if (type.Pattern is { } pattern)
        {
            if (IsPortable(pattern))
            {
                schema.Pattern = pattern;
            }
            else
            {
                Extend(schema, "x-dotnet-pattern", pattern);
            }
        }

        return schema;
    }

    private static OpenApiSchema Map(ArgType type) => new()
    {
        Type = JsonSchemaType.Object,
        Properties = type.Accept?.Distinct().ToDictionary(name => name, _ => (IOpenApiSchema)new OpenApiSchema()),
        AdditionalPropertiesAllowed = type.Accept is null,
        Required = type.Required?.ToHashSet(),
    };

    /// <summary>
    /// Whether a .NET expression means the same in JavaScript, as far as can be told: of the groups that begin with a question
    /// mark only the common ones, and no anchors or classes of .NET's own.
    /// </summary>
    private static bool IsPortable(string pattern)
    {
        try
        {
            _ = new Regex(pattern, RegexOptions.ECMAScript, FunConfigValidator.PatternTimeout);
        }
        catch (ArgumentException)
        {
            return false;
        }

        for (var i = 0; i < pattern.Length - 1; i++)
        {
            var next = pattern[i + 1];
            if (pattern[i] == '\\')
            {
                if (char.IsAsciiLetter(next) && !"bBdDsSwWnrtfvux".Contains(next, StringComparison.Ordinal))
                {
                    return false;
                }

                i++;
            }
            else if (pattern[i] == '(' && next == '?' && !(i + 2 < pattern.Length && pattern[i + 2] is ':' or '=' or '!'))
            {
                return false;
            }
        }

        return true;
    }

    private static string? Number(double? value) => value?.ToString("R", CultureInfo.InvariantCulture);

    private static JsonNode NodeOf(JsonElement value) => PlainNode.Of(value) ?? JsonNullSentinel.JsonNull;

    private static void Extend(OpenApiSchema schema, string name, JsonNode? value)
    {
        if (value is not null)
        {
            (schema.Extensions ??= new Dictionary<string, IOpenApiExtension>())[name] = new JsonNodeExtension(value);
        }
    }
}
