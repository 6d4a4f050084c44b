using System.Buffers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace GenApi.Protocol.Json;

/// <summary>
/// One JSON value as the UTF-8 bytes it was received in or will be sent in. It lets arguments and results pass through
/// a process without becoming objects on the way.
/// </summary>
/// <param name="Utf8">The bytes of exactly one JSON value. Empty means that there is no value, which is not the same as <c>null</c>.</param>
[JsonConverter(typeof(RawJsonConverter))]
public readonly record struct RawJson(ReadOnlyMemory<byte> Utf8)
{
    /// <summary>The JSON value <c>null</c>.</summary>
    public static RawJson Null { get; } = new("null"u8.ToArray());

    /// <summary>The JSON value <c>{}</c>.</summary>
    public static RawJson EmptyObject { get; } = new("{}"u8.ToArray());

    /// <summary>True when there is no value at all.</summary>
    public bool IsEmpty => Utf8.IsEmpty;

    /// <summary>Parses nothing and checks nothing: the caller vouches that <paramref name="json"/> is one JSON value.</summary>
    public static RawJson FromString(string json) => new(Encoding.UTF8.GetBytes(json));

    /// <summary>The value as JSON text; empty where there is no value.</summary>
    public override string ToString() => Encoding.UTF8.GetString(Utf8.Span);

    /// <summary>Two values are equal when their bytes are.</summary>
    public bool Equals(RawJson other) => Utf8.Span.SequenceEqual(other.Utf8.Span);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = new HashCode();
        hash.AddBytes(Utf8.Span);
        return hash.ToHashCode();
    }
}

/// <summary>Copies the tokens of one value out of the reader, without white space and without decoding them.</summary>
internal sealed class RawJsonConverter : JsonConverter<RawJson>
{
    public override bool HandleNull => true;

    public override RawJson Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        var copy = new TokenCopy(capacity: 256);
        var startDepth = reader.CurrentDepth;
        copy.Append(ref reader);
        if (reader.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray)
        {
            do
            {
                reader.Read();
                copy.Append(ref reader);
            }
            while (reader.CurrentDepth > startDepth);
        }

        return new RawJson(copy.ToArrayAndReturn());
    }

    public override void Write(Utf8JsonWriter writer, RawJson value, JsonSerializerOptions options)
    {
        if (value.IsEmpty)
        {
            writer.WriteNullValue();
        }
        else
        {
            writer.WriteRawValue(value.Utf8.Span, skipInputValidation: true);
        }
    }

    /// <summary>Builds the minimal text of a value from tokens that a reader has already checked.</summary>
    private ref struct TokenCopy(int capacity)
    {
        private byte[] _buffer = ArrayPool<byte>.Shared.Rent(capacity);
        private int _length;
        private bool _needsComma;

        public void Append(ref Utf8JsonReader reader)
        {
            switch (reader.TokenType)
            {
                case JsonTokenType.StartObject:
                    Separate();
                    Put((byte)'{');
                    _needsComma = false;
                    break;
                case JsonTokenType.StartArray:
                    Separate();
                    Put((byte)'[');
                    _needsComma = false;
                    break;
                case JsonTokenType.EndObject:
                    Put((byte)'}');
                    _needsComma = true;
                    break;
                case JsonTokenType.EndArray:
                    Put((byte)']');
                    _needsComma = true;
                    break;
                case JsonTokenType.PropertyName:
                    Separate();
                    Put((byte)'"');
                    PutToken(ref reader);
                    Put((byte)'"');
                    Put((byte)':');
                    _needsComma = false;
                    break;
                case JsonTokenType.String:
                    Separate();
                    Put((byte)'"');
                    PutToken(ref reader);
                    Put((byte)'"');
                    _needsComma = true;
                    break;
                default:
                    Separate();
                    PutToken(ref reader);
                    _needsComma = true;
                    break;
            }
        }

        public byte[] ToArrayAndReturn()
        {
            var result = _buffer.AsSpan(0, _length).ToArray();
            ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = [];
            return result;
        }

        private void Separate()
        {
            if (_needsComma)
            {
                Put((byte)',');
            }
        }

        private void Put(byte value)
        {
            Reserve(1);
            _buffer[_length++] = value;
        }

        private void PutToken(ref Utf8JsonReader reader)
        {
            if (reader.HasValueSequence)
            {
                var sequence = reader.ValueSequence;
                Reserve((int)sequence.Length);
                sequence.CopyTo(_buffer.AsSpan(_length));
                _length += (int)sequence.Length;
            }
            else
            {
                Reserve(reader.ValueSpan.Length);
                reader.ValueSpan.CopyTo(_buffer.AsSpan(_length));
                _length += reader.ValueSpan.Length;
            }
        }

        private void Reserve(int count)
        {
            if (_length + count <= _buffer.Length)
            {
                return;
            }

            var larger = ArrayPool<byte>.Shared.Rent(Math.Max(_buffer.Length * 2, _length + count));
            _buffer.AsSpan(0, _length).CopyTo(larger);
            ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = larger;
        }
    }
}
