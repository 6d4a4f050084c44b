using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using System.Text.RegularExpressions;

namespace GenApi.Protocol.Json;

/// <summary>
/// Says why JSON does not fit: what stands where, and what should. The serializer's own messages name classes of this program, which mean nothing to
/// whoever wrote the JSON.
/// </summary>
internal static partial class JsonMismatch
{
    private const string NotUnicode = "has text that is not valid Unicode";

    /// <summary>Longer values are not shown.</summary>
    private const int LongestShown = 60;

    /// <summary>One sentence, without the dot at its end.</summary>
    /// <param name="error">What the serializer said.</param>
    /// <param name="root">The JSON.</param>
    /// <param name="type">What was expected.</param>
    /// <param name="name">What the JSON is called where it is part of more, such as a member; empty: it is the whole.</param>
    public static string Explain(JsonException error, JsonElement root, JsonTypeInfo type, string name = "")
    {
        try
        {
            var path = error.Path ?? "$";
            return error is not JsonShapeException ? ExplainPath(path, root, type, name)
                : Name(name, path) is { } place && !error.Message.StartsWith(place, StringComparison.Ordinal) ? $"{place} {error.Message}"
                : error.Message;
        }
        catch (InvalidOperationException)
        {
            // The JSON reader says it so when it has to read half of a surrogate pair.
            return $"{(name.Length == 0 ? "The body" : name)} {NotUnicode}";
        }
    }

    private static string ExplainPath(string path, JsonElement root, JsonTypeInfo type, string name)
    {
        var (element, expected) = (root, (JsonTypeInfo?)type);
        var read = "$";
        foreach (Match step in Step().Matches(path))
        {
            if (expected is null)
            {
                break;
            }

            if (step.Groups["index"] is { Success: true } index)
            {
                if (element.ValueKind != JsonValueKind.Array || int.Parse(index.Value, CultureInfo.InvariantCulture) is var item && item >= element.GetArrayLength())
                {
                    break;
                }

                (element, expected) = (element[item], InfoOf(expected.ElementType, type));
            }
            else
            {
                var member = step.Groups["name"].Value + step.Groups["quoted"].Value;
                if (Unknown(expected, member) is { } unknown)
                {
                    return $"{Name(name, read + step.Value)} is not known there; {unknown}";
                }

                if (element.ValueKind != JsonValueKind.Object || !element.TryGetProperty(member, out var value))
                {
                    break;
                }

                (element, expected) = (value, InfoOf(expected.Kind == JsonTypeInfoKind.Dictionary ? expected.ElementType : expected.Properties.First(known => known.Name == member).PropertyType, type));
            }

            read += step.Value;
        }

        // Text that cannot be read may well stand where text is expected.
        if (element.ValueKind == JsonValueKind.String && !JsonText.IsUnicode(Encoding.UTF8.GetBytes(element.GetRawText())))
        {
            return $"{Name(name, read) ?? "The body"} {NotUnicode}";
        }

        return Missing(Name(name, read), element, expected)
            ?? $"{Name(name, read) ?? "The body"} must be {(expected is null ? "of another form" : Describe(expected))}, but is {Show(element)}";
    }

    private static JsonTypeInfo? InfoOf(Type? type, JsonTypeInfo root) => type is not null && root.Options.TryGetTypeInfo(type, out var info) ? info : null;

    /// <summary>What may stand there in place of a member that may not.</summary>
    private static string? Unknown(JsonTypeInfo expected, string name) =>
        expected.Kind == JsonTypeInfoKind.Object && expected.Properties.All(known => known.Name != name)
            ? $"what may stand there is {string.Join(", ", expected.Properties.Select(known => known.Name))}"
            : null;

    private static string? Missing(string? path, JsonElement element, JsonTypeInfo? expected)
    {
        if (element.ValueKind != JsonValueKind.Object || expected is not { Kind: JsonTypeInfoKind.Object })
        {
            return null;
        }

        // The serializer names some of these at the object, others only by the object's own name.
        var place = path is null ? "" : $"{path}.";
        if (expected.Properties.Where(known => known.IsRequired && !element.TryGetProperty(known.Name, out _)).Select(known => $"{place}{known.Name}").ToList() is { Count: > 0 } missing)
        {
            return $"{string.Join(" and ", missing)} {(missing.Count == 1 ? "is" : "are")} missing";
        }

        return (expected.UnmappedMemberHandling ?? expected.Options.UnmappedMemberHandling) != JsonUnmappedMemberHandling.Disallow
            ? null
            : element.EnumerateObject().Select(member => Unknown(expected, member.Name) is { } unknown ? $"{place}{member.Name} is not known there; {unknown}" : null).OfType<string>().FirstOrDefault();
    }

    private static string Describe(JsonTypeInfo info)
    {
        var type = Nullable.GetUnderlyingType(info.Type) ?? info.Type;
        return type == typeof(string) ? "text"
            : type == typeof(bool) ? "true or false"
            : type == typeof(double) || type == typeof(float) || type == typeof(decimal) ? "a number"
            : type.IsEnum ? "one of the words for it"
            : type.IsPrimitive ? "a whole number"
            : info.Kind == JsonTypeInfoKind.Enumerable ? $"a list{(InfoOf(info.ElementType, info) is { } item && (item.Type == typeof(string)) ? " of texts" : "")}"
            : info.Kind is JsonTypeInfoKind.Object or JsonTypeInfoKind.Dictionary ? "a JSON object"
            : "of another form";
    }

    private static string Show(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => "an object",
        JsonValueKind.Array => "a list",
        _ => element.GetRawText() is { Length: <= LongestShown } text ? text : element.ValueKind == JsonValueKind.Number ? "a long number" : "a long text",
    };

    /// <summary>The path as it would be typed; null: the body itself.</summary>
    private static string? Name(string name, string path) => $"{name}{path.TrimStart('$')}".TrimStart('.') is { Length: > 0 } full ? full : null;

    [GeneratedRegex(@"\.(?<name>[^.\[]+)|\['(?<quoted>.*?)'\]|\[(?<index>\d+)\]")]
    private static partial Regex Step();
}
