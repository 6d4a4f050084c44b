using System.Buffers;
using System.Buffers.Text;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using GenApi.Protocol.Configs;

namespace GenApi.Gateway.Arguments;

/// <summary>Checks the value of one argument. Made once from its type; reads the bytes without making objects of them.</summary>
internal sealed class ArgumentRule
{
    private readonly ArgType _type;
    private readonly int _maxBytes;
    private readonly int _maxItems;
    private readonly int _maxItemBytes;
    private readonly Regex? _pattern;
    private readonly byte[][]? _required;
    private readonly byte[][]? _accept;
    private readonly string[]? _enumStrings;

    public ArgumentRule(string name, ArgType type, GenApiGatewayOptions.ArgumentLimits limits)
    {
        Name = name;
        _type = type;
        _maxBytes = type.MaxBytes ?? (type.Kind == ArgKind.String ? limits.MaxBytes : int.MaxValue);
        _maxItems = type.MaxItems ?? limits.MaxItems;
        _maxItemBytes = type.MaxItemBytes ?? (type.Kind == ArgKind.ListString ? limits.MaxItemBytes : int.MaxValue);
        _pattern = type.Pattern is { } pattern ? new Regex(pattern, RegexOptions.CultureInvariant, FunConfigValidator.PatternTimeout) : null;
        _required = type.Required?.Select(Encoding.UTF8.GetBytes).ToArray();
        _accept = type.Accept?.Select(Encoding.UTF8.GetBytes).ToArray();
        _enumStrings = type.Enum?.Where(value => value.ValueKind == JsonValueKind.String).Select(value => value.GetString()!).ToArray();
    }

    public string Name { get; }

    public ArgType Type => _type;

    /// <summary>Checks the value that the reader stands at, and leaves the reader at its last token.</summary>
    /// <returns>What is wrong, or null.</returns>
    public string? Check(ref Utf8JsonReader reader)
    {
        if (reader.TokenType == JsonTokenType.Null)
        {
            return _type.AllowNil || InEnum(ref reader) ? null : "must not be null";
        }

        return _type.Kind switch
        {
            ArgKind.List or ArgKind.ListString or ArgKind.ListNum or ArgKind.ListUuid or ArgKind.ListMap => CheckList(ref reader),
            ArgKind.Map => CheckMap(ref reader),
            ArgKind.Any => CheckAny(ref reader),
            _ => Skipping(ref reader, CheckScalar(ref reader, _type.Kind)),
        };
    }

    private static string? Skipping(ref Utf8JsonReader reader, string? fault)
    {
        reader.Skip();
        return fault;
    }

    private string? CheckScalar(ref Utf8JsonReader reader, ArgKind kind)
    {
        switch (kind)
        {
            case ArgKind.String:
                if (reader.TokenType != JsonTokenType.String)
                {
                    return "must be a string";
                }

                var limit = _type.Kind == ArgKind.String ? _maxBytes : _maxItemBytes;
                return IsLonger(ref reader, limit) ? $"must have at most {limit} bytes" : CheckPattern(ref reader) ?? CheckEnum(ref reader);

            case ArgKind.Num:
                return reader.TokenType != JsonTokenType.Number ? "must be a number" : CheckRange(ref reader) ?? CheckEnum(ref reader);

            case ArgKind.Boolean:
                return reader.TokenType is JsonTokenType.True or JsonTokenType.False ? CheckEnum(ref reader) : "must be true or false";

            case ArgKind.Uuid:
                return IsUuid(ref reader) ? CheckEnum(ref reader) : "must be a UUID such as 6f9633e2-0b1c-4c57-9a53-0b1f0e2b7a11";

            case ArgKind.Datetime:
                return reader.TokenType == JsonTokenType.String && HasTime(ref reader) && HasOffset(ref reader) && reader.TryGetDateTimeOffset(out _)
                    ? CheckEnum(ref reader)
                    : "must be an ISO 8601 date and time with an offset, such as 2030-01-31T12:00:00Z";

            case ArgKind.NaiveDatetime:
                return reader.TokenType == JsonTokenType.String && HasTime(ref reader) && !HasOffset(ref reader) && reader.TryGetDateTime(out _)
                    ? CheckEnum(ref reader)
                    : "must be an ISO 8601 date and time without an offset, such as 2030-01-31T12:00:00";

            default:
                return reader.TokenType == JsonTokenType.StartObject ? null : "must be an object";
        }
    }

    private string? CheckList(ref Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            reader.Skip();
            return _type.Kind switch
            {
                ArgKind.ListString => "must be a list of strings",
                ArgKind.ListNum => "must be a list of numbers",
                ArgKind.ListUuid => "must be a list of UUIDs",
                ArgKind.ListMap => "must be a list of objects",
                _ => "must be a list",
            };
        }

        string? fault = null;
        var count = 0;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            count++;
            var start = reader.TokenStartIndex;
            var itemFault = _type.Kind switch
            {
                // One fault is enough to say; checking on could cost much for nothing.
                _ when fault is not null => Skipping(ref reader, null),
                ArgKind.ListString => Skipping(ref reader, CheckScalar(ref reader, ArgKind.String)),
                ArgKind.ListNum => Skipping(ref reader, CheckScalar(ref reader, ArgKind.Num)),
                ArgKind.ListUuid => Skipping(ref reader, CheckScalar(ref reader, ArgKind.Uuid)),
                ArgKind.ListMap => reader.TokenType == JsonTokenType.StartObject ? CheckMembers(ref reader, int.MaxValue) : Skipping(ref reader, "must be an object"),
                _ => Skipping(ref reader, null),
            };
            if (itemFault is null && _type.Kind != ArgKind.ListString && reader.BytesConsumed - start > _maxItemBytes)
            {
                itemFault = $"must have at most {_maxItemBytes} bytes";
            }

