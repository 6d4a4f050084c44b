using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using GenApi.Protocol.Calls;

namespace GenApi.Node.Signatures;

/// <summary>Turns the arguments of a call, one JSON object, into the values of a method's parameters.</summary>
internal sealed class ArgumentBinder
{
    private readonly SignatureParameter[] _parameters;
    private readonly byte[][] _names;
    private readonly JsonTypeInfo?[] _types;
    private readonly int _allArguments;
    private readonly bool _ignoreUnknown;

    public ArgumentBinder(Signature signature, JsonSerializerOptions options, bool ignoreUnknown)
    {
        _ignoreUnknown = ignoreUnknown;
        _parameters = [.. signature.Parameters];
        _names = [.. _parameters.Select(parameter => parameter.Source == ParameterSource.Argument ? Encoding.UTF8.GetBytes(parameter.Name) : [])];
        _types =
        [
            .. _parameters.Select(parameter => parameter.Source is ParameterSource.Argument or ParameterSource.AllArguments
                ? options.GetTypeInfo(parameter.Type)
                : null),
        ];
        _allArguments = Array.FindIndex(_parameters, parameter => parameter.Source == ParameterSource.AllArguments);
    }

    /// <summary>Fills in those of <paramref name="values"/> that come from arguments.</summary>
    /// <returns>What does not fit, or null when everything does.</returns>
    public List<ArgumentError>? Bind(ReadOnlySpan<byte> args, object?[] values)
    {
        List<ArgumentError>? errors = null;
        if (_allArguments >= 0)
        {
            try
            {
                values[_allArguments] = JsonSerializer.Deserialize(args, _types[_allArguments]!);
            }
            catch (JsonException error)
            {
                Add(error.Path is { Length: > 2 } path ? path[2..] : "args", "does not fit the function's parameter type");
            }

            return errors;
        }

        Span<bool> given = stackalloc bool[64];
        given = _parameters.Length <= given.Length ? given[.._parameters.Length] : new bool[_parameters.Length];
        given.Clear();
        var reader = new Utf8JsonReader(args);
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var index = IndexOf(ref reader);
            if (index < 0)
            {
                if (!_ignoreUnknown)
                {
                    Add(reader.GetString()!, "is not an argument of this function");
                }

                reader.Read();
                reader.Skip();
                continue;
            }

            given[index] = true;
            var start = reader;
            try
            {
                values[index] = JsonSerializer.Deserialize(ref reader, _types[index]!);
                if (values[index] is null && !_parameters[index].Nullable)
                {
                    Add(_parameters[index].Name, "must not be null");
                }
            }
            catch (JsonException)
            {
                Add(_parameters[index].Name, $"does not fit the type {TypeName(_parameters[index].Type)}");
                reader = start;
                reader.Read();
                reader.Skip();
            }
        }

        for (var i = 0; i < _parameters.Length; i++)
        {
            if (given[i] || _parameters[i].Source != ParameterSource.Argument)
            {
                continue;
            }

            if (_parameters[i].HasDefault)
            {
                values[i] = _parameters[i].Default;
            }
            else if (!_parameters[i].Nullable)
            {
                Add(_parameters[i].Name, "is missing");
            }
        }

        return errors;

        void Add(string argument, string reason) => (errors ??= []).Add(new ArgumentError(argument, reason));
    }

    private static string TypeName(Type type) => (Nullable.GetUnderlyingType(type) ?? type).Name;

    private int IndexOf(ref Utf8JsonReader reader)
    {
        for (var i = 0; i < _names.Length; i++)
        {
            if (_names[i].Length > 0 && reader.ValueTextEquals(_names[i]))
            {
                return i;
            }
        }

        return -1;
    }
}
