using System.Buffers.Binary;
using System.Text;

namespace GenApi.Testing.Wire;

/// <summary>
/// Walks the fields of one protobuf message. Every read checks its bounds, so that junk ends in an
/// <see cref="InvalidDataException"/> and never in a wrong value.
/// </summary>
internal ref struct ProtobufReader(ReadOnlySpan<byte> message)
{
    private const int Varint = 0;
    private const int Fixed64 = 1;
    private const int Bytes = 2;
    private const int Fixed32 = 5;

    private ReadOnlySpan<byte> _rest = message;
    private int _wireType;

    /// <summary>The number of the current field.</summary>
    public int Field { get; private set; }

    /// <summary>Goes to the next field. The value of the current one must have been read or skipped.</summary>
    public bool Next()
    {
        if (_rest.IsEmpty)
        {
            return false;
        }

        var key = Base128();
        _wireType = (int)(key & 7);
        Field = checked((int)(key >> 3));
        return Field > 0 ? true : throw new InvalidDataException("A protobuf field has the number 0.");
    }

    public void Skip()
    {
        switch (_wireType)
        {
            case Varint: Base128(); break;
            case Fixed64: Take(8); break;
            case Bytes: Take(Length()); break;
            case Fixed32: Take(4); break;
            default: throw new InvalidDataException($"Protobuf field {Field} has the unknown wire type {_wireType}.");
        }
    }

    /// <summary>A length-delimited value: bytes, a string or a message.</summary>
    public ReadOnlySpan<byte> Span()
    {
        Expect(Bytes);
        return Take(Length());
    }

    public string String() => Encoding.UTF8.GetString(Span());

    /// <summary>Lower-case hex of a bytes value; null if it is empty.</summary>
    public string? Hex() => Span() is { IsEmpty: false } bytes ? Convert.ToHexStringLower(bytes) : null;

    public long Int64()
    {
        Expect(Varint);
        return unchecked((long)Base128());
    }

    public long SFixed64()
    {
        Expect(Fixed64);
        return BinaryPrimitives.ReadInt64LittleEndian(Take(8));
    }

    public double Double() => BitConverter.Int64BitsToDouble(SFixed64());

    /// <summary>A fixed64 of nanoseconds since 1970.</summary>
    public DateTimeOffset Time() => DateTimeOffset.UnixEpoch.AddTicks(SFixed64() / 100);

    private void Expect(int wireType)
    {
        if (_wireType != wireType)
        {
            throw new InvalidDataException($"Protobuf field {Field} has wire type {_wireType}, not {wireType}.");
        }
    }

    private int Length()
    {
        var length = Base128();
        return length <= (ulong)_rest.Length ? (int)length : throw Truncated();
    }

    private ReadOnlySpan<byte> Take(int count)
    {
        if (count > _rest.Length)
        {
            throw Truncated();
        }

        var taken = _rest[..count];
        _rest = _rest[count..];
        return taken;
    }

    private ulong Base128()
    {
        ulong value = 0;
        for (var shift = 0; shift < 70; shift += 7)
        {
            var next = Take(1)[0];
            value |= (ulong)(next & 0x7f) << shift;
            if (next < 0x80)
            {
                return value;
            }
        }

        throw new InvalidDataException("A protobuf number is longer than ten bytes.");
    }

    private static InvalidDataException Truncated() => new("A protobuf message ends in the middle of a value.");
}
