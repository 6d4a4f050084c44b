using System.Buffers;
using System.Buffers.Binary;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace GenApi.Bench.Load;

/// <summary>What a <see cref="HubLoadConnection"/> calls.</summary>
/// <param name="Path">Path and query of the hub.</param>
/// <param name="Target">Name of the hub method.</param>
/// <param name="ArgumentJson">Its one argument. <c>{id}</c> stands for the id of the call.</param>
/// <param name="Expected">Texts that every right answer, or chunk of an answer, contains.</param>
internal sealed record HubCall(string Path, string Target, string ArgumentJson, IReadOnlyList<string> Expected)
{
    /// <summary>How many chunks the answer has, numbered from 1 in a member <c>n</c>; 0: the answer is no stream.</summary>
    public int Chunks { get; init; }
}

/// <summary>
/// A SignalR client with the JSON protocol over a WebSocket, reduced to invoking one method: negotiation is skipped, the invocation
/// is built and masked once, and an answer, or each chunk of one, is searched for its id and the expected texts instead of being parsed.
/// </summary>
internal sealed class HubLoadConnection : LoadConnection
{
    private const byte RecordSeparator = 0x1E;
    private const byte FinalText = 0x81;
    private const byte FinalPong = 0x8A;
    private const byte Masked = 0x80;
    private const string IdMark = "{id}";
    private const int Invocation = 1;
    private const int StreamInvocation = 4;

    private readonly HubCall _call;
    private readonly byte[] _mask = RandomNumberGenerator.GetBytes(4);
    private readonly byte[] _request;
    private readonly int[] _idOffsets;
    private readonly byte[][] _expected;
    private readonly ArrayBufferWriter<byte> _partialRecord = new();

    public HubLoadConnection(LoadPhase phase, LoadShape shape, HubCall call)
        : base(phase, shape)
    {
        _call = call;
        _expected = [.. call.Expected.Select(Encoding.UTF8.GetBytes)];
        var invocation =
            $$"""{"type":{{(call.Chunks > 0 ? StreamInvocation : Invocation)}},"invocationId":"{{IdMark}}","target":"{{call.Target}}","arguments":[{{call.ArgumentJson}}]}"""
            + (char)RecordSeparator;
        var parts = invocation.Split(IdMark);
        _request = Frame(string.Join(new string('0', IdDigits), parts));

        var offset = _request.Length - invocation.Length - ((parts.Length - 1) * (IdDigits - IdMark.Length));
        _idOffsets = new int[parts.Length - 1];
        for (var i = 0; i < _idOffsets.Length; i++)
        {
            _idOffsets[i] = offset += parts[i].Length;
            offset += IdDigits;
        }
    }

    protected override int RequestLength => _request.Length;

    private static ReadOnlySpan<byte> IdProperty => "\"invocationId\":\""u8;

    private static ReadOnlySpan<byte> ItemProperty => "\"type\":2"u8;

    private static ReadOnlySpan<byte> NumberProperty => "\"n\":"u8;

    private static ReadOnlySpan<byte> ErrorProperty => "\"error\":"u8;

    /// <summary>What the gateway says when a stream is complete, in a message of its own after the last chunk.</summary>
    private static ReadOnlySpan<byte> NoMore => "\"result\":null"u8;

    private static ReadOnlySpan<byte> PingProperty => "\"type\":6"u8;

    private int HeaderLength => _request.Length > 125 + 6 ? 8 : 6;

    protected override async Task ShakeHandsAsync(Uri server, CancellationToken cancellationToken)
    {
        var key = Convert.ToBase64String(RandomNumberGenerator.GetBytes(16));
        var upgrade = $"GET {_call.Path} HTTP/1.1\r\nHost: {server.Authority}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
            + $"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {key}\r\n\r\n";
        SendNow(Encoding.ASCII.GetBytes(upgrade));
        var response = await ReceiveUntilAsync("\r\n\r\n"u8.ToArray(), cancellationToken);
        if (!response.StartsWith("HTTP/1.1 101 ", StringComparison.Ordinal))
        {
            throw new InvalidOperationException($"{server} did not open a WebSocket at {_call.Path.Split('?')[0]}: {response}");
        }

        SendNow(Frame("""{"protocol":"json","version":1}""" + (char)RecordSeparator));
        var handshake = await ReceiveUntilAsync(new[] { RecordSeparator }, cancellationToken);
        if (!handshake.EndsWith("{}", StringComparison.Ordinal))
        {
            throw new InvalidOperationException($"{server} refused the SignalR handshake: {handshake}");
        }
    }

