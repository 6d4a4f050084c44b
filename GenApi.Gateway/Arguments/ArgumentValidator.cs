using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using GenApi.Protocol.Calls;
using GenApi.Protocol.Configs;
using GenApi.Protocol.Json;

namespace GenApi.Gateway.Arguments;

/// <summary>
/// Checks the arguments of one function, all in one walk over their bytes, and fills in what the caller may leave out. Made
/// once per config.
/// </summary>
internal sealed class ArgumentValidator
{
    private readonly ArgumentRule[] _rules;
    private readonly byte[][] _names;
    private readonly byte[][] _defaults;
    private readonly byte[] _fixedArgs;

    public ArgumentValidator(FunConfig config, GenApiGatewayOptions.ArgumentLimits limits)
    {
        _rules = [.. (config.ArgTypes ?? new Dictionary<string, ArgType>()).Select(argument => new ArgumentRule(argument.Key, argument.Value, limits))];
        _names = [.. _rules.Select(rule => Encoding.UTF8.GetBytes(rule.Name))];
        _defaults = [.. _rules.Select(rule => rule.Type.DefaultValue.IsEmpty ? [] : Member(rule.Name, rule.Type.DefaultValue.Utf8.Span))];
        _fixedArgs = [.. (config.FixedArgs ?? new Dictionary<string, JsonElement>())
            .SelectMany((argument, index) => (byte[])[.. index == 0 ? ""u8 : ","u8, .. Member(argument.Key, Encoding.UTF8.GetBytes(argument.Value.GetRawText()))])];
    }

    /// <summary>Checks the arguments.</summary>
    /// <param name="args">One JSON object, well formed and all its text Unicode: the doors have seen to that.</param>
    /// <param name="complete">The arguments with defaults and fixed ones filled in; the same bytes where nothing was to be filled in.</param>
    /// <returns>Everything that is wrong, or null.</returns>
    public CallError? Validate(RawJson args, out RawJson complete)
    {
        complete = args;
        List<ArgumentError>? errors = null;
        Span<bool> given = stackalloc bool[FunConfigValidator.MaximumArguments];
        given = given[.._rules.Length];
        given.Clear();
        var reader = new Utf8JsonReader(args.Utf8.Span);
        reader.Read();
        var members = 0;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            members++;
            var index = IndexOf(ref reader);
            if (index < 0)
            {
                Add(ref errors, NameOf(ref reader), "is not an argument of this function");
                reader.Read();
                reader.Skip();
                continue;
            }

            var rule = _rules[index];
            reader.Read();
            var fault = rule.Check(ref reader);
            if (given[index])
            {
                fault = "is given more than once";
            }

            given[index] = true;
            if (fault is not null)
            {
                Add(ref errors, rule.Name, fault);
            }
        }

        var missing = 0;
        for (var i = 0; i < _rules.Length; i++)
        {
            if (given[i])
            {
                continue;
            }

            if (_defaults[i].Length > 0)
            {
                missing += _defaults[i].Length + 1;
            }
            else if (!_rules[i].Type.AllowNil)
            {
                Add(ref errors, _rules[i].Name, "is missing");
            }
        }

        if (errors is not null)
        {
            return CallError.InvalidArguments(errors);
        }

        if (missing > 0 || _fixedArgs.Length > 0)
        {
            complete = Complete(args.Utf8.Span, members == 0, given, missing);
        }

        return null;
    }

    /// <summary>A caller may send thousands of arguments that nobody asked for; naming some of them is enough.</summary>
    private static void Add(ref List<ArgumentError>? errors, string argument, string reason)
    {
        errors ??= [];
        if (errors.Count < 2 * FunConfigValidator.MaximumArguments)
        {
            errors.Add(new ArgumentError(argument, reason));
        }
    }

    private static string NameOf(ref Utf8JsonReader reader)
    {
        var name = reader.GetString()!;
        return name.Length <= 128 ? name : string.Concat(name.AsSpan(0, 128), "…");
    }

    private static byte[] Member(string name, ReadOnlySpan<byte> value) =>
        [.. "\""u8, .. JsonEncodedText.Encode(name, JavaScriptEncoder.UnsafeRelaxedJsonEscaping).EncodedUtf8Bytes, .. "\":"u8, .. value];

    private int IndexOf(ref Utf8JsonReader reader)
    {
        for (var i = 0; i < _names.Length; i++)
        {
            if (reader.ValueTextEquals(_names[i]))
            {
                return i;
            }
        }

        return -1;
    }

    /// <summary>The caller's members as they are, then the defaults, then the fixed arguments.</summary>
    private RawJson Complete(ReadOnlySpan<byte> args, bool empty, ReadOnlySpan<bool> given, int missing)
    {
        var body = args[..args.LastIndexOf((byte)'}')].TrimEnd(" \t\r\n"u8);
        var result = new ArrayBufferWriter<byte>(body.Length + missing + _fixedArgs.Length + 2);
        result.Write(body);
        for (var i = 0; i < given.Length; i++)
        {
            if (!given[i] && _defaults[i].Length > 0)
            {
                Append(_defaults[i]);
            }
        }

        if (_fixedArgs.Length > 0)
        {
            Append(_fixedArgs);
        }

        result.Write("}"u8);
        return new RawJson(result.WrittenMemory);

        void Append(ReadOnlySpan<byte> members)
        {
            if (!empty)
            {
                result.Write(","u8);
            }

            empty = false;
            result.Write(members);
        }
    }
}
