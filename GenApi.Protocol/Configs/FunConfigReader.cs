using System.Buffers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using GenApi.Protocol.Json;

namespace GenApi.Protocol.Configs;

/// <summary>
/// Reads one function config and says everything that is wrong with it, member by member, where a plain deserialiser
/// would stop at the first fault.
/// </summary>
public static class FunConfigReader
{
    /// <summary>Reads and validates a config.</summary>
    /// <param name="json">Any JSON value; a value that is no object gives one reason.</param>
    /// <param name="defaultService">The service that stands in where the config names none; null: it must name one.</param>
    /// <returns>The config with no reasons, or no config with at least one reason.</returns>
    public static (FunConfig? Config, IReadOnlyList<string> Reasons) Read(JsonElement json, string? defaultService = null)
    {
        if (json.ValueKind != JsonValueKind.Object)
        {
            return (null, ["a function config must be a JSON object"]);
        }

        if (!JsonText.IsUnicode(Encoding.UTF8.GetBytes(json.GetRawText())))
        {
            return (null, ["the config has text that is not valid Unicode"]);
        }

        var known = ProtocolJson.Default.FunConfig.Properties.ToDictionary(property => property.Name);
        var reasons = new List<string>();
        var unread = new HashSet<string>();
        var read = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(read))
        {
            writer.WriteStartObject();

            // A null member has its default like an absent one; the deserialiser would take it for a fault in numbers and flags.
            foreach (var member in json.EnumerateObject().Where(member => member.Value.ValueKind != JsonValueKind.Null || !known.ContainsKey(member.Name)))
            {
                if (!known.TryGetValue(member.Name, out var property))
                {
                    reasons.Add($"'{member.Name}' is not a member of a function config; remove it or correct its name");
                }
                else if (Fault(member, property) is { } fault)
                {
                    reasons.Add(fault);
                    unread.Add(member.Name);
                    if (IsArguments(property) && member.Value.ValueKind == JsonValueKind.Object)
                    {
                        WriteReadable(writer, member);
                    }
                }
                else
                {
                    member.WriteTo(writer);
                }
            }

            writer.WriteEndObject();
        }

        // What could be read is looked at all the same, so that whoever mends the config hears everything at once.
        var config = JsonSerializer.Deserialize(read.WrittenSpan, ProtocolJson.Default.FunConfig)!;
        if (config.Service.Length == 0 && defaultService is not null)
        {
            config = config with { Service = defaultService };
        }

        reasons.AddRange(FunConfigValidator.Validate(config, unread));
        return reasons.Count == 0 ? (config, reasons) : (null, reasons);
    }

    private static string? Fault(JsonProperty member, JsonPropertyInfo property)
    {
        var expected = (Type.GetTypeCode(property.PropertyType), member.Value.ValueKind) switch
        {
            _ when property.PropertyType.IsEnum => property.PropertyType == typeof(ResponseType) && !IsResponseType(member.Value)
                ? "\"sync\", \"async\", \"stream\" or \"none\""
                : null,
            (TypeCode.String, not JsonValueKind.String) => "a string",
            (TypeCode.Int32, _) when member.Value.ValueKind != JsonValueKind.Number || !member.Value.TryGetInt32(out _) => "a whole number",
            (TypeCode.Boolean, not (JsonValueKind.True or JsonValueKind.False)) => "true or false",
            (TypeCode.Object, not JsonValueKind.Object) when IsMap(property.PropertyType) => "an object",
            _ => null,
        };
        if (expected is not null)
        {
            return $"{member.Name} must be {expected}";
        }

        if (IsArguments(property))
        {
            var faults = member.Value.EnumerateObject().Select(ArgumentFault).OfType<string>().ToList();
            return faults.Count == 0 ? null : string.Join("; ", faults);
        }

        return Try(member.Value, ProtocolJson.Default.GetTypeInfo(property.PropertyType)!, member.Name);
    }

    private static string? ArgumentFault(JsonProperty argument) => argument.Value.ValueKind == JsonValueKind.Null
        ? $"arg_types.{argument.Name} must not be null"
        : Try(argument.Value, ProtocolJson.Default.ArgType, $"arg_types.{argument.Name}:");

    /// <summary>Of arguments some of which are wrong, the others.</summary>
    private static void WriteReadable(Utf8JsonWriter writer, JsonProperty arguments)
    {
        writer.WriteStartObject(arguments.Name);
        foreach (var argument in arguments.Value.EnumerateObject().Where(argument => ArgumentFault(argument) is null))
        {
            argument.WriteTo(writer);
        }

        writer.WriteEndObject();
    }

    private static string? Try(JsonElement value, JsonTypeInfo type, string name)
    {
        try
        {
            value.Deserialize(type);
            return null;
        }
        catch (JsonException fault)
        {
            return fault is JsonShapeException ? $"{name} {fault.Message}" : JsonMismatch.Explain(fault, value, type, name.TrimEnd(':'));
        }
    }

    private static bool IsArguments(JsonPropertyInfo property) => property.PropertyType == typeof(IReadOnlyDictionary<string, ArgType>);

    private static bool IsMap(Type type) => type.IsGenericType && type.GetGenericTypeDefinition() == typeof(IReadOnlyDictionary<,>);

    private static bool IsResponseType(JsonElement value) =>
        value.IsString("sync") || value.IsString("async") || value.IsString("stream") || value.IsString("none");
}