    protected override void WriteRequest(Span<byte> destination, long id)
    {
        _request.CopyTo(destination);
        Span<byte> digits = stackalloc byte[IdDigits];
        WriteId(digits, id);
        var headerLength = HeaderLength;
        foreach (var offset in _idOffsets)
        {
            for (var i = 0; i < IdDigits; i++)
            {
                destination[offset + i] = (byte)(digits[i] ^ _mask[(offset + i - headerLength) & 3]);
            }
        }
    }

    protected override int Read(ReadOnlySpan<byte> received)
    {
        var consumed = 0;
        while (TryReadFrame(received[consumed..], out var opcode, out var payload, out var length))
        {
            consumed += length;
            switch (opcode)
            {
                case 0 or 1 or 2:
                    ReadRecords(payload);
                    break;
                case 8:
                    Fail("the server closed the WebSocket");
                    return consumed;
                case 9:
                    SendNow([FinalPong, (byte)(Masked | payload.Length), 0, 0, 0, 0, .. payload]);
                    break;
                default:
                    break;
            }
        }

        return consumed;
    }

    private static bool TryReadFrame(ReadOnlySpan<byte> source, out int opcode, out ReadOnlySpan<byte> payload, out int length)
    {
        opcode = 0;
        payload = default;
        length = 0;
        if (source.Length < 2)
        {
            return false;
        }

        opcode = source[0] & 0x0F;
        var headerLength = source[1] switch { 126 => 4, 127 => 10, _ => 2 };
        if (source.Length < headerLength)
        {
            return false;
        }

        var payloadLength = headerLength switch
        {
            4 => BinaryPrimitives.ReadUInt16BigEndian(source[2..]),
            10 => checked((int)BinaryPrimitives.ReadInt64BigEndian(source[2..])),
            _ => source[1],
        };
        length = headerLength + payloadLength;
        if (source.Length < length)
        {
            return false;
        }

        payload = source[headerLength..length];
        return true;
    }

    private void ReadRecords(ReadOnlySpan<byte> payload)
    {
        while (!payload.IsEmpty)
        {
            var end = payload.IndexOf(RecordSeparator);
            if (end < 0)
            {
                // A record may go on in the next frame.
                _partialRecord.Write(payload);
                return;
            }

            if (_partialRecord.WrittenCount == 0)
            {
                ReadRecord(payload[..end]);
            }
            else
            {
                _partialRecord.Write(payload[..end]);
                ReadRecord(_partialRecord.WrittenSpan);
                _partialRecord.ResetWrittenCount();
            }

            payload = payload[(end + 1)..];
        }
    }

    private void ReadRecord(ReadOnlySpan<byte> record)
    {
        var at = record.IndexOf(IdProperty);
        if (at >= 0 && _call.Chunks > 0)
        {
            ReadPart(ReadId(record[(at + IdProperty.Length)..]), record);
        }
        else if (at >= 0)
        {
            Answer(ReadId(record[(at + IdProperty.Length)..]), IsExpected(record), record);
        }
        else if (record.IndexOf(PingProperty) < 0)
        {
            Fail($"a message that is no answer: {Text(record)}");
        }
    }

    /// <summary>Reads a chunk of a stream, or its end.</summary>
    private void ReadPart(long id, ReadOnlySpan<byte> record)
    {
        // The id stands before the item, and an item has no type of its own.
        if (record.IndexOf(ItemProperty) < 0)
        {
            EndOfChunks(id, record.IndexOf(ErrorProperty) < 0 ? _call.Chunks : -1, record);
            return;
        }

        var number = record.IndexOf(NumberProperty);
        if (number < 0)
        {
            if (record.IndexOf(NoMore) < 0)
            {
                NoteWrong(record);
            }

            return;
        }

        var inTurn = Utf8Parser.TryParse(record[(number + NumberProperty.Length)..], out int n, out _) && Chunk(id, record) == n;
        if (!inTurn || !IsExpected(record))
        {
            NoteWrong(record);
        }
    }

    private bool IsExpected(ReadOnlySpan<byte> record)
    {
        foreach (var text in _expected)
        {
            if (record.IndexOf(text) < 0)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>A whole text message in one masked frame. One mask per connection is enough: only the server's unmasking is to be paid for.</summary>
    private byte[] Frame(string text)
    {
        var payload = Encoding.UTF8.GetBytes(text);
        for (var i = 0; i < payload.Length; i++)
        {
            payload[i] ^= _mask[i & 3];
        }

        return payload.Length <= 125
            ? [FinalText, (byte)(Masked | payload.Length), .. _mask, .. payload]
            : [FinalText, Masked | 126, (byte)(payload.Length >> 8), (byte)payload.Length, .. _mask, .. payload];
    }
}