            fault ??= itemFault is null ? null : string.Create(CultureInfo.InvariantCulture, $"item {count - 1} {itemFault}");
        }

        return count > _maxItems ? $"must have at most {_maxItems} items" : fault;
    }

    private string? CheckMap(ref Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            reader.Skip();
            return "must be an object";
        }

        var start = reader.TokenStartIndex;
        var fault = CheckMembers(ref reader, _maxItems);
        return reader.BytesConsumed - start > _maxBytes ? $"must have at most {_maxBytes} bytes" : fault;
    }

    private string? CheckAny(ref Utf8JsonReader reader)
    {
        var start = reader.TokenStartIndex;
        reader.Skip();
        return reader.BytesConsumed - start > _maxBytes ? $"must have at most {_maxBytes} bytes" : null;
    }

    /// <summary>Walks an object: the count of its members, and those that must or may be there.</summary>
    private string? CheckMembers(ref Utf8JsonReader reader, int maxMembers)
    {
        string? fault = null;
        var count = 0;
        Span<bool> seen = stackalloc bool[64];
        seen = _required is null ? [] : _required.Length <= seen.Length ? seen[.._required.Length] : new bool[_required.Length];
        seen.Clear();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            count++;
            var accepted = _accept is null;
            for (var i = 0; !accepted && i < _accept!.Length; i++)
            {
                accepted = reader.ValueTextEquals(_accept[i]);
            }

            if (!accepted)
            {
                fault ??= $"must not have the member '{reader.GetString()}'";
            }

            for (var i = 0; i < seen.Length; i++)
            {
                if (reader.ValueTextEquals(_required![i]))
                {
                    seen[i] = true;
                }
            }

            reader.Read();
            reader.Skip();
        }

        if (count > maxMembers)
        {
            return $"must have at most {maxMembers} members";
        }

        var missing = seen.IndexOf(false);
        return missing >= 0 ? $"must have the member '{_type.Required![missing]}'" : fault;
    }

    private string? CheckRange(ref Utf8JsonReader reader)
    {
        if (_type.Min is null && _type.Max is null)
        {
            return null;
        }

        if (!reader.TryGetDouble(out var number))
        {
            return "is out of range";
        }

        return number < _type.Min ? string.Create(CultureInfo.InvariantCulture, $"must be at least {_type.Min}")
            : number > _type.Max ? string.Create(CultureInfo.InvariantCulture, $"must be at most {_type.Max}")
            : null;
    }

    private string? CheckPattern(ref Utf8JsonReader reader)
    {
        if (_pattern is null)
        {
            return null;
        }

        try
        {
            return _pattern.IsMatch(reader.GetString()!) ? null : $"must match the pattern {_type.Pattern}";
        }
        catch (RegexMatchTimeoutException)
        {
            return $"takes too long to match the pattern {_type.Pattern}";
        }
    }

    private string? CheckEnum(ref Utf8JsonReader reader) => _type.Enum is null || InEnum(ref reader)
        ? null
        : $"must be one of {string.Join(", ", _type.Enum.Select(value => value.ValueKind == JsonValueKind.String ? $"\"{value.GetString()}\"" : value.GetRawText()))}";

    private bool InEnum(ref Utf8JsonReader reader)
    {
        if (_type.Enum is null)
        {
            return false;
        }

        if (reader.TokenType == JsonTokenType.String)
        {
            foreach (var value in _enumStrings!)
            {
                if (reader.ValueTextEquals(value))
                {
                    return true;
                }
            }

            return false;
        }

        foreach (var value in _type.Enum)
        {
            var same = (value.ValueKind, reader.TokenType) switch
            {
                (JsonValueKind.Number, JsonTokenType.Number) => reader.TryGetDouble(out var number) && number == value.GetDouble(),
                (JsonValueKind.True, JsonTokenType.True) => true,
                (JsonValueKind.False, JsonTokenType.False) => true,
                (JsonValueKind.Null, JsonTokenType.Null) => true,
                _ => false,
            };
            if (same)
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsLonger(ref Utf8JsonReader reader, int maxBytes)
    {
        // Escapes only make the bytes in the request more than those of the text.
        if (reader.ValueSpan.Length <= maxBytes)
        {
            return false;
        }

        if (!reader.ValueIsEscaped)
        {
            return true;
        }

        var buffer = ArrayPool<byte>.Shared.Rent(reader.ValueSpan.Length);
        var length = reader.CopyString(buffer);
        ArrayPool<byte>.Shared.Return(buffer);
        return length > maxBytes;
    }

    private static bool IsUuid(ref Utf8JsonReader reader) =>
        reader.TokenType == JsonTokenType.String
        && !reader.ValueIsEscaped
        && Utf8Parser.TryParse(reader.ValueSpan, out Guid _, out var consumed, 'D')
        && consumed == reader.ValueSpan.Length;

    private static bool HasTime(ref Utf8JsonReader reader) =>
        !reader.ValueIsEscaped && reader.ValueSpan.Length > 10 && reader.ValueSpan[10] == (byte)'T';

    private static bool HasOffset(ref Utf8JsonReader reader)
    {
        var time = reader.ValueSpan[11..];
        return time.EndsWith("Z"u8) || time.IndexOfAny((byte)'+', (byte)'-') >= 0;
    }
}
